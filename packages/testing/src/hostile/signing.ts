/** Signed answers with everything right or any part of it wrong, and the keys they are to be verified with. */
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { credentialsIn, goodAnswer, type HostileExchange } from './hostile-exchange.ts'

const KEY_ID = 'hostile-1'
const own = lazily(() => generateKeyPairSync('rsa', { modulusLength: 2048 }))
const foreign = lazily(() => generateKeyPairSync('rsa', { modulusLength: 2048 }))

/** How a signed answer differs from a right one. */
export interface SignedAnswerChanges {
  readonly header?: object
  /** Members of the JWT; `undefined` leaves one out. */
  readonly claims?: object
  /** Octets in the place of the claims. */
  readonly payload?: string
  /** Who signs: the key that is published, another one, the published one taken for a shared secret, or nobody. */
  readonly signature?: 'own' | 'foreign' | 'hmac' | 'none' | 'zeros'
}

/** What is published under `jwks_uri`. */
export function publishedKeys(): { readonly keys: readonly object[] } {
  return { keys: [{ ...own().publicKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig', alg: 'RS256' }] }
}

/** A signed answer in compact form. */
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

/** RSA keys take a while to make; who asks for JSON needs none. */
function lazily<Value>(make: () => Value): () => Value {
  let made: Value | undefined
  return () => (made ??= make())
}
