/** `private_key_jwt` (RFC 7523, OpenID Connect Core §9): a signature by a registered key. */
import { FAPI2_SIGNATURE_ALGORITHMS, isBoundedKey, SIGNATURE_ALGORITHMS } from '@token-introspection/core'
import type { CompactVerifyResult, createLocalJWKSet, JSONWebKeySet } from 'jose'
import type { JwksLoader } from '../keys/jwks-loader.ts'
import { loadJose } from '../keys/load-jose.ts'
import { loadKeys } from './load-keys.ts'
import type { Registered } from './registered.ts'

/**
 * Signature algorithms by a key pair, each with at least the strength of RSA with 2048 bits. RS256 is what everybody
 * has to have (RFC 7523 §5).
 */
export const ASYMMETRIC_ALGORITHMS = SIGNATURE_ALGORITHMS

/** Of those, what the FAPI 2.0 Security Profile §5.4.1 leaves. */
export const FAPI2_ALGORITHMS = FAPI2_SIGNATURE_ALGORITHMS

/** Keys that are tried when the header of a JWT does not say which one it is signed by. */
const MAX_TRIED = 10

/** jose's reading of a key set: made once, because importing a key costs more than verifying with it. */
const readSets = new WeakMap<JSONWebKeySet, ReturnType<typeof createLocalJWKSet>>()

/** Whether a JWT is signed by a registered key of a caller. What its own header says about keys is not looked at. */
export async function isSignedByKey(
  jwt: string,
  algorithm: string,
  caller: Registered,
  loader: JwksLoader,
): Promise<boolean> {
  if (caller.jwks === undefined && caller.jwksUri === undefined) return false
  const jwks = await loadKeys(caller, loader)
  if (await isSignedBy(jwt, algorithm, jwks)) return true
  if (caller.jwks !== undefined) return false
  // The caller may have begun to use a key that was not there when we last looked.
  const refreshed = await loadKeys(caller, loader, true)
  return refreshed !== jwks && (await isSignedBy(jwt, algorithm, refreshed))
}

async function isSignedBy(jwt: string, algorithm: string, jwks: JSONWebKeySet): Promise<boolean> {
  const jose = await loadJose()
  const options = { algorithms: [algorithm] }
  let keys = readSets.get(jwks)
  if (keys === undefined) {
    // A caller chooses its keys, and could have each of its assertions cost many times as much.
    keys = jose.createLocalJWKSet({ keys: jwks.keys.filter(isBoundedKey) })
    readSets.set(jwks, keys)
  }
  try {
    await jose.compactVerify(jwt, keys, options)
    return true
  } catch (error) {
    if (!(error instanceof jose.errors.JWKSMultipleMatchingKeys)) return false
    let tried = 0
    for await (const key of error) {
      if (tried++ === MAX_TRIED) return false
      const verifying: Promise<CompactVerifyResult> = jose.compactVerify(jwt, key, options)
      if (await verifying.then(isDone, isNotDone)) return true
    }
    return false
  }
}

function isDone(): boolean {
  return true
}

function isNotDone(): boolean {
  return false
}
