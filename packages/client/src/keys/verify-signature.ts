/** Verifies the signature of a JWT with a set of public keys (RFC 7515 §5.2, RFC 8725 §3). */
import { isBoundedKey } from '@token-introspection/core'
import type { CompactVerifyGetKey, CompactVerifyResult, JSONWebKeySet } from 'jose'
import { loadJose } from './load-jose.ts'

/** The signed content, when the signature is good. */
export type SignatureOutcome = Uint8Array | 'unknown key' | 'bad signature'

/** How many keys are tried when the header does not name one. */
const MAX_TRIED = 10

/** One key resolver per key set, because importing a key costs as much as a signature. */
const finders = new WeakMap<JSONWebKeySet, CompactVerifyGetKey>()

/** Verifies with the key that the header names, or with each fitting key when it names none or several. */
export async function verifySignature(
  jws: string,
  keySet: JSONWebKeySet,
  algorithms: readonly string[],
): Promise<SignatureOutcome> {
  const { compactVerify, createLocalJWKSet, errors } = await loadJose()
  let findKey = finders.get(keySet)
  if (findKey === undefined) {
    findKey = createLocalJWKSet({ keys: keySet.keys.filter(isBoundedKey) })
    finders.set(keySet, findKey)
  }
  const attempt = async (key: CompactVerifyGetKey): Promise<CompactVerifyResult | Error> => {
    try {
      return await compactVerify(jws, key, { algorithms: [...algorithms] })
    } catch (error) {
      return error as Error
    }
  }
  let result = await attempt(findKey)
  if (result instanceof errors.JWKSMultipleMatchingKeys) {
    // Without a `kid`, or with one that two keys have, try a few keys of the right type (FAPI 2.0 Security Profile
    // §5.4.3).
    let tried = 0
    for await (const key of result) {
      if (tried++ === MAX_TRIED) break
      result = await attempt(() => key)
      if (!(result instanceof Error)) break
    }
  }
  if (result instanceof errors.JWKSNoMatchingKey) return 'unknown key'
  // A key that cannot be used, for example because it is too short, verifies nothing.
  return result instanceof Error ? 'bad signature' : result.payload
}
