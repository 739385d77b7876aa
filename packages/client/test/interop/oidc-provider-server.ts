/** oidc-provider over TLS with every feature that gives tokens another kind, binding or member. */
import { createHash, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { Provider } from 'oidc-provider'
import { Agent, request } from 'undici'
import { vi } from 'vitest'

/** The client that gets the tokens. */
export const WEB = { id: 'web', secret: 'web-s3cr3t', redirectUri: 'https://web.example.com/callback' }
/** The resource server that introspects. */
export const ORDERS = { id: 'orders-api', secret: 'orders-s3cr3t' }
/** The resources. Tokens for the second and third are JWTs, and those for the third are also encrypted. */
export const AUDIENCE = 'https://orders.example.com'
export const JWT_AUDIENCE = 'https://jwt.example.com'
export const ENCRYPTED_AUDIENCE = 'https://encrypted.example.com'
export const SCOPE = 'orders:read'
/** A rich authorization (RFC 9396 §2). */
export const DETAILS = [{ type: 'order', actions: ['read'], locations: [AUDIENCE], order: 7 }]

const VERIFIER = 'a'.repeat(43)
const fixtures = new URL('../../../server/test/fixtures/certificates/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, fixtures), 'utf8')
/** The authority of the server's certificate. */
export const authority = read('authority.pem')
/** A certificate of a client. */
export const certificate = { cert: read('orders.pem'), key: read('orders.key.pem') }

/** The answer of a token endpoint. */
export interface TokenAnswer {
  readonly access_token: string
  readonly refresh_token: string
  readonly id_token: string
  readonly token_type: string
}

/** A running provider. */
export interface RunningProvider extends AsyncDisposable {
  readonly issuer: string
  readonly provider: Provider
  /** Members that are added to tokens issued from now on. */
  extraTokenClaims: Record<string, unknown>
  /** Posts a form as the client {@link WEB}, with its certificate, and returns the JSON of the answer. */
  post<Answer = TokenAnswer>(path: string, form: Record<string, string>, headers?: object): Promise<Answer>
  /** An authorization code that alice has granted to {@link WEB}. */
  grantCode(members?: Record<string, unknown>): Promise<string>
  /** Exchanges a new code of alice for tokens. */
  exchangeCode(members?: Record<string, unknown>): Promise<TokenAnswer>
}

/** Starts the provider. */
export async function startProvider(): Promise<RunningProvider> {
  vi.spyOn(console, 'warn').mockReturnValue(undefined)
  vi.spyOn(console, 'info').mockReturnValue(undefined)
  let callback: RequestListener | undefined
  const tls = { cert: read('server.pem'), key: read('server.key.pem'), ca: authority }
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: false }, (incoming, response) =>
    callback?.(incoming, response),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `https://localhost:${(server.address() as AddressInfo).port}`
  const agent = new Agent({ connect: { ca: authority, ...certificate } })
  const authorization = `Basic ${Buffer.from(`${WEB.id}:${WEB.secret}`).toString('base64')}`
  const running: RunningProvider = {
    issuer,
    provider: new Provider(
      issuer,
      configuration(() => running.extraTokenClaims),
    ),
    extraTokenClaims: {},
    async post(path, form, headers = {}) {
      const { statusCode, body } = await request(`${issuer}${path}`, {
        method: 'POST',
        dispatcher: agent,
        headers: { authorization, 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams(form).toString(),
      })
      const text = await body.text()
      if (statusCode >= 400) throw new Error(`${path}: ${statusCode} ${text}`)
      return (text === '' ? {} : JSON.parse(text)) as never
    },
    async grantCode(members = {}) {
      const { provider } = running
      const grant = new provider.Grant({ clientId: WEB.id, accountId: 'alice' })
      grant.addOIDCScope('openid offline_access')
      grant.addResourceScope(AUDIENCE, SCOPE)
      const grantId = await grant.save()
      return new provider.AuthorizationCode({
        client: await provider.Client.find(WEB.id),
        accountId: 'alice',
        grantId,
        gty: 'authorization_code',
        scope: `openid offline_access ${SCOPE}`,
        resource: [AUDIENCE],
        redirectUri: WEB.redirectUri,
        codeChallenge: createHash('sha256').update(VERIFIER).digest('base64url'),
        codeChallengeMethod: 'S256',
        authTime: Math.floor(Date.now() / 1000),
        ...members,
      }).save()
    },
    async exchangeCode(members = {}) {
      return running.post('/token', {
        grant_type: 'authorization_code',
        code: await running.grantCode(members),
        redirect_uri: WEB.redirectUri,
        code_verifier: VERIFIER,
        resource: AUDIENCE,
      })
    },
    async [Symbol.asyncDispose]() {
      await agent.destroy()
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
  callback = (incoming, response) => void running.provider.callback()(incoming, response)
  return running
}

function configuration(extraTokenClaims: () => Record<string, unknown>): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const encryption = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const web = {
    client_id: WEB.id,
    client_secret: WEB.secret,
    redirect_uris: [WEB.redirectUri],
    response_types: ['code'],
    grant_types: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
    authorization_details_types: ['order'],
  }
  return {
    clients: [
      web,
      { ...web, client_id: 'bound', tls_client_certificate_bound_access_tokens: true },
      {
        client_id: ORDERS.id,
        client_secret: ORDERS.secret,
        redirect_uris: [],
        response_types: [],
        grant_types: [],
      },
    ],
    scopes: ['openid', 'offline_access', SCOPE],
    findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    extraTokenClaims,
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    jwks: { keys: [privateKey.export({ format: 'jwk' })] },
    cookies: { keys: ['for-this-test'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'], dPoPSigningAlgValues: ['ES256'] },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      ClientCredentials: 600,
      DeviceCode: 600,
      Grant: 600,
      IdToken: 600,
      RefreshToken: 600,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      dPoP: { enabled: true },
      encryption: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        getCertificate: ({ req }: { req: IncomingMessage }) => (req.socket as TLSSocket).getPeerX509Certificate(),
      },
      pushedAuthorizationRequests: { enabled: true },
      registration: { enabled: true, initialAccessToken: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => [],
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: SCOPE,
          accessTokenTTL: 600,
          ...(resource === JWT_AUDIENCE && { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
          ...(resource === ENCRYPTED_AUDIENCE && {
            accessTokenFormat: 'jwt',
            jwt: {
              sign: { alg: 'ES256' },
              encrypt: { alg: 'ECDH-ES', enc: 'A256GCM', key: encryption.publicKey },
            },
          }),
        }),
      },
      revocation: { enabled: true, allowedPolicy: () => true },
      richAuthorizationRequests: {
        enabled: true,
        types: { order: { validate: () => undefined } },
        authorizationDetailsForGrantSource: (context: { oidc: { params: object } }) => asked(context),
        authorizationDetailsForAccessToken: (context: { oidc: { params: object } }) => asked(context),
        authorizationDetailsForIntrospection: (_context: unknown, token: { rar?: object[] }) => token.rar,
      },
    },
  }
}

function asked({ oidc }: { oidc: { params: { authorization_details?: string } } }): unknown {
  const { authorization_details: details } = oidc.params
  return details === undefined ? undefined : (JSON.parse(details) as unknown)
}
