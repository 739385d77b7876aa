/** better-auth with its OAuth provider, with all data in memory. Its own endpoints issue the tokens. */
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { oauthProvider } from '@better-auth/oauth-provider'
import { type BetterAuthPlugin, betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { toNodeHandler } from 'better-auth/node'
import { jwt } from 'better-auth/plugins'
import { type LoopbackServer, serveListener } from '../loopback-server.ts'

export const AUDIENCE = 'https://orders.example.com'
export const OTHER_AUDIENCE = 'https://billing.example.com'
export const SCOPE = 'orders:read'
const REDIRECT_URI = 'https://web.example.com/callback'
const VERIFIER = 'a'.repeat(43)
const MODELS = [
  'account',
  'jwks',
  'oauthAccessToken',
  'oauthClient',
  'oauthClientAssertion',
  'oauthClientResource',
  'oauthConsent',
  'oauthRefreshToken',
  'oauthResource',
  'rateLimit',
  'session',
  'user',
  'verification',
] as const

/** The API that the plugin adds. Its own types do not fit `exactOptionalPropertyTypes`. */
interface ProviderApi {
  adminCreateOAuthClient(input: {
    readonly headers: Headers
    readonly body: Readonly<Record<string, unknown>>
  }): Promise<{ readonly client_id: string; readonly client_secret?: string }>
  adminLinkClientResource(input: {
    readonly headers: Headers
    readonly params: { readonly identifier: string; readonly client_id: string }
  }): Promise<unknown>
}

/** The options of the server. */
export interface BetterAuthOptions {
  /** Whether tokens for a resource are JWTs. Default `true`, as in the plugin; with `false` they are opaque. */
  readonly jwt?: boolean
  /**
   * Introspection requests per minute from one address. Default no limit; the plugin's default in production is 100.
   */
  readonly requestsPerMinute?: number
}

/** A registered client. */
export interface Registered {
  readonly id: string
  readonly secret: string
}

/** The answer of a token endpoint. */
export interface TokenAnswer {
  readonly access_token: string
  readonly refresh_token: string
  readonly id_token: string
  readonly token_type: string
}

/** A running server. */
export interface RunningBetterAuth extends LoopbackServer {
  readonly issuer: string
  /** Its database, by model. */
  readonly database: Record<(typeof MODELS)[number], Record<string, unknown>[]>
  /** The client that gets the tokens. */
  readonly web: Registered
  /** The protected resource of {@link AUDIENCE}, by `client_secret_basic`. */
  readonly orders: Registered
  /** The same by `client_secret_post`. */
  readonly ordersByPost: Registered
  /** The same by `private_key_jwt`. */
  readonly ordersByKey: { readonly id: string; readonly key: KeyObject }
  /** The protected resource of {@link OTHER_AUDIENCE}. */
  readonly billing: Registered
  /** Posts a form as the client `web`. */
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<TokenAnswer>
  /** Ends alice's session. */
  signOut(): Promise<void>
  /** An authorization code of alice, who is signed in. */
  authorize(parameters?: Record<string, string>): Promise<string>
  /** Exchanges a new code for tokens. Without a resource, the tokens have no audience. */
  exchangeCode(form?: Record<string, string>, headers?: Record<string, string>): Promise<TokenAnswer>
}

/** Starts the server and signs alice in. */
export async function startBetterAuth(options: BetterAuthOptions = {}): Promise<RunningBetterAuth> {
  let listener: RequestListener | undefined
  const server = await serveListener((request, response) => listener?.(request, response))
  const issuer = `${server.origin}/api/auth`
  const database = Object.fromEntries(MODELS.map((model) => [model, []])) as unknown as RunningBetterAuth['database']
  const auth = betterAuth({
    baseURL: server.origin,
    secret: 'a secret of this server that is long enough for it',
    database: memoryAdapter(database),
    emailAndPassword: { enabled: true },
    logger: { disabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: options.requestsPerMinute !== undefined },
    plugins: createPlugins(options),
  })
  const api = auth.api as unknown as ProviderApi
  const handler = toNodeHandler(auth)
  listener = (request, response) => void handler(request, response)
  const { headers } = await auth.api.signUpEmail({
    body: { email: 'alice@example.com', password: 'correct horse battery', name: 'Alice' },
    returnHeaders: true,
  })
  const cookie = headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  const register = async (body: object) => {
    const client = await api.adminCreateOAuthClient({
      headers: new Headers({ cookie }),
      body: { redirect_uris: [REDIRECT_URI], skip_consent: true, ...body },
    })
    return { id: client.client_id, secret: client.client_secret ?? '' }
  }
  const link = (identifier: string, { id }: { id: string }) =>
    api.adminLinkClientResource({ headers: new Headers({ cookie }), params: { identifier, client_id: id } })
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwks = { keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'ours', alg: 'ES256' }] }
  const web = await register({
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    client_credentials_scopes: [SCOPE, 'orders:write'],
  })
  const orders = await register({ grant_types: ['authorization_code'] })
  const ordersByPost = await register({ token_endpoint_auth_method: 'client_secret_post' })
  const byKey = await register({ token_endpoint_auth_method: 'private_key_jwt', jwks })
  const billing = await register({})
  for (const each of [orders, ordersByPost, byKey]) await link(AUDIENCE, each)
  await link(OTHER_AUDIENCE, billing)
  const basic = Buffer.from(`${web.id}:${web.secret}`).toString('base64')
  const running: Omit<RunningBetterAuth, keyof LoopbackServer> = {
    issuer,
    database,
    web,
    orders,
    ordersByPost,
    ordersByKey: { id: byKey.id, key: key.privateKey },
    billing,
    async post(path, form, further = {}) {
      const response = await fetch(`${issuer}${path}`, {
        method: 'POST',
        headers: { authorization: `Basic ${basic}`, ...further },
        body: new URLSearchParams(form),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
      return (text === '' ? {} : JSON.parse(text)) as TokenAnswer
    },
    async signOut() {
      await auth.api.signOut({ headers: new Headers({ cookie }) })
    },
    async authorize(parameters = {}) {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: web.id,
        redirect_uri: REDIRECT_URI,
        scope: `openid offline_access ${SCOPE}`,
        state: 'state',
        code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
        code_challenge_method: 'S256',
        ...parameters,
      })
      const response = await fetch(`${issuer}/oauth2/authorize?${query.toString()}`, {
        headers: { cookie },
        redirect: 'manual',
      })
      const location = response.headers.get('location') ?? `${response.status} ${await response.text()}`
      const code = new URL(location, issuer).searchParams.get('code')
      if (code === null) throw new Error(`no code: ${location}`)
      return code
    },
    async exchangeCode({ resource, ...form } = {}, further = {}) {
      const target = resource === undefined ? {} : { resource }
      const code = await running.authorize(target)
      return running.post(
        '/oauth2/token',
        {
          grant_type: 'authorization_code',
          code,
          redirect_uri: REDIRECT_URI,
          code_verifier: VERIFIER,
          ...target,
          ...form,
        },
        further,
      )
    },
  }
  return Object.assign(server, running)
}

function createPlugins({ jwt: withJwt = true, requestsPerMinute }: BetterAuthOptions): BetterAuthPlugin[] {
  const plugins: unknown[] = [
    ...(withJwt ? [jwt()] : []),
    oauthProvider({
      loginPage: '/sign-in',
      consentPage: '/consent',
      scopes: ['openid', 'offline_access', SCOPE, 'orders:write'],
      resources: [AUDIENCE, OTHER_AUDIENCE],
      enforcePerClientResources: false,
      disableJwtPlugin: !withJwt,
      clientPrivileges: () => true,
      resourcePrivileges: () => true,
      silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
      ...(requestsPerMinute !== undefined && {
        rateLimit: { introspect: { window: 60, max: requestsPerMinute } },
      }),
    }),
  ]
  return plugins as BetterAuthPlugin[]
}
