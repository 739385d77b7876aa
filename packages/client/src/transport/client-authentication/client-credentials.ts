/** An access token that this resource server requests for itself and renews (RFC 6749 §4.4). */
import { MethodMistake } from './method-mistake.ts'
import { SharedWork } from '../shared-work.ts'
import { isScope, type JsonObject, ResponseMalformedError } from '@token-introspection/core'
import { httpRemedy, OptionGroup } from '@token-introspection/core/options'
import { toAuthorization } from './bearer-token.ts'
import {
  type ClientAuthentication,
  type ClientContext,
  type RequestDraft,
  readClientAuthentication,
  type SignableRequest,
} from './client-authentication.ts'

/** The group that messages name. */
const TRANSPORT = new OptionGroup('transport', undefined, [])

/** Options of {@link clientCredentials}. */
export interface ClientCredentialsOptions {
  /** The client authentication at the token endpoint. */
  readonly clientAuthentication: ClientAuthentication
  /** The token endpoint. Default the `token_endpoint` in the metadata of the issuer. */
  readonly tokenEndpoint?: string | undefined
  /** Scope tokens with a space between them, such as the one that allows introspection. Default none. */
  readonly scope?: string | undefined
  /** Further parameters of the token request, such as `resource` or `audience`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/** How long before its expiry a token is renewed, but not before nine tenths of its lifetime. */
const RENEW_AHEAD_MS = 30_000

/** The shortest time between two requests to the token endpoint, whatever happens to the token. */
const MIN_INTERVAL_MS = 1000

/**
 * The longest time for which a refused token is kept. Its successors were refused as well, so the token may not be the
 * reason.
 */
const MAX_INTERVAL_MS = 60_000

/** The lifetime of a token when the answer does not say it. */
const UNSTATED_LIFETIME_SECONDS = 300

/** Parameters that other options set. */
const RESERVED = ['grant_type', 'scope', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type']

/**
 * Authenticates with an access token of the client credentials grant. The client requests it with the first
 * introspection, keeps it in memory, and renews it in the background 30 seconds before it expires (a tenth of its
 * lifetime when that is less). It also renews the token once when a request is answered 401, 403, or 400 with a
 * challenge for a token, and uses the old token until the new one is there. While new tokens are refused as well, it
 * renews less and less often, down to once a minute. All waiting requests share one token request, over the transport
 * of the client.
 *
 * @throws TypeError that names an option that is missing or unknown; when the client is created, if there is neither an
 * issuer nor `tokenEndpoint`, or the endpoint is not an https URL.
 * @example
 * ```ts
 * import { clientCredentials, clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 *
 * new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: clientCredentials({
 *     clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *     scope: 'introspect',
 *   }),
 * })
 * ```
 * @see [RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749.html#section-4.4)
 */
export function clientCredentials(options: ClientCredentialsOptions): ClientAuthentication {
  const group = new OptionGroup('clientCredentials', options, [
    'clientAuthentication',
    'tokenEndpoint',
    'scope',
    'parameters',
  ])
  const inner = readClientAuthentication(group)
  if (inner === undefined) throw group.error('clientAuthentication', 'is required')
  // The method would sign introspection requests, but not the token request.
  if (inner.signRequest !== undefined)
    throw group.error('clientAuthentication', 'must not be a method that signs requests')
  const tokenEndpoint = group.string('tokenEndpoint')
  const scope = group.string('scope')
  if (scope !== undefined && !isScope(scope))
    throw group.error('scope', 'must be scope tokens with a space between them')
  const parameters = resolveParameters(group)
  const cacheKeyPart = describeToken(inner, tokenEndpoint, scope, parameters)
  return {
    method: 'Bearer',
    clientId: inner.clientId,
    cacheKeyPart,
    authenticate() {
      throw new MethodMistake('clientCredentials: is for the option clientAuthentication of an IntrospectionClient')
    },
    prepare(client) {
      if (tokenEndpoint === undefined && client.issuer === undefined) {
        throw group.error('tokenEndpoint', 'is required when the client has no issuer')
      }
      if (tokenEndpoint !== undefined && !client.isEndpoint(tokenEndpoint)) {
        throw group.error(
          'tokenEndpoint',
          `must be an https URL without fragment and credentials${httpRemedy(tokenEndpoint, TRANSPORT)}`,
        )
      }
      const form = { grant_type: 'client_credentials', ...(scope !== undefined && { scope }), ...parameters }
      return new CallerToken({ client, inner: inner.prepare?.(client) ?? inner, tokenEndpoint, form, cacheKeyPart })
    },
  }
}

/** The settings that may lead to another token, and so to other answers; `undefined` when none is set. */
function describeToken(
  inner: ClientAuthentication,
  tokenEndpoint: string | undefined,
  scope: string | undefined,
  parameters: Readonly<Record<string, string>>,
): string | undefined {
  const entries = Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const given = [tokenEndpoint, scope?.split(' ').toSorted(), entries.length === 0 ? undefined : entries]
  const parts = [...given, inner.cacheKeyPart]
  return parts.every((part) => part === undefined) ? undefined : JSON.stringify(parts.map((part) => part ?? null))
}

function resolveParameters(group: OptionGroup): Readonly<Record<string, string>> {
  const given = group.raw('parameters')
  const names = Object.keys(given ?? {})
  const parameters = new OptionGroup(group.path('parameters'), given, names)
  const resolved: Record<string, string> = {}
  for (const name of names) {
    if (RESERVED.includes(name)) throw parameters.error(name, 'is set by another option')
    const value = parameters.string(name)
    if (value !== undefined) resolved[name] = value
  }
  return resolved
}

interface Settings {
  readonly client: ClientContext
  readonly inner: ClientAuthentication
  readonly tokenEndpoint: string | undefined
  readonly form: Readonly<Record<string, string>>
  readonly cacheKeyPart: string | undefined
}

interface Token {
  readonly authorization: string
  readonly renewAtMs: number
  readonly expiresAtMs: number
  readonly askedAtMs: number
}

/** The token of one client, and the requests that wait for it. */
class CallerToken implements ClientAuthentication {
  readonly method = 'Bearer'
  readonly clientId: string | undefined
  readonly cacheKeyPart: string | undefined
  readonly #settings: Settings
  #token: Token | undefined
  readonly #work: SharedWork<Token>
  #askedAtMs = Number.NEGATIVE_INFINITY
  /** The error of the last attempt to renew the token. */
  #failure: Error | undefined
  /** How long a refused token is kept. */
  #patienceMs = MIN_INTERVAL_MS

  constructor(settings: Settings) {
    this.#settings = settings
    this.#work = new SharedWork(settings.client.deadlineMs)
    this.clientId = settings.inner.clientId
    this.cacheKeyPart = settings.cacheKeyPart
  }

  authenticate(draft: RequestDraft): void | Promise<void> {
    const now = this.#settings.client.now()
    const token = this.#token
    // After the clock was set back, the age of the token is unknown.
    if (token !== undefined && now >= token.askedAtMs && now < token.expiresAtMs) {
      // The current token is still good, so the failure affects no call yet.
      if (now >= token.renewAtMs && !this.#askedLately(now)) this.#obtain().catch(() => undefined)
      draft.headers['authorization'] = token.authorization
      return
    }
    return this.#wait(draft)
  }

  async #wait(draft: RequestDraft): Promise<void> {
    draft.headers['authorization'] = (await this.#obtain()).authorization
  }

  /**
   * Handles a refusal of the token. The token is kept until there is a new one, because it may be refused for one
   * question only.
   */
  async renew(refused: SignableRequest): Promise<boolean> {
    const sent = refused.headers['authorization']
    if (!this.#work.isUnderWay()) {
      const token = this.#token
      if (token !== undefined && token.authorization !== sent) return true
      const ageMs = this.#settings.client.now() - this.#askedAtMs
      const isNew = ageMs >= 0 && ageMs < (this.#failure === undefined ? this.#patienceMs : MIN_INTERVAL_MS)
      if (token !== undefined && isNew) {
        if (this.#failure !== undefined) throw this.#failure
        // A refused token that is new will be followed by other refused tokens.
        return false
      }
      if (this.#failure === undefined) this.#patienceMs = this.#nextPatienceMs(ageMs)
    }
    return (await this.#obtain()).authorization !== sent
  }

  /** Twice as long; but a token that has worked for minutes was good. */
  #nextPatienceMs(ageMs: number): number {
    if (!(ageMs >= 0 && ageMs < 2 * MAX_INTERVAL_MS)) return MIN_INTERVAL_MS
    return Math.min(2 * this.#patienceMs, MAX_INTERVAL_MS)
  }

  #askedLately(now: number): boolean {
    return now >= this.#askedAtMs && now < this.#askedAtMs + MIN_INTERVAL_MS
  }

  #obtain(): Promise<Token> {
    return this.#work.join((isOutdated) => this.#request(isOutdated))
  }

  async #request(isOutdated: () => boolean): Promise<Token> {
    const { client } = this.#settings
    this.#askedAtMs = client.now()
    try {
      const token = await this.#ask()
      if (isOutdated()) return token
      this.#token = token
      this.#failure = undefined
      return token
    } catch (error) {
      if (!isOutdated()) this.#failure = error as Error
      throw error
    }
  }

  async #ask(): Promise<Token> {
    const { client, inner, tokenEndpoint, form } = this.#settings
    const endpoint = tokenEndpoint ?? (await client.findEndpoint('token_endpoint', inner.method))
    const draft = { endpoint, issuer: client.issuer, headers: {}, parameters: { ...form } }
    await inner.authenticate(draft)
    const asked = client.now()
    return toToken(await client.postForm(endpoint, draft.headers, draft.parameters), asked)
  }
}

/** Reads a token response (RFC 6749 §5.1). Errors quote nothing from it. */
function toToken(response: JsonObject, askedAtMs: number): Token {
  const { access_token: token, token_type: type, expires_in: lifetime = UNSTATED_LIFETIME_SECONDS } = response
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') {
    throw new ResponseMalformedError('token request: token_type is not Bearer')
  }
  if (typeof lifetime !== 'number' || !(lifetime > 0)) {
    throw new ResponseMalformedError('token request: expires_in is not a positive number')
  }
  const lifetimeMs = lifetime * 1000
  const expiresAtMs = askedAtMs + lifetimeMs
  try {
    const renewAtMs = expiresAtMs - Math.min(RENEW_AHEAD_MS, lifetimeMs / 10)
    return { authorization: toAuthorization(token), renewAtMs, expiresAtMs, askedAtMs }
  } catch {
    throw new ResponseMalformedError('token request: access_token is not a token')
  }
}
