/** The keys that sign answers. They are read and checked once, and imported for the first answer that needs them. */
import { JWT_INTROSPECTION_TYP } from '@token-introspection/core'
import { createFinder, OptionGroup } from '@token-introspection/core/options'
import type { CryptoKey, JWK, KeyObject } from 'jose'
import { base64url } from '#crypto'
import { loadJose } from '../keys/load-jose.ts'
import {
  MIN_RSA_BITS,
  type ResponseSigningAlg,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
} from './signing-algorithms.ts'

/**
 * A key that signs answers. Give exactly one of `key` and `sign`.
 *
 * Publish its public key at your `jwks_uri` before it signs, with the same `kid` and `use: 'sig'` (RFC 8414 §2).
 */
export interface SigningKey {
  /** The algorithm of the key. */
  readonly alg: ResponseSigningAlg
  /** The `kid` in the header of every answer. Each key needs a different one. */
  readonly kid: string
  /**
   * The private key, if this process has it. RSA keys need at least 2048 bits.
   *
   * A function returns the key, or a promise of it. It is called with the first answer to sign, and again with the first one after a
   * minute. So a build needs no keys. While it fails, does not answer for 5 seconds, or returns no private key for `alg`, signed
   * answers are 503 with `ERR_SECRET_UNAVAILABLE`. Return the same key each time: a new one needs another `kid`.
   */
  readonly key?: SigningKeyMaterial | (() => SigningKeyMaterial | Promise<SigningKeyMaterial>) | undefined
  /**
   * Signs, if another system holds the key, such as a KMS. The function gets the octets to sign and returns the signature in
   * the form of JWS: for ECDSA `R` and `S` one after the other, not DER (RFC 7518 §3.4). It must finish within `timeoutMs`. A
   * failure is answered 500.
   */
  readonly sign?: ((data: Uint8Array) => Promise<Uint8Array>) | undefined
  /**
   * When the key begins to sign, in seconds since the epoch. Before that time it is only published. Among the keys of one
   * algorithm, the one with the latest past `signsFrom` signs, and the first in the list if several are equal. Default `0`.
   */
  readonly signsFrom?: number | undefined
}

/** A private key that signs: a CryptoKey, a KeyObject of `node:crypto`, or a JWK. */
export type SigningKeyMaterial = CryptoKey | KeyObject | JWK

