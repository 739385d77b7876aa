/** Signed answers, correct or with any part wrong, and the keys to verify them with. */
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { credentialsIn, goodAnswer, type HostileExchange } from './hostile-exchange.ts'

const KEY_ID = 'hostile-1'
const own = lazily(() => generateKeyPairSync('rsa', { modulusLength: 2048 }))
const foreign = lazily(() => generateKeyPairSync('rsa', { modulusLength: 2048 }))

/** The differences between a signed answer and a correct one. */
export interface SignedAnswerChanges {
  readonly header?: object
  /** Members of the JWT. `undefined` removes a member. */
  readonly claims?: object
  /** Octets that replace the claims. */
  readonly payload?: string
  /** The signature: by the published key, by another key, an HMAC with the published key as secret, empty, or zeros. */
  readonly signature?: 'own' | 'foreign' | 'hmac' | 'none' | 'zeros'
}

/** The key set that the server publishes under `jwks_uri`. */
export function publishedKeys(): { readonly keys: readonly object[] } {
  return { keys: [{ ...own().publicKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig', alg: 'RS256' }] }
}

/** A signed answer in compact serialization. */
export function signedAnswer(exchange: HostileExchange, changes: SignedAnswerChanges = {}): string {
  const { header = {}, claims = {}, signature = 'own' } = changes
  const protectedHeader = { alg: 'RS256', typ: 'token-introspection+jwt', kid: KEY_ID, ...header }
  const payload = changes.payload ?? JSON.stringify({ ...goodClaims(exchange), ...claims })
  const input = `${toBase64Url(JSON.stringify(protectedHeader))}.${toBase64Url(payload)}`
  return `${input}.${signatures[signature](input)}`
}

function goodClaims(exchange: HostileExchange) {
  const { clientId } = credentialsIn(exchange)
  return { iss: exchange.issuer, aud: clientId, iat: exchange.now, token_introspection: goodAnswer(exchange) }
}

const signatures: Readonly<Record<NonNullable<SignedAnswerChanges['signature']>, (input: string) => string>> = {
  own: (input) => rs256(input, own().privateKey),
  foreign: (input) => rs256(input, foreign().privateKey),
  hmac: (input) =>
    createHmac('sha256', createPublicKey(own().privateKey).export({ type: 'spki', format: 'pem' }))
      .update(input)
      .digest('base64url'),
  none: () => '',
  zeros: () => 'A'.repeat(342),
}

function rs256(input: string, key: KeyObject): string {
  return sign('sha256', Buffer.from(input), key).toString('base64url')
}

function toBase64Url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** RSA keys take long to generate, and JSON answers need none. So the first signed answer generates them. */
function lazily<Value>(make: () => Value): () => Value {
  let made: Value | undefined
  return () => (made ??= make())
}
