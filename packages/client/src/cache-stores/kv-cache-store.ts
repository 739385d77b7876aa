/** A cache store in Workers KV. */
import { OptionGroup } from '@token-introspection/core/options'
import type { CacheStore } from '../cache/cache-store.ts'
import { lifetimeSeconds, parseEntry, readMaxEntryLength } from './stored-entry.ts'

/** What the store needs of a KV namespace: the binding of a Worker has it. */
export interface KvNamespace {
  get(key: string, options: { readonly type: 'text' }): Promise<string | null>
  put(key: string, value: string, options: { readonly expirationTtl: number }): Promise<void>
  delete(key: string): Promise<void>
  list(options: { readonly prefix: string; readonly cursor?: string }): Promise<KvPage>
}

/** A page of the keys of a namespace. */
export interface KvPage {
  readonly keys: readonly { readonly name: string }[]
  readonly list_complete: boolean
  /** Where the next page begins, when there is one. */
  readonly cursor?: string | undefined
}

/** Options of {@link createKvCacheStore}. */
export interface KvCacheStoreOptions {
  /** The binding of the Worker. */
  readonly namespace: KvNamespace
  /** Begins every key. Default `introspection-cache:`. Up to 100 characters. */
  readonly keyPrefix?: string | undefined
  /** Characters of JSON that an entry may have. Default 65536, from 1024 to 1048576. A longer answer is not kept. */
  readonly maxEntryLength?: number | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** KV refuses a shorter lifetime. */
const MIN_LIFETIME_SECONDS = 60
/** KV refuses keys of more than 512 octets. A key of the client has up to 87. */
const MAX_PREFIX_LENGTH = 100

/**
 * Creates a cache store in a namespace of Workers KV, for Workers in all locations. Entries are JSON, and KV removes them
 * when they expire, but never within the first minute. The client does not use an entry longer than its own time, whatever
 * KV still has.
 *
 * KV is eventually consistent: a location goes on showing what it has read for up to a minute, also that there was
 * nothing. So another location sees a new answer, `delete` and `clear` up to a minute late. The store has no `forget`,
 * because KV cannot refuse an answer that another Worker is fetching. No answer is used for longer than
 * `cache.maxAgeSeconds`, counted from the request that brought it, so the bound on revocations holds.
 *
 * `clear` lists the keys and deletes them, 1000 for each page. A Worker may send a limited number of such requests.
 *
 * Security: entries say who may do what. A program that can write to this namespace can let tokens in.
 *
 * @throws TypeError that names the option that is wrong.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 * import { createKvCacheStore, type KvNamespace } from '@token-introspection/client/cache-stores'
 *
 * export function createClient(env: { CACHE: KvNamespace; SECRET: string; KEY_SECRET: string }): IntrospectionClient {
 *   return new IntrospectionClient({
 *     issuer: 'https://as.example.com',
 *     clientAuthentication: clientSecretBasic('orders-api', env.SECRET),
 *     cache: {
 *       store: createKvCacheStore({ namespace: env.CACHE }),
 *       keySecret: env.KEY_SECRET,
 *       maxAgeSeconds: 300,
 *     },
 *   })
 * }
 * ```
 */
export function createKvCacheStore(options: KvCacheStoreOptions): CacheStore {
  const group = new OptionGroup('', options, ['namespace', 'keyPrefix', 'maxEntryLength', 'now'])
  const namespace = group.seam<KvNamespace>('namespace', 'get', 'put', 'delete', 'list')
  if (namespace === undefined) throw group.error('namespace', 'is required')
  const prefix = group.string('keyPrefix') ?? 'introspection-cache:'
  if (prefix.length > MAX_PREFIX_LENGTH) {
    throw group.error('keyPrefix', `must have at most ${MAX_PREFIX_LENGTH} characters`)
  }
  const maxLength = readMaxEntryLength(group)
  const now = group.function<() => number>('now') ?? Date.now
  return {
    async get(key) {
      const text = await namespace.get(prefix + key, { type: 'text' })
      return text === null ? undefined : parseEntry(text, maxLength)
    },
    async set(key, entry) {
      const text = JSON.stringify(entry)
      const expirationTtl = lifetimeSeconds(entry, now(), MIN_LIFETIME_SECONDS)
      if (text.length <= maxLength) await namespace.put(prefix + key, text, { expirationTtl })
      // The entry that is kept now is older than this answer.
      else await namespace.delete(prefix + key)
    },
    delete: (key) => namespace.delete(prefix + key),
    async clear() {
      let cursor: string | undefined
      do {
        const page = await namespace.list(cursor === undefined ? { prefix } : { prefix, cursor })
        await Promise.all(page.keys.map(({ name }) => namespace.delete(name)))
        cursor = page.list_complete ? undefined : page.cursor
      } while (cursor !== undefined)
    },
  }
}
