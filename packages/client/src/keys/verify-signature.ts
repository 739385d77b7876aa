/** The signature of a JWT, by one of a set of public keys (RFC 7515 §5.2, RFC 8725 §3). */
import { isBoundedKey } from '@token-introspection/core'
import type { CompactVerifyGetKey, CompactVerifyResult, JSONWebKeySet } from 'jose'
import { loadJose } from './load-jose.ts'

/** What was signed, when the signature is good. */
export type SignatureOutcome = Uint8Array | 'unknown key' | 'bad signature'

/** Keys that are tried when the header does not say which one it is signed by. */
const MAX_TRIED = 10

/** Key sets are turned into what finds keys once, because importing a key costs as much as a signature. */
const finders = new WeakMap<JSONWebKeySet, CompactVerifyGetKey>()

/** By the key that the header names, or by each of those that fit where it names none or several. */
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
    // No `kid`, or one that stands twice: keys of the right type are tried (FAPI 2.0 Security Profile §5.4.3), a few of them.
    let tried = 0
    for await (const key of result) {
      if (tried++ === MAX_TRIED) break
      result = await attempt(() => key)
      if (!(result instanceof Error)) break
    }
  }
  if (result instanceof errors.JWKSNoMatchingKey) return 'unknown key'
  // A key that cannot be used, too short for one, verifies nothing either.
  return result instanceof Error ? 'bad signature' : result.payload
}
