/** A fake authorization server in memory. It answers with the real handler, issues any token and simulates outages. */
import { REGISTERED_MEMBERS } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { createIntrospectionHandler, createMemoryTokenStore, type TokenRecord } from '@token-introspection/server'

/** Options of {@link createFakeAuthorizationServer}. */
export interface FakeAuthorizationServerOptions {
  /** The issuer identifier of the server. Default `https://as.example.com`. */
  readonly issuer?: string | undefined
  /** The identifier and secret of the only protected resource that the server knows. Default `resource-server` and `secret`. */
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
  /** The audience of that protected resource, and of tokens issued without `aud`. Default `https://api.example.com`. */
  readonly audience?: string | undefined
  /** The clock, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** A token to issue. Members that you leave out get defaults, so that the token is active for one hour. */
export type FakeToken<Claims extends object = object> = Partial<TokenRecord<Claims>>

/** The members a token can be issued with. Members of your own go into `claims`. */
const MEMBERS = [...REGISTERED_MEMBERS, 'kind', 'revoked', 'grantId', 'sessionId', 'claims'].filter(
  (name) => name !== 'active',
)

/** The server that {@link createFakeAuthorizationServer} creates. */
export interface FakeAuthorizationServer<Claims extends object = object> {
  readonly issuer: string
  readonly introspectionEndpoint: string
  readonly clientId: string
  readonly clientSecret: string
  readonly audience: string
  /**
   * Issues a token and returns it.
   *
   * @throws TypeError for a member that no token record has. Put members of your own into `claims`.
   */
  issueToken(token?: FakeToken<Claims>): Promise<string>
  /** Revokes a token. The next introspection answers `active: false`. */
  revokeToken(token: string): Promise<void>
  /** Answers a request as the server would. Pass it to `transport.fetch`, or serve it over HTTP. */
  readonly fetch: (input: Request | string | URL, init?: RequestInit) => Promise<Response>
  /** Answers every request with this status, like a server that is down. `undefined` ends the outage. */
  outage(status: number | undefined): void
  /** The number of introspection requests so far. Requests during an outage count too. */
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
  const group = new OptionGroup('', options, ['issuer', 'clientId', 'clientSecret', 'audience', 'now'])
  const issuer = group.string('issuer') ?? 'https://as.example.com'
  const clientId = group.string('clientId') ?? 'resource-server'
  const clientSecret = group.string('clientSecret') ?? 'secret'
  const audience = group.string('audience') ?? 'https://api.example.com'
  const now = group.function<() => number>('now') ?? Date.now
  const introspectionEndpoint = `${issuer}/introspect`
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
  }
  const metadataPath = `/.well-known/oauth-authorization-server${new URL(issuer).pathname.replace(/\/$/, '')}`
  let issued = 0
  let introspectionCount = 0
  let outageStatus: number | undefined

  async function answer(request: Request): Promise<Response> {
    const url = new URL(request.url)
    const introspecting = url.href === introspectionEndpoint
    if (introspecting) introspectionCount++
    if (outageStatus !== undefined) return new Response('outage', { status: outageStatus })
    if (introspecting) return introspection(request)
    if (url.pathname === metadataPath) return Response.json(metadata)
    return new Response('not found', { status: 404 })
  }

  return {
    issuer,
    introspectionEndpoint,
    clientId,
    clientSecret,
    audience,
    async issueToken(token = {}) {
      void new OptionGroup('token', token, MEMBERS)
      const seconds = Math.floor(now() / 1000)
      const value = `fake-token-${++issued}-${crypto.randomUUID()}`
      await store.save(value, {
        kind: 'access_token',
        client_id: 'fake-client',
        sub: 'fake-subject',
        aud: audience,
        iat: seconds,
        exp: seconds + 3600,
        ...token,
      })
      return value
    },
    revokeToken: async (token) => void (await store.revoke(token)),
    fetch: (input, init) => answer(new Request(input, init)),
    outage(status) {
      outageStatus = status
    },
    get introspectionCount() {
      return introspectionCount
    },
  }
}
