/** `client_secret_jwt` (OpenID Connect Core §9): an HMAC with a registered secret. */
import { loadJose } from '../keys/load-jose.ts'
import type { Registered } from './registered.ts'

/** The least octets of a secret for each HMAC algorithm: as many as the hash has (RFC 7518 §3.2). */
export const MIN_SECRET_BYTES: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 }

/** The HMAC algorithms. */
export const HMAC_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const

/** A key that nobody has, so that an unknown caller or one without secrets also costs an HMAC. */
const NOBODY = new Uint8Array(64)

/** Whether a JWT has the HMAC of a caller's secret. The key is the UTF-8 octets of the secret. Too short secrets are skipped. */
export async function isSignedBySecret(
  jwt: string,
  algorithm: string,
  caller: Registered | undefined,
): Promise<boolean> {
  const { compactVerify } = await loadJose()
  const keys = (caller?.clientSecrets ?? []).map(toHmacKey).filter((key) => isLongEnough(key, algorithm))
  let signed = false
  for (const key of keys.length === 0 ? [NOBODY] : keys) {
    const fits = await compactVerify(jwt, key, { algorithms: [algorithm] }).then(
      () => true,
      () => false,
    )
    signed ||= fits && key !== NOBODY
  }
  return signed
}

/** Whether a secret is long enough for an algorithm. */
export function canSign(secret: string, algorithm: string): boolean {
  return isLongEnough(toHmacKey(secret), algorithm)
}

function toHmacKey(secret: string): Uint8Array {
  return new TextEncoder().encode(secret)
}

function isLongEnough(key: Uint8Array, algorithm: string): boolean {
  return key.byteLength >= (MIN_SECRET_BYTES[algorithm] ?? Number.POSITIVE_INFINITY)
}
