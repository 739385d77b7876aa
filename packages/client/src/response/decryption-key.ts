/** Option `response.jwt.decryptionKeys`: the private keys that answers are encrypted for. */
import { KEY_MANAGEMENT_ALGORITHMS, type KeyManagementAlgorithm } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { CryptoKey, JWK, KeyObject } from 'jose'

/** A private key of this resource server, to which answers may be encrypted. */
export interface DecryptionKey {
  /** The one algorithm of this key. */
  readonly alg: KeyManagementAlgorithm
  /** The `kid` of the key in the header of an answer. Without it, the key is tried for every answer with its `alg`. */
  readonly kid?: string | undefined
  /** The private key. */
  readonly key: CryptoKey | KeyObject | JWK
}

/** The keys, checked; none by default. */
export function resolveDecryptionKeys(group: OptionGroup): readonly DecryptionKey[] {
  const keys = group.raw('decryptionKeys') ?? []
  if (!Array.isArray(keys)) throw group.error('decryptionKeys', 'must be an array')
  return Object.freeze(
    keys.map((each: unknown, index) => {
      const key = new OptionGroup(group.path(`decryptionKeys[${index}]`), each ?? null, ['alg', 'kid', 'key'])
      const alg = key.string('alg')
      if (!KEY_MANAGEMENT_ALGORITHMS.includes(alg as KeyManagementAlgorithm)) {
        throw key.error('alg', `must be one of ${KEY_MANAGEMENT_ALGORITHMS.join(', ')}`)
      }
      const material = key.raw('key')
      if (!isPrivateKey(material)) throw key.error('key', 'must be a private CryptoKey, KeyObject or JWK')
      return Object.freeze({ alg: alg as KeyManagementAlgorithm, kid: key.string('kid'), key: material })
    }),
  )
}

/** Whether a key is private. A CryptoKey or a KeyObject has a type, and a private JWK has `d`. */
function isPrivateKey(value: unknown): value is DecryptionKey['key'] {
  if (typeof value !== 'object' || value === null) return false
  const { type, kty, d } = value as { type?: unknown; kty?: unknown; d?: unknown }
  return type === 'private' || (typeof kty === 'string' && kty !== 'oct' && typeof d === 'string')
}
