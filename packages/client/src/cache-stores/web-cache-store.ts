/** A cache store in the Cache API of Workers and other runtimes. */
import { OptionGroup } from '@token-introspection/core/options'
import type { CacheStore } from '../cache/cache-store.ts'
import { lifetimeSeconds, parseEntry, readMaxEntryLength } from './stored-entry.ts'

/** What the store needs of a `Cache`. */
export interface WebCache {
  match(url: string): Promise<Response | undefined>
  put(url: string, response: Response): Promise<void>
  delete(url: string): Promise<boolean>
}

/** Options of {@link createWebCacheStore}. */
export interface WebCacheStoreOptions {
  /**
   * Opens the cache, such as `() => caches.open('introspection')`. It is called for each use, because a Worker cannot use what
   * another request has opened.
   *
   * Security: give it a name of its own. Never use `caches.default`, which requests to your site also read.
   */
  readonly open: () => WebCache | Promise<WebCache>
  /** Characters of JSON that an entry may have. Default 65536, from 1024 to 1048576. A longer answer is not kept. */
  readonly maxEntryLength?: number | undefined
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** No request can reach a host of this name (RFC 6761 §6.4). */
const ORIGIN = 'https://token-introspection.invalid'
const CLEARED = `${ORIGIN}/cleared`
/** No answer is kept for longer than a day. The mark stays for an hour more, for answers that are still on their way. */
const MARK_SECONDS = 90_000

/**
 * Creates a cache store in the Cache API. In Workers it is shared by all isolates of a data centre, and other data centres
 * do not see it: `delete` and `clear` act in the data centre of the call. A runtime may drop entries at any time.
 *
 * It has no `forget`, because the Cache API cannot refuse an answer that another Worker is fetching. `clear` leaves a mark
 * with its time, and entries whose answers were requested before are not used. No answer is used for longer than
 * `cache.maxAgeSeconds`, counted from the request that brought it, so the bound on revocations holds.
 *
 * Security: entries say who may do what. A program that can write to this cache can let tokens in.
 *
 * @throws TypeError that names the option that is wrong.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 * import { createWebCacheStore, type WebCache } from '@token-introspection/client/cache-stores'
 *
 * // The types of your runtime declare it.
 * declare const caches: { open(name: string): Promise<WebCache> }
 *
 * export function createClient(env: { SECRET: string; KEY_SECRET: string }): IntrospectionClient {
 *   return new IntrospectionClient({
 *     issuer: 'https://as.example.com',
 *     clientAuthentication: clientSecretBasic('orders-api', env.SECRET),
 *     cache: { store: createWebCacheStore({ open: () => caches.open('introspection') }), keySecret: env.KEY_SECRET },
 *   })
 * }
 * ```
 */
export function createWebCacheStore(options: WebCacheStoreOptions): CacheStore {
  const group = new OptionGroup('', options, ['open', 'maxEntryLength', 'now'])
  const open = group.function<WebCacheStoreOptions['open']>('open')
  if (open === undefined) throw group.error('open', 'is required')
  const maxLength = readMaxEntryLength(group)
  const now = group.function<() => number>('now') ?? Date.now
  return {
    async get(key) {
      const cache = await open()
      const [found, cleared] = await Promise.all([textOf(cache, urlOf(key)), textOf(cache, CLEARED)])
      const entry = found === undefined ? undefined : parseEntry(found, maxLength)
      if (entry === undefined || (cleared !== undefined && !(entry.askedAtMs > Number(cleared)))) return undefined
      return entry
    },
    async set(key, entry) {
      const cache = await open()
      const text = JSON.stringify(entry)
      if (text.length <= maxLength) await keep(cache, urlOf(key), text, lifetimeSeconds(entry, now(), 1))
      // The entry that is kept now is older than this answer.
      else await cache.delete(urlOf(key))
    },
    async delete(key) {
      await (await open()).delete(urlOf(key))
    },
    async clear() {
      await keep(await open(), CLEARED, String(now()), MARK_SECONDS)
    },
  }
}

/** Keys of the client are base64url with a dot at most, but a key is only a text. */
function urlOf(key: string): string {
  return `${ORIGIN}/entry/${encodeURIComponent(key)}`
}

async function textOf(cache: WebCache, url: string): Promise<string | undefined> {
  const response = await cache.match(url)
  return response === undefined ? undefined : response.text()
}

function keep(cache: WebCache, url: string, text: string, maxAgeSeconds: number): Promise<void> {
  const headers = { 'content-type': 'application/json', 'cache-control': `max-age=${maxAgeSeconds}` }
  return cache.put(url, new Response(text, { headers }))
}
