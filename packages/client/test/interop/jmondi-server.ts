/** @jmondi/oauth2-server with its repositories in memory, mounted as its own adapters mount it. */
import { createHash, randomUUID } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import {
  AuthorizationServer,
  type AuthorizationServerOptions,
  DateInterval,
  type OAuthAuthCode,
  type OAuthClient,
  type OAuthRequest,
  type OAuthToken,
  type OAuthUser,
  type ResponseInterface,
} from '@jmondi/oauth2-server'
import { handleExpressError, handleExpressResponse, requestFromExpress } from '@jmondi/oauth2-server/express'
import { handleVanillaError, requestFromVanilla, responseToVanilla } from '@jmondi/oauth2-server/vanilla'
import express, { type Request as ExpressRequest, type Response as ExpressResponse } from 'express'
import { type LoopbackServer, serveListener } from '../loopback-server.ts'

/** The client that gets the tokens. */
export const WEB = { id: 'web', secret: 'web-s3cr3t', redirectUri: 'https://web.example.com/callback' }
export const ISSUER = 'https://as.example.com'
const SCOPES = ['orders:read', 'orders:write']
const VERIFIER = 'a'.repeat(43)

/** The options of the server. */
export interface JmondiOptions extends Omit<Partial<AuthorizationServerOptions>, 'issuer'> {
  /** The issuer in its tokens; `null` for none. Default {@link ISSUER}. */
  readonly issuer?: string | null
  /** The adapter that answers. Default `express`. */
  readonly adapter?: 'express' | 'vanilla'
  /** The user who consents. Default a user called `alice`. */
  readonly user?: OAuthUser
  /**
   * Further clients that introspect, by identifier, with their secrets. They may use client credentials, as this server
   * requires.
   */
  readonly callers?: Readonly<Record<string, string>>
  /** Grants that every client may use. Default all enabled grants. */
  readonly allowedGrants?: OAuthClient['allowedGrants']
  /** Whether the repository can find access tokens, which is optional in this library. Default `true`. */
  readonly findsAccessTokens?: boolean
}

/** The answer of a token endpoint. */
export interface TokenAnswer {
  readonly access_token: string
  readonly refresh_token: string
}

/** A running server. */
export interface RunningJmondi extends LoopbackServer {
  /** Its introspection endpoint. */
  readonly endpoint: string
  /** All issued tokens, in the repository. */
  readonly tokens: OAuthToken[]
  /** Posts a form as the client {@link WEB}, with its secret in the form. */
  post(path: string, form: Record<string, string>): Promise<TokenAnswer>
  /** An authorization code that the user has granted. */
  authorize(): Promise<string>
  /** Exchanges a new code for tokens. */
  exchangeCode(form?: Record<string, string>): Promise<TokenAnswer>
}

/** Starts the server. */
export async function startJmondi(options: JmondiOptions = {}): Promise<RunningJmondi> {
  const { adapter = 'express', user = { id: 'alice' } } = options
  const tokens: OAuthToken[] = []
  const authorizationServer = createAuthorizationServer(tokens, user, options)
  const answers: Record<string, (request: OAuthRequest) => Promise<ResponseInterface>> = {
    '/token': async (request) => authorizationServer.respondToAccessTokenRequest(request),
    '/token/introspect': (request) => authorizationServer.introspect(request),
    '/token/revoke': (request) => authorizationServer.revoke(request),
    '/authorize': async (request) => {
      const authorization = await authorizationServer.validateAuthorizationRequest(request)
      authorization.user = user
      authorization.isAuthorizationApproved = true
      return authorizationServer.completeAuthorizationRequest(authorization)
    },
  }
  const server = await serveListener(adapter === 'express' ? onExpress(answers) : onVanilla(answers))
  const running: Omit<RunningJmondi, keyof LoopbackServer> = {
    endpoint: `${server.origin}/token/introspect`,
    tokens,
    async post(path, form) {
      const response = await fetch(`${server.origin}${path}`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: WEB.id, client_secret: WEB.secret, ...form }),
      })
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
      return (await response.json()) as TokenAnswer
    },
    async authorize() {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: WEB.id,
        redirect_uri: WEB.redirectUri,
        scope: 'orders:read',
        state: 'state',
        code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
        code_challenge_method: 'S256',
      })
      const response = await fetch(`${server.origin}/authorize?${query.toString()}`, { redirect: 'manual' })
      return new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? ''
    },
    async exchangeCode(form = {}) {
      return running.post('/token', {
        grant_type: 'authorization_code',
        code: await running.authorize(),
        redirect_uri: WEB.redirectUri,
        code_verifier: VERIFIER,
        ...form,
      })
    },
  }
  return Object.assign(server, running)
}

