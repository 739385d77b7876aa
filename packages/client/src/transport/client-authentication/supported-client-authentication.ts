/** One of several methods: the first one that the authorization server supports by its metadata (RFC 8414 §2). */
import { MethodMistake } from './method-mistake.ts'
import { TransportMethodUnsupportedError } from '../../errors.ts'
import { isCertificateMethod } from './certificate-authentication.ts'
import type {
  ClientAuthentication,
  ClientContext,
  CredentialRefusal,
  RequestDraft,
  SignableRequest,
} from './client-authentication.ts'

const ADVICE = 'Register this resource server with a method that the server supports, and list that method'

/** More methods than there are. */
const MAX_METHODS = 8

/**
 * Authenticates with the first of these methods that `introspection_endpoint_auth_methods_supported` of the issuer names.
 * List the strongest first. It is for one configuration for several authorization servers, and for a change from one method
 * to another.
 *
 * It never goes over to a weaker method silently. Only the methods that you list are used. When the metadata name none of
 * them, calls fail with `ERR_TRANSPORT_METHOD_UNSUPPORTED`, and so do they when the metadata stop naming the chosen
 * method and name only later ones: create the client again if you want that. When the metadata have no such member, the
 * first method is used, because the member has no default.
 *
 * @param methods - two to eight, with the same client identifier. The two methods with a certificate cannot be among them,
 * because they are a property of the connection.
 * @throws TypeError when that is not so; when the client is created, if it has no `issuer`.
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs'
 * import {
 *   clientSecretBasic,
 *   IntrospectionClient,
 *   privateKeyJwt,
 *   supportedClientAuthentication,
 * } from '@token-introspection/client'
 *
 * export const introspection = new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: supportedClientAuthentication([
 *     privateKeyJwt('orders-api', readFileSync('orders.key.pem', 'utf8'), { algorithm: 'ES256' }),
 *     clientSecretBasic('orders-api', 's3cr3t'),
 *   ]),
 * })
 * ```
 */
export function supportedClientAuthentication(methods: readonly ClientAuthentication[]): ClientAuthentication {
  const given = checkMethods(methods)
  const [first] = given
  const described: ClientAuthentication = {
    method: first.method,
    clientId: first.clientId,
    cacheKeyPart: JSON.stringify(given.map(({ method, cacheKeyPart = null }) => [method, cacheKeyPart])),
    authenticate() {
      throw new MethodMistake(
        'supportedClientAuthentication: is for the option clientAuthentication of an IntrospectionClient',
      )
    },
    prepare(client) {
      if (client.issuer === undefined) {
        throw new TypeError(
          'issuer: is required with supportedClientAuthentication, because its metadata name the methods',
        )
      }
      const prepared = given.map((method) => method.prepare?.(client) ?? method)
      return new SupportedAuthentication(described, prepared, client)
    },
  }
  return described
}

function checkMethods(methods: readonly ClientAuthentication[]): [ClientAuthentication, ...ClientAuthentication[]] {
  const given: unknown = methods
  if (!Array.isArray(given) || given.length < 2 || given.length > MAX_METHODS) {
    throw new TypeError(`methods: must be an array of two to ${MAX_METHODS} client authentications`)
  }
  if (methods.some((each) => typeof (each as Partial<ClientAuthentication> | null)?.authenticate !== 'function')) {
    throw new TypeError('methods: must hold client authentications, such as clientSecretBasic(clientId, clientSecret)')
  }
  const certificate = methods.find(({ method }) => isCertificateMethod(method))
  if (certificate !== undefined) throw new TypeError(`methods: must not hold ${certificate.method}`)
  const [first] = methods as [ClientAuthentication]
  if (methods.some(({ clientId }) => clientId === undefined || clientId !== first.clientId)) {
    throw new TypeError('methods: must all have the same client identifier, because answers depend on it')
  }
  return [first, ...methods.slice(1)]
}

/** The methods of one client. */
class SupportedAuthentication implements ClientAuthentication {
  readonly method: string
  readonly clientId: string | undefined
  readonly cacheKeyPart: string | undefined
  readonly #methods: readonly ClientAuthentication[]
  readonly #client: ClientContext
  /** The place of the chosen method. */
  #chosen: number | undefined

  constructor(described: ClientAuthentication, methods: readonly ClientAuthentication[], client: ClientContext) {
    this.method = described.method
    this.clientId = described.clientId
    this.cacheKeyPart = described.cacheKeyPart
    this.#methods = methods
    this.#client = client
  }

  get advice(): string | undefined {
    return this.#methods[this.#chosen ?? 0]?.advice
  }

  async authenticate(draft: RequestDraft): Promise<void> {
    await (await this.#choose()).authenticate(draft)
  }

  async signRequest(request: SignableRequest): Promise<Readonly<Record<string, string>>> {
    return (await (await this.#choose()).signRequest?.(request)) ?? {}
  }

  async renew(refused: SignableRequest, refusal?: CredentialRefusal): Promise<boolean> {
    return (await (await this.#choose()).renew?.(refused, refusal)) ?? false
  }

  async #choose(): Promise<ClientAuthentication> {
    const supported = await this.#client.findSupportedMethods()
    const found = supported === undefined ? 0 : this.#methods.findIndex(({ method }) => supported.includes(method))
    const chosen = this.#methods[found]
    if (chosen === undefined) {
      const listed = this.#methods.map(({ method }) => method).join(', ')
      throw new TransportMethodUnsupportedError(
        `${this.#client.issuer}: its metadata name none of ${listed}. ${ADVICE}`,
      )
    }
    const before = this.#methods[this.#chosen ?? found]
    if (before !== undefined && this.#chosen !== undefined && found > this.#chosen) {
      throw new TransportMethodUnsupportedError(
        `${this.#client.issuer}: its metadata no longer name ${before.method}, and this client does not go over to the ` +
          `weaker ${chosen.method} by itself. If the change is meant, create the client again`,
      )
    }
    this.#chosen = found
    return chosen
  }
}
