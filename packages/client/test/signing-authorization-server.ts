/** An authorization server that answers with any JWT that a test creates, and publishes its keys. */
import { clientSecretBasic, IntrospectionClient, type JwtResponseOptions } from '@token-introspection/client'
import { CompactEncrypt, CompactSign, exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose'

export const ISSUER = 'https://as.example.com'
export const CLIENT_ID = 'orders-api'
export const JWT_TYPE = 'application/token-introspection+jwt'
/** The time of every clock in these tests, in seconds since the epoch. */
export const NOW = 1_764_000_000

/** A signing key, and its published public half. */
export interface TestKey {
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly published: JWK
}

/** Creates a key. */
export async function createKey(alg = 'ES256', kid: string | undefined = alg): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const published: JWK = { ...(await exportJWK(publicKey)), alg, use: 'sig', ...(kid !== undefined && { kid }) }
  return { alg, privateKey, published }
}

/** Creates a key pair for encryption. */
export async function createRecipient(alg: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { alg, privateKey, publicKey }
}

/** A correct answer. */
export const GOOD = {
  iss: ISSUER,
  aud: CLIENT_ID,
  iat: NOW,
  token_introspection: { active: true, sub: 'alice', exp: NOW + 60 },
} as const

/** Signs octets, or claims as JSON. The header is correct by default. */
export async function sign(
  { alg, privateKey, published }: TestKey,
  claims: object | string = GOOD,
  header: Record<string, unknown> = {},
): Promise<string> {
  const payload = new TextEncoder().encode(typeof claims === 'string' ? claims : JSON.stringify(claims))
  const kid = published.kid === undefined ? {} : { kid: published.kid }
  return new CompactSign(payload)
    .setProtectedHeader({ alg, typ: 'token-introspection+jwt', ...kid, ...header })
    .sign(privateKey)
}

/** Encrypts a text. */
export function encrypt(
  { alg, publicKey }: { readonly alg: string; readonly publicKey: CryptoKey },
  content: string,
  header: Record<string, unknown> = {},
): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(content))
    .setProtectedHeader({ alg, enc: 'A256GCM', cty: 'JWT', ...header })
    .encrypt(publicKey)
}

/** The result of {@link createServer}. */
export interface SigningServer {
  /** The published keys, which a test can change. */
  keys: JWK[]
  /** The answer of the endpoint from now on. */
  answer: () => Response | Promise<Response>
  /** A response of `jwks_uri` in place of the keys. */
  jwksAnswer: (() => Response | Promise<Response>) | undefined
  readonly introspections: Request[]
  readonly jwksRequests: Request[]
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
}

/** Creates a server. */
export function createServer(keys: JWK[], answer?: string): SigningServer {
  const server: SigningServer = {
    keys,
    answer: () => jwtResponse(answer ?? ''),
    jwksAnswer: undefined,
    introspections: [],
    jwksRequests: [],
    async fetch(url, init) {
      const request = new Request(url, init)
      const { pathname } = new URL(url)
      if (pathname === '/introspect') {
        server.introspections.push(request)
        return server.answer()
      }
      if (pathname === '/jwks') {
        server.jwksRequests.push(request)
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

/** A JWT as an HTTP response. */
export function jwtResponse(jwt: string, contentType = JWT_TYPE): Response {
  return new Response(jwt, { headers: { 'content-type': contentType } })
}

/** A client of the server that accepts only JWTs. */
export function createClient(
  server: SigningServer,
  jwt: JwtResponseOptions = {},
  options: { now?: () => number; acceptedIssuers?: string[]; deadlineMs?: number } = {},
): IntrospectionClient {
  const { now = () => NOW * 1000, acceptedIssuers, deadlineMs } = options
  return new IntrospectionClient({
    issuer: ISSUER,
    clientAuthentication: clientSecretBasic(CLIENT_ID, 'secret'),
    transport: { fetch: server.fetch, deadlineMs },
    response: { jwt, acceptedIssuers },
    now,
  })
}
