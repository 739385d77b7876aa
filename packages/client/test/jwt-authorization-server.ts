/** An authorization server that issues JWT access tokens and publishes its keys. Tests choose its answers. */
import {
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
  type JwtOptions,
} from '@token-introspection/client'
import { CompactSign, type JWK } from 'jose'
import { createKey, NOW, type TestKey } from './signing-authorization-server.ts'

export const ISSUER = 'https://as.example.com'
export const AUDIENCE = 'https://orders.example.com'
export { createKey, NOW, type TestKey }

/** The claims of a correct token (RFC 9068 §2.2). */
export const GOOD = {
  iss: ISSUER,
  exp: NOW + 300,
  aud: AUDIENCE,
  sub: 'alice',
  client_id: 'web',
  iat: NOW - 10,
  jti: 'a-jti',
  scope: 'orders:read orders:write',
} as const

/** Signs octets, or claims as JSON. The header is correct by default; a member that is `undefined` is left out. */
export async function issue(
  { alg, privateKey, published }: TestKey,
  claims: object | string = GOOD,
  header: object = {},
): Promise<string> {
  const payload = new TextEncoder().encode(typeof claims === 'string' ? claims : JSON.stringify(claims))
  const full = JSON.parse(JSON.stringify({ alg, typ: 'at+jwt', kid: published.kid, ...header })) as { alg: string }
  return new CompactSign(payload).setProtectedHeader(full).sign(privateKey)
}

/** Builds a token from texts, with any signature. */
export function assemble(header: object | string, claims: object | string, signature = 'AAAA'): string {
  return `${encode(header)}.${encode(claims)}.${signature}`
}

function encode(part: object | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}

/** The result of {@link createServer}. */
export interface IssuingServer {
  /** The published keys, which a test can change. */
  keys: JWK[]
  /** A response of `jwks_uri` in place of the keys. */
  jwksAnswer: (() => Response | Promise<Response>) | undefined
  /** The answer about every token. */
  answer: object
  /** The tokens that the client asked about. */
  readonly asked: string[]
  /** How often the client fetched the keys. */
  fetched: number
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
}

/** Creates a server. */
export function createServer(...keys: readonly TestKey[]): IssuingServer {
  const server: IssuingServer = {
    keys: keys.map(({ published }) => published),
    jwksAnswer: undefined,
    answer: { active: false },
    asked: [],
    fetched: 0,
    async fetch(url, init) {
      const { pathname } = new URL(url)
      if (pathname === '/introspect') {
        server.asked.push(new URLSearchParams(init.body as string).get('token') ?? '')
        return Response.json(server.answer)
      }
      if (pathname === '/jwks') {
        server.fetched += 1
        return server.jwksAnswer?.() ?? Response.json({ keys: server.keys })
      }
      return Response.json({
        issuer: ISSUER,
        introspection_endpoint: `${ISSUER}/introspect`,
        jwks_uri: `${ISSUER}/jwks`,
      })
    },
  }
  return server
}

/** A client of the server, and its events. */
export function createClient(
  server: IssuingServer,
  jwt: JwtOptions = {},
  options: Partial<IntrospectionClientOptions> = {},
) {
  const events: IntrospectionClientEvent[] = []
  const client = new IntrospectionClient({
    issuer: ISSUER,
    clientAuthentication: clientSecretBasic('orders-api', 'secret'),
    transport: { fetch: server.fetch, deadlineMs: 10_000 },
    jwt: { mode: 'local', ...jwt },
    now: () => NOW * 1000,
    onEvent: (event) => void events.push(event),
    ...options,
  })
  /** The reported reasons for inactive tokens. */
  const faults = () => events.flatMap((event) => (event.type === 'jwt_unusable' ? [event.reason] : []))
  return { client, events, faults }
}
