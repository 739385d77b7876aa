/** An endpoint whose answers can be JWTs, and the protected resource that reads them. */
import {
  compactDecrypt,
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose'
import { expect } from 'vitest'
import type { JwtResponseOptions, ProtectedResource, ResponseSigningAlg, SigningKey } from '../src/index.ts'
import {
  type Changes,
  createEndpoint,
  type Endpoint,
  form,
  type HeaderChanges,
  ISSUER,
  NOW,
  post,
  PROTECTED_RESOURCES,
  type TokenName,
  token,
  type WireRequest,
  type WireResponse,
} from './endpoint.ts'

export const JWT_TYPE = 'application/token-introspection+jwt'

/** A signing key of the authorization server, and its published public key. */
export interface TestKey {
  readonly signingKey: SigningKey
  readonly published: JWK
}

/** Creates a key. */
export async function createKey(
  alg: ResponseSigningAlg,
  kid: string = alg,
  more: Partial<SigningKey> = {},
): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const published: JWK = { ...(await exportJWK(publicKey)), alg, kid, use: 'sig' }
  return { signingKey: { alg, kid, key: privateKey, ...more }, published }
}

const keys = await Promise.all(['RS256', 'ES256', 'Ed25519'].map((alg) => createKey(alg as ResponseSigningAlg)))

/** The signing keys of the endpoint, RS256 first. */
export const SIGNING_KEYS: readonly SigningKey[] = keys.map(({ signingKey }) => signingKey)

/** The keys that the authorization server publishes at its `jwks_uri`. */
const PUBLISHED: readonly JWK[] = keys.map(({ published }) => published)

/** The protected resources of the endpoint, with extra members for `orders-api`. */
function registered(orders: Partial<ProtectedResource>): readonly ProtectedResource[] {
  return PROTECTED_RESOURCES.map((each) => (each.id === 'orders-api' ? { ...each, ...orders } : each))
}

/** Options of an endpoint that signs, with extra members for the registration of `orders-api`. */
export function signing(orders: Partial<ProtectedResource> = {}, jwt: Partial<JwtResponseOptions> = {}): Changes {
  return {
    clientAuthentication: { protectedResources: registered(orders) },
    response: { jwt: { keys: SIGNING_KEYS, ...jwt } },
  }
}

/** Creates an endpoint that signs. */
export async function createSigningEndpoint(
  orders?: Partial<ProtectedResource>,
  jwt?: Partial<JwtResponseOptions>,
): Promise<Endpoint> {
  return await createEndpoint(signing(orders, jwt))
}

/** A request of `orders-api` that accepts only a JWT. */
export function askForJwt(name: TokenName = 'active', headers: HeaderChanges = {}): WireRequest {
  return post(form({ token: token(name) }), { accept: JWT_TYPE, ...headers })
}

/** A verified JWT. */
export interface VerifiedAnswer {
  readonly header: ProtectedHeaderParameters
  readonly claims: JWTPayload
  /** The claim `token_introspection`. */
  readonly answer: unknown
}

/** Verifies an answer as its receiver must. */
export async function verifyAnswer(
  response: WireResponse,
  audience = 'orders-api',
  published = PUBLISHED,
): Promise<VerifiedAnswer> {
  expect({ status: response.status, type: response.headers['content-type'] }).toEqual({ status: 200, type: JWT_TYPE })
  const { protectedHeader, payload } = await jwtVerify(
    response.body,
    ({ kid }) => published.find((key) => key.kid === kid) as JWK,
    { issuer: ISSUER, audience, typ: 'token-introspection+jwt', currentDate: new Date(NOW * 1000), maxTokenAge: 1 },
  )
  return { header: protectedHeader, claims: payload, answer: payload['token_introspection'] }
}

/** A key pair of a protected resource, for encryption. */
export async function createRecipient(alg: string, kid = 'rs-1') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, use: 'enc' }
  return { jwk, privateKey }
}

/** Decrypts an answer. The caller must still verify the JWS inside. */
export async function decryptAnswer(response: WireResponse, privateKey: CryptoKey) {
  const { plaintext, protectedHeader } = await compactDecrypt(response.body, privateKey)
  return { header: protectedHeader, signed: { ...response, body: new TextDecoder().decode(plaintext) } }
}
