/** A fake authorization server in memory. It answers with the real handler, issues any token and simulates outages. */
import { type JsonObject, REGISTERED_MEMBERS } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { createIntrospectionHandler, createMemoryTokenStore, type TokenRecord } from '@token-introspection/server'
import type { Clock } from './fake-clock.ts'
import { createAccessTokenSigner } from './sign-access-token.ts'
import { systemClock } from './system-clock.ts'

/** Options of {@link createFakeAuthorizationServer}. */
export interface FakeAuthorizationServerOptions {
  /** The issuer identifier of the server. Default `https://as.example.com`. */
  readonly issuer?: string | undefined
  /** The identifier and secret of the only protected resource that the server knows. Default `resource-server` and `secret`. */
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
  /** The audience of that protected resource, and of tokens issued without `aud`. Default `https://api.example.com`. */
  readonly audience?: string | undefined
  /** The clock, in milliseconds since the epoch. Default that of `clock`. Give this or `clock`, not both. */
  readonly now?: (() => number) | undefined
  /**
   * The clock that dates tokens and that a slow server waits on, such as one of `createFakeClock`. Default the clock and the timers
   * of the runtime.
   */
  readonly clock?: Clock | undefined
}

/** A token to issue. Members that you leave out get defaults, so that the token is active for one hour. */
export type FakeToken<Claims extends object = object> = Partial<TokenRecord<Claims>>

/** The members of a token record that are for the server alone. */
const KEPT_MEMBERS = ['kind', 'revoked', 'grantId', 'sessionId'] as const

/** The members a token can be issued with. Members of your own go into `claims`. */
const MEMBERS = [...REGISTERED_MEMBERS, ...KEPT_MEMBERS, 'claims'].filter((name) => name !== 'active')

/** What a fake server that is not there does: no connection, or an answer with this status. */
export type Outage = 'unreachable' | number

/** The server that {@link createFakeAuthorizationServer} creates. */
export interface FakeAuthorizationServer<Claims extends object = object> {
  readonly issuer: string
  readonly introspectionEndpoint: string
  /** The URL of the keys that verify the tokens of `issueJwt`. The metadata name it as `jwks_uri`. */
  readonly jwksUri: string
  readonly clientId: string
  readonly clientSecret: string
  readonly audience: string
  /**
   * Issues a token and returns it.
   *
   * @throws TypeError for a member that no token record has. Put members of your own into `claims`.
   */
  issueToken(token?: FakeToken<Claims>): Promise<string>
  /**
   * Issues a JWT access token (RFC 9068), signed with `ES256`, and returns it. It can be introspected and revoked like any other
   * token. A client with the option `jwt` verifies it with the keys at `jwksUri`.
   *
   * @throws TypeError for a member that no token record has. Put members of your own into `claims`.
   */
  issueJwt(token?: FakeToken<Claims>): Promise<string>
  /** Revokes a token. The next introspection answers `active: false`. */
  revokeToken(token: string): Promise<void>
  /** Answers a request as the server would. Pass it to `transport.fetch`, or serve it over HTTP. */
  readonly fetch: (input: Request | string | URL, init?: RequestInit) => Promise<Response>
  /**
   * Answers every request with this status, like a server that is down. With `'unreachable'`, `fetch` is rejected, as if nobody
   * listened at that address. `undefined` ends the outage.
   *
   * @throws TypeError when it is not `'unreachable'` or a status from 200 to 599.
   */
  outage(kind: Outage | undefined): void
  /**
   * Waits so many milliseconds before each answer, by the clock of the server. With a fake clock, the answer comes when the test
   * has moved the clock that far. `Infinity` never answers. 0 ends it. `fetch` is rejected when its signal aborts.
   *
   * @throws TypeError when `ms` is negative or not a number.
   */
  slow(ms: number): void
  /**
   * The number of introspection requests so far. Requests that got a status of an outage count too. Requests to an unreachable
   * server do not arrive, so they do not count.
   */
  readonly introspectionCount: number
}

/**
 * Creates a fake authorization server. It publishes metadata and an introspection endpoint. `createIntrospectionHandler`
 * makes the answers, so a test gets the same answers as from a real server.
 *
 * @throws TypeError that names the wrong option.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 * import { createFakeAuthorizationServer } from '@token-introspection/testing'
 *
 * const as = createFakeAuthorizationServer()
 * const introspection = new IntrospectionClient({
 *   issuer: as.issuer,
 *   clientAuthentication: clientSecretBasic(as.clientId, as.clientSecret),
 *   transport: { fetch: as.fetch },
 * })
 *
 * const token = await as.issueToken({ sub: 'alice', scope: 'orders:read' })
 * await introspection.introspect(token) // { active: true, sub: 'alice', … }
 * await as.revokeToken(token)
 * await introspection.introspect(token) // { active: false }
 * ```
 */
