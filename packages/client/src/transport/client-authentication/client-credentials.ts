/** An access token that this resource server gets for itself, and renews (RFC 6749 §4.4). */
import { SharedWork } from '../shared-work.ts'
import { isScope, type JsonObject, ResponseMalformedError } from '@token-introspection/core'
import { httpRemedy, OptionGroup } from '@token-introspection/core/options'
import { toAuthorization } from './bearer-token.ts'
import type { ClientAuthentication, ClientContext, RequestDraft, SignableRequest } from './client-authentication.ts'

/** The group that messages name. */
const TRANSPORT = new OptionGroup('transport', undefined, [])

/** Options of {@link clientCredentials}. */
export interface ClientCredentialsOptions {
  /** How this resource server authenticates to the token endpoint. */
  readonly clientAuthentication: ClientAuthentication
  /** The token endpoint. Default the `token_endpoint` in the metadata of the issuer. */
  readonly tokenEndpoint?: string | undefined
  /** Scope tokens with a space between them, such as the one that allows introspection. Default none. */
  readonly scope?: string | undefined
  /** Further parameters of the token request, such as `resource` or `audience`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/** A token is renewed this long before it expires, or after nine tenths of its lifetime when that is later. */
const RENEW_AHEAD_MS = 30_000

/** The token endpoint is not asked again sooner after an attempt, whatever happens to the token. */
const MIN_INTERVAL_MS = 1000

/** The longest that a token is kept though it is refused: its followers were refused as well, so it may not be the token. */
const MAX_INTERVAL_MS = 60_000

/** Lifetime of a token whose answer does not say. */
const UNSTATED_LIFETIME_SECONDS = 300

/** Parameters that come from elsewhere. */
const RESERVED = ['grant_type', 'scope', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type']

/**
 * Authenticates with an access token of the client credentials grant. It is got with the first request, kept in memory,
 * renewed in the background 30 seconds before it expires (a tenth of its lifetime when that is less), and once when a
 * request is answered 401, 403, or 400 with a challenge for a token; until there is another one it stays in use. While new tokens are refused as well, it is renewed less
 * and less often, down to once a minute. However many requests wait, there is one token request, with the transport of the client.
 *
 * @throws TypeError naming what is missing or unknown; when the client is created, if there is neither an issuer nor
 * `tokenEndpoint`, or that is no https URL.
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
  const inner = group.seam<ClientAuthentication>('clientAuthentication', 'authenticate')
  if (inner === undefined) throw group.error('clientAuthentication', 'is required')
  // They see introspection requests, and would not see the token request.
  if (inner.signRequest !== undefined) throw group.error('clientAuthentication', 'must not sign requests')
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
      throw new TypeError('clientCredentials: is for the option clientAuthentication of an IntrospectionClient')
    },
    prepare(client) {
      if (tokenEndpoint === undefined && client.issuer === undefined) {
        throw group.error('tokenEndpoint', 'is required where the client has no issuer')
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

/** Everything that may make another token of it, and so other answers; `undefined` where all of it is left out. */
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
    if (RESERVED.includes(name)) throw parameters.error(name, 'is set by other means')
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

/** The token of one client, and whoever waits for it. */
class CallerToken implements ClientAuthentication {
  readonly method = 'Bearer'
  readonly clientId: string | undefined
  readonly cacheKeyPart: string | undefined
  readonly #settings: Settings
  #token: Token | undefined
  readonly #work: SharedWork<Token>
  #askedAtMs = Number.NEGATIVE_INFINITY
  /** Why there is no newer token than the one at hand. */
  #failure: Error | undefined
  /** How long a token is kept though it is refused. */
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
    // Since the clock was set back, nobody knows how old the token is.
    if (token !== undefined && now >= token.askedAtMs && now < token.expiresAtMs) {
      // The token at hand is still good, so a failure is nobody's yet.
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
   * A token that is refused is kept until there is another, because it may be refused for what was asked about, and good for
   * everything else.
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
        // A token that is refused while it is new will be followed by others that are.
        return false
      }
      if (this.#failure === undefined) this.#patienceMs = this.#nextPatienceMs(ageMs)
    }
    return (await this.#obtain()).authorization !== sent
  }

  /** Twice as long; but a token that has lasted for minutes was good. */
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

/** Reads a token response (RFC 6749 §5.1); nothing of it is quoted. */
function toToken(response: JsonObject, askedAtMs: number): Token {
  const { access_token: token, token_type: type, expires_in: lifetime = UNSTATED_LIFETIME_SECONDS } = response
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') {
    throw new ResponseMalformedError('token request: token_type is not Bearer')
  }
  if (typeof lifetime !== 'number' || !(lifetime > 0)) {
    throw new ResponseMalformedError('token request: expires_in is no positive number')
  }
  const lifetimeMs = lifetime * 1000
  const expiresAtMs = askedAtMs + lifetimeMs
  try {
    const renewAtMs = expiresAtMs - Math.min(RENEW_AHEAD_MS, lifetimeMs / 10)
    return { authorization: toAuthorization(token), renewAtMs, expiresAtMs, askedAtMs }
  } catch {
    throw new ResponseMalformedError('token request: access_token is no token')
  }
}