/** A key that is ready to sign. */
export interface ResolvedSigningKey {
  readonly alg: ResponseSigningAlg
  readonly kid: string
  readonly signsFrom: number
  /** The encoded protected header of every answer that it signs. */
  readonly header: string
  readonly algorithm: SigningAlgorithm
  /** Whether another system signs, which may be slow or fail. */
  readonly remote: boolean
  readonly sign: (data: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>
}

/** The members that are read from a private JWK, beside its type. */
const JWK_MEMBERS = ['crv', 'x', 'y', 'd', 'n', 'e', 'p', 'q', 'dp', 'dq', 'qi', 'pub', 'priv'] as const

/** The parts of a KeyObject that this module uses. Only Node has KeyObjects. */
interface NodeKeyObject {
  readonly type: string
  readonly asymmetricKeyType?: string
  readonly asymmetricKeyDetails?: { readonly modulusLength?: number; readonly namedCurve?: string }
  toCryptoKey?(algorithm: object, extractable: boolean, usages: readonly string[]): CryptoKey
  export(options: { readonly format: 'jwk' }): object
}

/** Reads the list of keys, and reports every mistake that can be found without using a key. */
export function resolveSigningKeys(
  keys: unknown,
  path: string,
  algs: readonly ResponseSigningAlg[],
): readonly ResolvedSigningKey[] {
  if (!Array.isArray(keys) || keys.length === 0) throw new TypeError(`${path}: needs at least one key`)
  const kids = new Set<string>()
  return keys.map((entry: unknown, index) => {
    const group = new OptionGroup(`${path}[${index}]`, entry, ['alg', 'kid', 'key', 'sign', 'signsFrom'])
    const key = resolveSigningKey(group, algs)
    if (kids.has(key.kid)) throw group.error('kid', 'occurs twice')
    kids.add(key.kid)
    return key
  })
}

function resolveSigningKey(group: OptionGroup, algs: readonly ResponseSigningAlg[]): ResolvedSigningKey {
  const alg = algs.find((known) => known === group.raw('alg'))
  if (alg === undefined) throw group.error('alg', `must be one of ${algs.join(', ')}`)
  const kid = group.string('kid')
  if (kid === undefined) throw group.error('kid', 'is required')
  group.requireOneOf('key', 'sign')
  const algorithm = SIGNING_ALGORITHMS[alg]
  const sign = group.function<ResolvedSigningKey['sign']>('sign')
  return {
    alg,
    kid,
    signsFrom: group.integer('signsFrom', { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER }),
    header: base64url(JSON.stringify({ typ: JWT_INTROSPECTION_TYP, alg, kid })),
    algorithm,
    remote: sign !== undefined,
    sign: sign ?? signWithGiven(group, alg, algorithm),
  }
}

/** Signs with the key, or with the one that its function finds. */
function signWithGiven(
  group: OptionGroup,
  alg: ResponseSigningAlg,
  algorithm: SigningAlgorithm,
): ResolvedSigningKey['sign'] {
  const given = group.raw('key')
  if (typeof given !== 'function') return signWith(readPrivateKey(group, alg, algorithm), algorithm)
  const find = createFinder(given as () => unknown, {
    path: group.path('key'),
    wanted: `private key for ${alg}`,
    read(key) {
      const found = new OptionGroup('', { kid: group.raw('kid'), key }, ['kid', 'key'])
      return signWith(readPrivateKey(found, alg, algorithm), algorithm)
    },
  })
  return async (data) => (await find())(data)
}

/** Signs with a key that is imported on first use and then kept. */
function signWith(importKey: () => Promise<CryptoKey>, { signing }: SigningAlgorithm): ResolvedSigningKey['sign'] {
  let imported: Promise<CryptoKey> | undefined
  return async (data) => new Uint8Array(await crypto.subtle.sign(signing, await (imported ??= importKey()), data))
}

function readPrivateKey(group: OptionGroup, alg: ResponseSigningAlg, algorithm: SigningAlgorithm) {
  const key = group.raw('key') as (Partial<NodeKeyObject & CryptoKey & JWK> & Record<symbol, unknown>) | null
  const kind = typeof key === 'object' && key !== null ? key[Symbol.toStringTag] : undefined
  if (kind === 'CryptoKey') return readCryptoKey(key as CryptoKey, group, alg, algorithm)
  if (kind === 'KeyObject') return readKeyObject(key as NodeKeyObject, group, alg, algorithm)
  if (typeof key?.kty === 'string') return readJwk(key, group, alg, algorithm)
  throw group.error('key', 'must be a private CryptoKey, KeyObject or JWK')
}

function readCryptoKey(key: CryptoKey, group: OptionGroup, alg: ResponseSigningAlg, { importing }: SigningAlgorithm) {
  if (key.type !== 'private') throw notPrivate(group)
  const { name, hash, namedCurve, modulusLength } = key.algorithm as {
    readonly name: string
    readonly hash?: { readonly name: string }
    readonly namedCurve?: string
    readonly modulusLength?: number
  }
  if (name !== importing.name || hash?.name !== importing.hash || namedCurve !== importing.namedCurve) {
    throw misfit(group, alg)
  }
  if (!key.usages.includes('sign')) throw group.error('key', 'must have the usage sign')
  if (modulusLength !== undefined) checkModulus(modulusLength, group)
  return () => Promise.resolve(key)
}

function readKeyObject(
  key: NodeKeyObject,
  group: OptionGroup,
  alg: ResponseSigningAlg,
  { asymmetricKeyType, asymmetricKeyCurve, importing }: SigningAlgorithm,
) {
  if (key.type !== 'private') throw notPrivate(group)
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType !== asymmetricKeyType || namedCurve !== asymmetricKeyCurve) throw misfit(group, alg)
  if (modulusLength !== undefined) checkModulus(modulusLength, group)
  return async () => key.toCryptoKey?.(importing, false, ['sign']) ?? importJwk(key.export({ format: 'jwk' }), alg)
}

function readJwk(jwk: JWK, group: OptionGroup, alg: ResponseSigningAlg, { kty, crv }: SigningAlgorithm) {
  if (jwk.kty !== kty || jwk.crv !== crv || (jwk.alg ?? alg) !== alg) throw misfit(group, alg)
  const operations = jwk.key_ops ?? ['sign']
  if ((jwk.use ?? 'sig') !== 'sig' || !operations.includes('sign')) throw group.error('key', 'is not for signing')
  if (typeof (kty === 'AKP' ? jwk.priv : jwk.d) !== 'string') throw notPrivate(group)
  if (jwk.kid !== undefined && jwk.kid !== group.raw('kid')) throw group.error('kid', 'differs from that of the JWK')
  if (kty === 'RSA') checkModulus(Math.floor((String(jwk.n).length * 6) / 8) * 8, group)
  const copy: JWK = { kty }
  for (const name of JWK_MEMBERS) if (jwk[name] !== undefined) copy[name] = jwk[name]
  return () => importJwk(copy, alg)
}

async function importJwk(jwk: JWK, alg: ResponseSigningAlg): Promise<CryptoKey> {
  const { importJWK } = await loadJose()
  // Keys for ML-DSA must name the algorithm. An asymmetric JWK never becomes octets.
  return (await importJWK({ ...jwk, alg }, alg)) as CryptoKey
}

function checkModulus(bits: number, group: OptionGroup): void {
  if (bits < MIN_RSA_BITS) throw group.error('key', `an RSA key needs at least ${MIN_RSA_BITS} bits`)
}

function notPrivate(group: OptionGroup): TypeError {
  return group.error('key', 'must be a private key')
}

function misfit(group: OptionGroup, alg: ResponseSigningAlg): TypeError {
  return group.error('key', `is not a key for ${alg}`)
}
