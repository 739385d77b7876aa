/** A cache store whose entries are encrypted under a secret of yours, before they reach a store of somebody else. */
import { decodeBase64url, encodeBase64url } from '@token-introspection/core'
import { createFinder, type FindValue, MIN_SECRET_LENGTH, OptionGroup } from '@token-introspection/core/options'
import type { CacheEntry, CacheStore } from '../cache/cache-store.ts'
import { requireCacheStore } from './tiered-cache-store.ts'

/** Options of {@link createEncryptedCacheStore}. */
export interface EncryptedCacheStoreOptions {
  /** The store that keeps the entries, such as that of `createRedisCacheStore`. */
  readonly store: CacheStore
  /**
   * One to eight secrets of at least 32 characters, random ones such as `openssl rand -base64 32` makes. The first one
   * encrypts, and all of them decrypt. They must be the same in every process that shares the store.
   *
   * To change the secret, first add the new one at the end in every process, then move it to the front, and take the old
   * one away when no answer of it can be in the store any more: after `cache.maxAgeSeconds`.
   *
   * A function returns the secrets, or a promise of them. It is called with the first entry, and again with the first entry
   * after a minute. So a build needs no secrets, and you can change them without a restart. While it fails, or does not answer for
   * 5 seconds, the store rejects with `SecretUnavailableError`: the client reports `ERR_CACHE_STORE`, and asks the authorization server.
   */
  readonly secrets: readonly string[] | (() => readonly string[] | Promise<readonly string[]>)
}

/** The member of a stored response that holds the encrypted entry. */
const SEALED = 'sealed'

const LABEL = new TextEncoder().encode('token introspection cache entry')
const IV_OCTETS = 12
const MAX_SECRETS = 8

/**
 * Creates a cache store that encrypts entries with AES-256-GCM. The wrapped store sees the key, which is a digest, when the
 * answer was requested and when it expires. It sees nothing of the answer, not even whether the token is active.
 *
 * An entry decrypts only under the key it was stored with. The times are inside as well, and the earlier ones count. So a
 * program that can write to the store cannot make a token active, move an answer to another token, or make an answer last
 * longer. It can delete answers, and put back an answer that has not expired. An entry that no secret decrypts makes `get`
 * reject: the client reports `ERR_CACHE_STORE` and asks the authorization server. An entry that is not encrypted counts
 * as none.
 *
 * @throws TypeError that names the option that is wrong.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, type CacheStore, IntrospectionClient } from '@token-introspection/client'
 * import { createEncryptedCacheStore } from '@token-introspection/client/cache-stores'
 *
 * export function createClient(store: CacheStore, secret: string, keySecret: string): IntrospectionClient {
 *   return new IntrospectionClient({
 *     issuer: 'https://as.example.com',
 *     clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *     cache: { store: createEncryptedCacheStore({ store, secrets: [secret] }), keySecret },
 *   })
 * }
 * ```
 */
export function createEncryptedCacheStore(options: EncryptedCacheStoreOptions): CacheStore {
  const group = new OptionGroup('', options, ['store', 'secrets'])
  const store = requireCacheStore(group)
  const findSealers = resolveSealers(group)
  return {
    async get(key) {
      const outside = await store.get(key)
      // Many stores return `null` for no entry.
      if (outside === undefined || outside === null) return undefined
      const { [SEALED]: sealed } = outside.response as { readonly [SEALED]?: unknown }
      if (typeof sealed !== 'string') return undefined
      const inside = await unseal(key, sealed, await findSealers())
      // The store may convert its times to the clock of this process. The earlier time is the safe one.
      return {
        ...inside,
        askedAtMs: Math.min(inside.askedAtMs, outside.askedAtMs),
        expiresAtMs: Math.min(inside.expiresAtMs, outside.expiresAtMs),
      }
    },
    async set(key, entry) {
      const { askedAtMs, expiresAtMs } = entry
      const [first] = await findSealers()
      // A client without the secret then finds an inactive answer, and never an active one.
      const response = { active: false, [SEALED]: await first.seal(key, JSON.stringify(entry)) } as const
      await store.set(key, { response, askedAtMs, expiresAtMs })
    },
    delete: (key) => store.delete(key),
    ...(store.forget && { forget: (key: string) => store.forget?.(key) }),
    clear: () => store.clear(),
  }
}

/** The first one encrypts. */
type Sealers = readonly [Sealer, ...Sealer[]]

function resolveSealers(group: OptionGroup): FindValue<Sealers> {
  const given = group.raw('secrets')
  if (typeof given !== 'function') {
    const sealers = readSealers(group)
    return () => sealers
  }
  return createFinder(given as () => unknown, {
    path: group.path('secrets'),
    wanted: SECRETS,
    read: (secrets) => readSealers(new OptionGroup('', { secrets }, ['secrets'])),
  })
}

const SECRETS = `1 to ${MAX_SECRETS} secrets of at least ${MIN_SECRET_LENGTH} characters`

function readSealers(group: OptionGroup): Sealers {
  const secrets = group.strings('secrets')
  if (secrets === undefined) throw group.error('secrets', 'is required')
  const [first, ...others] = secrets
  if (first === undefined || secrets.length > MAX_SECRETS || secrets.some(({ length }) => length < MIN_SECRET_LENGTH)) {
    throw group.error('secrets', `must hold ${SECRETS}`)
  }
  return [createSealer(first), ...others.map(createSealer)]
}

/** Encrypts and decrypts under one secret. */
interface Sealer {
  seal(key: string, text: string): Promise<string>
  /** @throws when the text was sealed under another secret or key, or was changed. */
  unseal(key: string, sealed: Uint8Array<ArrayBuffer>): Promise<string>
}

/**
 * Each key of the cache has an encryption key of its own. So an entry is bound to its key, and random initialization
 * vectors never repeat under one encryption key (NIST SP 800-38D §8.3 allows 2^32 of them).
 */
function createSealer(secret: string): Sealer {
  let imported: ReturnType<typeof crypto.subtle.importKey> | undefined
  const keyFor = async (key: string) => {
    imported ??= crypto.subtle.importKey('raw', new TextEncoder().encode(secret), 'HKDF', false, ['deriveKey'])
    const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new TextEncoder().encode(key), info: LABEL }
    const algorithm = { name: 'AES-GCM', length: 256 }
    return crypto.subtle.deriveKey(parameters, await imported, algorithm, false, ['encrypt', 'decrypt'])
  }
  return {
    async seal(key, text) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_OCTETS))
      const encrypted = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv },
        await keyFor(key),
        new TextEncoder().encode(text),
      )
      const sealed = new Uint8Array(IV_OCTETS + encrypted.byteLength)
      sealed.set(iv)
      sealed.set(new Uint8Array(encrypted), IV_OCTETS)
      return encodeBase64url(sealed)
    },
    async unseal(key, sealed) {
      const iv = sealed.subarray(0, IV_OCTETS)
      const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await keyFor(key), sealed.subarray(IV_OCTETS))
      return new TextDecoder().decode(text)
    },
  }
}

async function unseal(key: string, sealed: string, sealers: readonly Sealer[]): Promise<CacheEntry> {
  const octets = decodeBase64url(sealed)
  for (const sealer of octets === undefined ? [] : sealers) {
    const text = await sealer.unseal(key, new Uint8Array(octets as Uint8Array)).catch(() => undefined)
    // What this secret has sealed was an entry.
    if (text !== undefined) return JSON.parse(text) as CacheEntry
  }
  throw new Error('no secret decrypts the entry: it was stored under another secret, or changed in the store')
}