export function createFakeAuthorizationServer<Claims extends object = object>(
  options: FakeAuthorizationServerOptions = {},
): FakeAuthorizationServer<Claims> {
  const group = new OptionGroup('', options, ['issuer', 'clientId', 'clientSecret', 'audience', 'now', 'clock'])
  const issuer = group.string('issuer') ?? 'https://as.example.com'
  const clientId = group.string('clientId') ?? 'resource-server'
  const clientSecret = group.string('clientSecret') ?? 'secret'
  const audience = group.string('audience') ?? 'https://api.example.com'
  const clock = resolveClock(group)
  const { now } = clock
  const introspectionEndpoint = `${issuer}/introspect`
  const jwksUri = `${issuer}/jwks`
  const signer = createAccessTokenSigner()
  const store = createMemoryTokenStore<Claims>({ now })
  const introspection = createIntrospectionHandler<Claims>({
    issuer,
    allowHttpOnLoopback: true,
    // No request of a test crosses a network.
    allowHttpOrigins: URL.canParse(issuer) && new URL(issuer).protocol === 'http:' ? [new URL(issuer).origin] : [],
    clientAuthentication: {
      protectedResources: [{ id: clientId, clientSecrets: [clientSecret], audiences: [audience] }],
    },
    lookup: { store },
    now,
  })
  const metadata = {
    issuer,
    introspection_endpoint: introspectionEndpoint,
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    jwks_uri: jwksUri,
  }
  const metadataPath = `/.well-known/oauth-authorization-server${new URL(issuer).pathname.replace(/\/$/, '')}`
  let issued = 0
  let introspectionCount = 0
  let outage: Outage | undefined
  let slowMs = 0

  async function answer(request: Request): Promise<Response> {
    if (outage === 'unreachable') throw unreachable(request)
    const url = new URL(request.url)
    const introspecting = url.href === introspectionEndpoint
    if (introspecting) introspectionCount++
    if (slowMs > 0) await clock.wait(slowMs, request.signal)
    if (outage !== undefined) return new Response('outage', { status: outage })
    if (introspecting) return introspection(request)
    if (url.pathname === metadataPath) return Response.json(metadata)
    if (url.href === jwksUri) return Response.json(await signer.publishedKeys())
    return new Response('not found', { status: 404 })
  }

  function recordOf(token: FakeToken<Claims>): TokenRecord<Claims> {
    void new OptionGroup('token', token, MEMBERS)
    const iat = Math.floor(now() / 1000)
    const defaults = { kind: 'access_token', client_id: 'fake-client', sub: 'fake-subject', aud: audience } as const
    return { ...defaults, iat, exp: iat + 3600, ...token }
  }

  return {
    issuer,
    introspectionEndpoint,
    jwksUri,
    clientId,
    clientSecret,
    audience,
    async issueToken(token = {}) {
      const value = `fake-token-${++issued}-${crypto.randomUUID()}`
      await store.save(value, recordOf(token))
      return value
    },
    async issueJwt(token = {}) {
      const record = { iss: issuer, jti: crypto.randomUUID(), ...recordOf(token) }
      const value = await signer.sign(claimsOf(record))
      await store.save(value, record)
      return value
    },
    revokeToken: async (token) => void (await store.revoke(token)),
    fetch: (input, init) => answer(new Request(input, init)),
    outage(kind) {
      if (kind !== undefined && kind !== 'unreachable' && !(Number.isInteger(kind) && kind >= 200 && kind <= 599)) {
        throw new TypeError("outage: must be 'unreachable', a status from 200 to 599, or undefined")
      }
      outage = kind
    },
    slow(ms) {
      if (!(ms >= 0)) throw new TypeError('slow: must be a number of milliseconds, 0 or more')
      slowMs = ms
    },
    get introspectionCount() {
      return introspectionCount
    },
  }
}

function resolveClock(group: OptionGroup): Clock {
  const now = group.function<() => number>('now')
  const clock = group.seam<Clock>('clock', 'wait')
  if (clock !== undefined && now !== undefined) throw group.error('now', 'cannot be combined with clock')
  if (clock !== undefined && typeof clock.now !== 'function') throw group.error('clock', 'must have a method now')
  return clock ?? { ...systemClock, now: now ?? systemClock.now }
}

/** The claims of a JWT: the members of its record that are not for the server alone, and the claims of the test. */
function claimsOf<Claims extends object>(record: TokenRecord<Claims>): JsonObject {
  const kept: readonly string[] = [...KEPT_MEMBERS, 'claims']
  const members = Object.entries(record).filter(([name]) => !kept.includes(name))
  return { ...record.claims, ...Object.fromEntries(members) }
}

/** The error of `fetch` when nobody listens at an address. */
function unreachable({ url }: Request): TypeError {
  const { host } = new URL(url)
  const cause = Object.assign(new Error(`connect ECONNREFUSED ${host}`), { code: 'ECONNREFUSED' })
  return new TypeError('fetch failed', { cause })
}
