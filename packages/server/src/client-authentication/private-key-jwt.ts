/** `private_key_jwt` (RFC 7523, OpenID Connect Core §9): a signature by a registered key. */
import { FAPI2_SIGNATURE_ALGORITHMS, isBoundedKey, SIGNATURE_ALGORITHMS } from '@token-introspection/core'
import type { CompactVerifyResult, createLocalJWKSet, JSONWebKeySet } from 'jose'
import type { JwksLoader } from '../keys/jwks-loader.ts'
import { loadJose } from '../keys/load-jose.ts'
import { loadKeys, type NamedKeyHolder } from './load-keys.ts'

/**
 * Signature algorithms with a key pair. Each is at least as strong as RSA with 2048 bits. RS256 is mandatory (RFC 7523 §5).
 */
export const ASYMMETRIC_ALGORITHMS = SIGNATURE_ALGORITHMS

/** The algorithms that the FAPI 2.0 Security Profile §5.4.1 allows. */
export const FAPI2_ALGORITHMS = FAPI2_SIGNATURE_ALGORITHMS

/** The number of keys to try when the header of a JWT does not select one. */
const MAX_TRIED = 10

/** The number of verifications that a failure is filled up to. More keys of one algorithm take longer, which is visible. */
const MAX_DECOYS = 4

type LocalKeys = ReturnType<typeof createLocalJWKSet>
type VerificationKey = Awaited<ReturnType<LocalKeys>>

/** The key sets as jose reads them. They are kept because importing a key costs more than verifying with it. */
const readSets = new WeakMap<JSONWebKeySet, LocalKeys>()

/** A JWT, and what its header says about the signature. */
export interface SignedJwt {
  readonly jwt: string
  readonly algorithm: string
  /** The `kid` of the header. It only selects the key to try first. */
  readonly keyId: unknown
}

/** Whether a JWT is signed by a registered key of a caller. Keys in the header of the JWT are ignored. */
export type VerifySignature = (signed: SignedJwt, caller: NamedKeyHolder | undefined) => Promise<boolean>

/**
 * Creates a verifier. A wrong signature costs as many verifications as the caller with the most keys of its algorithm has keys,
 * at most {@link MAX_DECOYS}. This also holds for unknown callers, and for callers without keys or without this `kid`.
 * Otherwise the time would reveal which identifiers exist.
 */
export function createSignatureVerifier(loader: JwksLoader): VerifySignature {
  const decoys = new Map<string, readonly VerificationKey[]>()

  async function isSignedBy(signed: SignedJwt, jwks: JSONWebKeySet): Promise<{ isGood: boolean; tried: number }> {
    const { algorithm, keyId } = signed
    const alg = algorithm
    const keys = await findKeys(jwks, typeof keyId === 'string' ? { alg, kid: keyId } : { alg })
    let tried = 0
    for (const key of keys) {
      tried++
      if (await fits(signed, key)) {
        if (!decoys.has(algorithm)) decoys.set(algorithm, [key])
        return { isGood: true, tried }
      }
    }
    const all = typeof keyId === 'string' ? await findKeys(jwks, { alg }) : keys
    if (all.length > (decoys.get(algorithm)?.length ?? 0)) decoys.set(algorithm, all.slice(0, MAX_DECOYS))
    return { isGood: false, tried }
  }

  async function verify(
    signed: SignedJwt,
    caller: NamedKeyHolder | undefined,
  ): Promise<{ isGood: boolean; tried: number }> {
    if (caller?.jwks === undefined && caller?.jwksUri === undefined) return { isGood: false, tried: 0 }
    const jwks = await loadKeys(caller, loader)
    const first = await isSignedBy(signed, jwks)
    if (first.isGood || caller.jwks !== undefined) return first
    // The caller may have published a new key since the last fetch.
    const refreshed = await loadKeys(caller, loader, true)
    if (refreshed === jwks) return first
    const { isGood, tried } = await isSignedBy(signed, refreshed)
    return { isGood, tried: first.tried + tried }
  }

  return async (signed, caller) => {
    const { isGood, tried } = await verify(signed, caller)
    if (!isGood) for (const key of (decoys.get(signed.algorithm) ?? []).slice(tried)) await fits(signed, key)
    return isGood
  }
}

/** The keys of a set that fit a header, at most ten. */
async function findKeys(
  jwks: JSONWebKeySet,
  header: { readonly alg: string; readonly kid?: string },
): Promise<readonly VerificationKey[]> {
  const jose = await loadJose()
  let find = readSets.get(jwks)
  if (find === undefined) {
    // A caller chooses its keys. Very large ones would make each of its assertions expensive.
    find = jose.createLocalJWKSet({ keys: jwks.keys.filter(isBoundedKey) })
    readSets.set(jwks, find)
  }
  const keys: VerificationKey[] = []
  try {
    keys.push(await find(header))
  } catch (error) {
    if (!(error instanceof jose.errors.JWKSMultipleMatchingKeys)) return keys
    for await (const key of error) {
      keys.push(key)
      if (keys.length === MAX_TRIED) break
    }
  }
  return keys
}

async function fits({ jwt, algorithm }: SignedJwt, key: VerificationKey): Promise<boolean> {
  const { compactVerify } = await loadJose()
  const verifying: Promise<CompactVerifyResult> = compactVerify(jwt, key, { algorithms: [algorithm] })
  return verifying.then(
    () => true,
    () => false,
  )
}
