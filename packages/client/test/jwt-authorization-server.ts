/** An authorization server that issues JWT access tokens, publishes its keys, and answers about tokens as a test says. */
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

/** Claims as they should be (RFC 9068 §2.2). */
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

/** Signs octets, or claims as JSON, with a good header unless told otherwise; a member that is `undefined` is left out. */
export async function issue(
  { alg, privateKey, published }: TestKey,
  claims: object | string = GOOD,
  header: object = {},
): Promise<string> {
  const payload = new TextEncoder().encode(typeof claims === 'string' ? claims : JSON.stringify(claims))
  const full = JSON.parse(JSON.stringify({ alg, typ: 'at+jwt', kid: published.kid, ...header })) as { alg: string }
  return new CompactSign(payload).setProtectedHeader(full).sign(privateKey)
}

/** Puts a token together of texts, with whatever signature. */
export function assemble(header: object | string, claims: object | string, signature = 'AAAA'): string {
  return `${encode(header)}.${encode(claims)}.${signature}`
}

function encode(part: object | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}

/** What {@link createServer} makes. */
export interface IssuingServer {
  /** What is published now. */
  keys: JWK[]
  /** What `jwks_uri` answers in the place of the keys. */
  jwksAnswer: (() => Response | Promise<Response>) | undefined
  /** What is answered about every token. */
  answer: object
  /** The tokens that were asked about. */
  readonly asked: string[]
  /** How often the keys were fetched. */
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

/** A client of the server, and what it reports. */
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
  /** Why tokens were inactive, as far as it was told. */
  const faults = () => events.flatMap((event) => (event.type === 'jwt_unusable' ? [event.reason] : []))
  return { client, events, faults }
}
