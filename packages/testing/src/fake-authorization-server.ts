/** A fake authorization server in memory: real answers from the real handler, tokens at will, outages on demand. */
import { REGISTERED_MEMBERS } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { createIntrospectionHandler, createMemoryTokenStore, type TokenRecord } from '@token-introspection/server'

/** Options of {@link createFakeAuthorizationServer}. */
export interface FakeAuthorizationServerOptions {
  /** Its issuer identifier. Default `https://as.example.com`. */
  readonly issuer?: string | undefined
  /** The identifier and secret of the one protected resource it knows. Default `resource-server` and `secret`. */
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
  /** The audience of that protected resource, and of tokens that are issued without one. Default `https://api.example.com`. */
  readonly audience?: string | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** A token to issue; what is left out has a default that makes it active for an hour. */
export type FakeToken<Claims extends object = object> = Partial<TokenRecord<Claims>>

/** What a token can be issued with; members of your own stand in `claims`. */
const MEMBERS = [...REGISTERED_MEMBERS, 'kind', 'revoked', 'grantId', 'sessionId', 'claims'].filter(
  (name) => name !== 'active',
)

/** What {@link createFakeAuthorizationServer} makes. */
export interface FakeAuthorizationServer<Claims extends object = object> {
  readonly issuer: string
  readonly introspectionEndpoint: string
  readonly clientId: string
  readonly clientSecret: string
  readonly audience: string
  /**
   * Issues a token and gives it back.
   *
   * @throws TypeError for a member that no record has; members of your own stand in `claims`.
   */
  issueToken(token?: FakeToken<Claims>): Promise<string>
  /** Revokes a token; the next introspection says so. */
  revokeToken(token: string): Promise<void>
  /** Answers as the server would: hand it to `transport.fetch`, or serve it. */
  readonly fetch: (input: Request | string | URL, init?: RequestInit) => Promise<Response>
  /** Makes every answer this status, as a server that is down would; `undefined` ends the outage. */
  outage(status: number | undefined): void
  /** How many introspection requests have come. */
  readonly introspectionCount: number
}

/**
 * Creates a fake authorization server. It publishes metadata and an introspection endpoint; the answers come from
 * `createIntrospectionHandler`, so a test against it is a test against the real thing.
 *
 * @throws TypeError naming the option that is wrong.
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
    revokeToken: (token) => store.revoke(token),
    fetch: (input, init) => answer(new Request(input, init)),
    outage(status) {
      outageStatus = status
    },
    get introspectionCount() {
      return introspectionCount
    },
  }
}
