/** Option `response.jwt.decryptionKeys`: the private keys that answers are encrypted for. */
import { KEY_MANAGEMENT_ALGORITHMS, type KeyManagementAlgorithm } from '@token-introspection/core'
import { createFinder, type FindValue, OptionGroup } from '@token-introspection/core/options'
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

/** What the option gives. */
export interface FoundDecryptionKeys {
  readonly find: FindValue<readonly DecryptionKey[]>
  /** The names of the keys, as a part of cache keys. A function is not called for them. */
  readonly names: readonly unknown[] | 'found'
}

/** The keys, checked, or the function that finds them. None by default. */
export function resolveDecryptionKeys(group: OptionGroup): FoundDecryptionKeys {
  const path = group.path('decryptionKeys')
  const given = group.raw('decryptionKeys') ?? []
  if (typeof given === 'function') {
    const read = (found: unknown): readonly DecryptionKey[] => readKeys(found, path)
    return {
      find: createFinder(given as () => unknown, { path, wanted: 'list of private keys', read }),
      names: 'found',
    }
  }
  const keys = readKeys(given, path)
  return { find: () => keys, names: keys.map(({ alg, kid = null }) => [alg, kid]) }
}

function readKeys(keys: unknown, path: string): readonly DecryptionKey[] {
  if (!Array.isArray(keys)) throw new TypeError(`${path}: must be an array, or a function that returns one`)
  return Object.freeze(
    keys.map((each: unknown, index) => {
      const key = new OptionGroup(`${path}[${index}]`, each ?? null, ['alg', 'kid', 'key'])
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