type Answers = Readonly<Record<string, (request: OAuthRequest) => Promise<ResponseInterface>>>

function onExpress(answers: Answers): RequestListener {
  const app = express()
  app.use(express.urlencoded({ extended: false }))
  for (const [path, answer] of Object.entries(answers)) {
    app.all(path, (request: ExpressRequest, response: ExpressResponse) => {
      void answer(requestFromExpress(request)).then(
        (answered) => handleExpressResponse(response, answered),
        (error: unknown) => handleExpressError(error, response),
      )
    })
  }
  return app
}

function onVanilla(answers: Answers): RequestListener {
  const answerRequest = async (request: Request) => {
    try {
      const answer = answers[new URL(request.url).pathname]
      if (answer === undefined) return new Response(null, { status: 404 })
      return responseToVanilla(await answer(await requestFromVanilla(request)))
    } catch (error) {
      return responseToVanilla(handleVanillaError(error))
    }
  }
  // The platform's Response, so that the media type is the usual one.
  const listener = getRequestListener(answerRequest, { overrideGlobalObjects: false })
  return (request, response) => void listener(request, response)
}

function createAuthorizationServer(tokens: OAuthToken[], user: OAuthUser, options: JmondiOptions): AuthorizationServer {
  const {
    adapter: _,
    user: __,
    issuer = ISSUER,
    callers = {},
    allowedGrants,
    findsAccessTokens = true,
    ...rest
  } = options
  const codes: OAuthAuthCode[] = []
  const scopes = SCOPES.map((name) => ({ name }))
  const clients = Object.entries({ [WEB.id]: WEB.secret, ...callers }).map(([id, secret]) => ({
    id,
    name: id,
    secret,
    redirectUris: id === WEB.id ? [WEB.redirectUri] : [],
    allowedGrants: allowedGrants ?? ['client_credentials', 'authorization_code', 'refresh_token'],
    scopes,
  })) satisfies OAuthClient[]
  const server = new AuthorizationServer(
    {
      getByIdentifier: async (id) => found(clients.find((client) => client.id === id)),
      isClientValid: async (grant, client, secret) => client.secret === secret && client.allowedGrants.includes(grant),
    },
    {
      issueToken: async (client, granted, owner) => ({
        accessToken: randomUUID(),
        accessTokenExpiresAt: new Date(Date.now() + 600_000),
        client,
        scopes: granted,
        user: owner ?? null,
      }),
      issueRefreshToken: async (token) =>
        Object.assign(token, { refreshToken: randomUUID(), refreshTokenExpiresAt: new Date(Date.now() + 600_000) }),
      persist: async (token) => void tokens.push(token),
      revoke: async (token) =>
        void Object.assign(token, { accessTokenExpiresAt: new Date(0), refreshTokenExpiresAt: new Date(0) }),
      isRefreshTokenRevoked: async ({ refreshTokenExpiresAt }) => Number(refreshTokenExpiresAt) < Date.now(),
      getByRefreshToken: async (value) => found(tokens.find(({ refreshToken }) => refreshToken === value)),
      ...(findsAccessTokens && {
        getByAccessToken: async (value) => found(tokens.find(({ accessToken }) => accessToken === value)),
      }),
    },
    {
      getAllByIdentifiers: async (names) => scopes.filter(({ name }) => names.includes(name)),
      finalize: async (of) => of,
    },
    'the key that signs what this server issues',
    { ...(issuer !== null && { issuer }), ...rest },
  )
  server.enableGrantType(
    {
      grant: 'authorization_code',
      userRepository: { getUserByCredentials: async () => user },
      authCodeRepository: {
        issueAuthCode: (client, owner, granted) => ({
          code: randomUUID(),
          expiresAt: new Date(Date.now() + 60_000),
          user: owner ?? null,
          client,
          scopes: granted,
        }),
        persist: async (code) => void codes.push(code),
        getByIdentifier: async (value) => found(codes.find(({ code }) => code === value)),
        isRevoked: async (value) => !codes.some(({ code }) => code === value),
        revoke: async (value) =>
          void codes.splice(
            codes.findIndex(({ code }) => code === value),
            1,
          ),
      },
    },
    new DateInterval('10m'),
  )
  return server
}

function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('not found')
  return value
}
