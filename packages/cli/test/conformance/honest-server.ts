/** An authorization server with our handler, whose answers a test may change. */
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  type IntrospectionHandler,
  type SigningKey,
} from '@token-introspection/server'
import { type CameRequest, type CannedAnswer, type CannedServer, startCannedServer } from '../servers/canned-server.ts'

/** The caller of the tests. */
export const CALLER = { id: 'orders-api', secret: 'a secret: 100%é' }
/** A JWT by its look. It is in the store like any token. */
export const GOOD_TOKEN = 'e30.e30.c2lnbmF0dXJl'
export const ENDED_TOKEN = 'ended-token-of-the-tests'

/** The environment of a command that asks as a caller about these tokens. Without tokens it knows none. */
export function environmentOf(
  { id, secret }: { readonly id: string; readonly secret: string },
  goodToken?: string,
  endedToken?: string,
) {
  return {
    TOKEN_INTROSPECTION_CLIENT_ID: id,
    TOKEN_INTROSPECTION_CLIENT_SECRET: secret,
    TOKEN_INTROSPECTION_GOOD_TOKEN: goodToken,
    TOKEN_INTROSPECTION_ENDED_TOKEN: endedToken,
  }
}

/** Answers a request as our handler does. */
export type Honest = (request: CameRequest) => Promise<CannedAnswer>

/** Changes one answer or one request. */
export type Fault = (request: CameRequest, honest: Honest) => CannedAnswer | Promise<CannedAnswer>

/** A further way to break a requirement. */
export type FurtherFault = readonly [id: string, what: string, fault: Fault]

const AUDIENCE = 'https://orders.example.com'
const METADATA = '/.well-known/oauth-authorization-server'

/** Starts the server. Without a fault it answers as our handler does. */
export async function startHonestServer(fault: Fault = (request, honest) => honest(request)): Promise<CannedServer> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const key: SigningKey = { alg: 'ES256', kid: 'a', key: pair.privateKey }
  let handler: IntrospectionHandler
  let url = ''
  const honest: Honest = async (request) => {
    if (request.url === METADATA) return metadata(url)
    if (!request.url?.startsWith('/introspect')) return { status: 404 }
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string])
    const isGet = request.method === 'GET'
    const response = await handler(
      new Request(url + request.url, {
        method: request.method ?? 'GET',
        headers,
        ...(!isGet && { body: request.body }),
      }),
    )
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
  }
  const server = await startCannedServer((request) => fault(request, honest))
  url = server.url
  const store = createMemoryTokenStore()
  const now = Math.floor(Date.now() / 1000)
  const record = {
    kind: 'access_token',
    client_id: 'web',
    sub: 'alice',
    aud: AUDIENCE,
    scope: 'read',
    iat: now,
    exp: now + 600,
  } as const
  await store.save(GOOD_TOKEN, { ...record, jti: '1' })
  await store.save(ENDED_TOKEN, { ...record, jti: '2' })
  await store.revoke(ENDED_TOKEN)
  handler = createIntrospectionHandler({
    issuer: url,
    allowHttpOnLoopback: true,
    clientAuthentication: {
      protectedResources: [{ id: CALLER.id, clientSecrets: [CALLER.secret], audiences: [AUDIENCE] }],
    },
    lookup: { store },
    response: { jwt: { keys: [key], defaultSigningAlg: 'ES256' } },
  })
  return server
}

function metadata(issuer: string): CannedAnswer {
  const methods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt']
  return {
    body: JSON.stringify({
      issuer,
      introspection_endpoint: `${issuer}/introspect`,
      introspection_endpoint_auth_methods_supported: methods,
      introspection_endpoint_auth_signing_alg_values_supported: ['ES256'],
    }),
  }
}
