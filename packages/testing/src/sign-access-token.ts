/** Signs JWT access tokens (RFC 9068), and publishes the key to verify them with. */
import { encodeBase64url, type JsonObject } from '@token-introspection/core'

/** Signs the access tokens of one issuer with a key of its own. */
export interface AccessTokenSigner {
  /** Signs claims as an access token. */
  sign(claims: JsonObject): Promise<string>
  /** The key set to publish under `jwks_uri`. */
  publishedKeys(): Promise<{ readonly keys: readonly object[] }>
}

const KEY_ID = 'fake-1'
const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNATURE_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' } as const

/** Creates a signer for `ES256`. It generates its key with the first use. */
export function createAccessTokenSigner(): AccessTokenSigner {
  let pair: ReturnType<typeof generatePair> | undefined
  const keys = () => (pair ??= generatePair())
  return {
    async sign(claims) {
      const input = `${encodeJson({ alg: 'ES256', typ: 'at+jwt', kid: KEY_ID })}.${encodeJson(claims)}`
      const { privateKey } = await keys()
      const signature = await crypto.subtle.sign(SIGNATURE_ALGORITHM, privateKey, new TextEncoder().encode(input))
      return `${input}.${encodeBase64url(new Uint8Array(signature))}`
    },
    async publishedKeys() {
      const { publicKey } = await keys()
      const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
      return { keys: [{ kty, crv, x, y, kid: KEY_ID, use: 'sig', alg: 'ES256' }] }
    },
  }
}

function generatePair() {
  return crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify'])
}

function encodeJson(value: object): string {
  return encodeBase64url(new TextEncoder().encode(JSON.stringify(value)))
}
