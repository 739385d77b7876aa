/** `client_secret_jwt` (OpenID Connect Core §9): an HMAC with a registered secret. */
import { loadJose } from '../keys/load-jose.ts'
import { secretsOf, textOf } from './client-secret.ts'
import type { Registered } from './registered.ts'

/** The least octets of a secret for each HMAC algorithm: as many as the hash has (RFC 7518 §3.2). */
export const MIN_SECRET_BYTES: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 }

/** The HMAC algorithms. */
export const HMAC_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const

/** A key that nobody has, so that an unknown caller or one without secrets also costs an HMAC. */
const NOBODY = new Uint8Array(64)

/**
 * Returns the secret of a caller that made the HMAC of a JWT, or `undefined`. The key is the UTF-8 octets of the secret. Too short
 * secrets are skipped. An expired secret is returned, too, because it must cost the same time as a wrong one.
 */
export async function findSigningSecret(
  jwt: string,
  algorithm: string,
  caller: Registered | undefined,
): Promise<string | undefined> {
  const { compactVerify } = await loadJose()
  const fits = (key: Uint8Array): Promise<boolean> =>
    compactVerify(jwt, key, { algorithms: [algorithm] }).then(
      () => true,
      () => false,
    )
  const secrets = secretsOf(caller)
    .map(textOf)
    .filter((secret) => canSign(secret, algorithm))
  if (secrets.length === 0) await fits(NOBODY)
  let signer: string | undefined
  for (const secret of secrets) if (await fits(toHmacKey(secret))) signer = secret
  return signer
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
