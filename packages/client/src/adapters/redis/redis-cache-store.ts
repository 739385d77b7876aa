/** A cache store on Redis or Valkey, for processes that share answers. */
import { OptionGroup } from '@token-introspection/core/options'
import { runRedisScript } from '@token-introspection/core/redis'
import type { CacheEntry, CacheStore } from '../../index.ts'
import { CLEAR, FORGET, KEEP, LOOK_UP } from './redis-cache-scripts.ts'
import { readRedisStoreOptions, REDIS_STORE_OPTIONS, type RedisStoreOptions } from './redis-store-options.ts'

/** Options of {@link createRedisCacheStore}. */
export interface RedisCacheStoreOptions extends RedisStoreOptions {
  /** Characters of JSON that an entry may have. Default 65536, from 1024 to 1048576. A longer answer is not kept. */
  readonly maxEntryLength?: number | undefined
}

/** No answer is kept for longer than a day. A mark is kept for an hour more, for answers that are still on their way. */
const MARK_MS = 90_000_000

/** Characters of a generation. */
const GENERATION_LENGTH = 24

/**
 * Creates a cache store in Redis (6 or newer) or Valkey, for processes that share answers. Entries are JSON. The server
 * removes them when they expire. A lookup is one command, and so is keeping an answer. `clear` is one command however many
 * entries there are: earlier entries no longer count, and go when they expire.
 *
 * If the client rejects, the failure is reported as `ERR_CACHE_STORE`, and the authorization server is asked. If Redis
 * limits the commands of its user, allow `EVALSHA`, `EVAL`, `MGET`, `GET`, `SET`, `DEL` and `TIME`.
 *
 * Security: entries say who may do what. A program that can write to this Redis can let tokens in.
 *
 * @throws TypeError naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 * import { createRedisCacheStore } from '@token-introspection/client/redis'
 * import { Redis } from 'ioredis'
 *
 * const client = new Redis({ enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 250 })
 * client.on('error', (error) => console.error('Redis', error))
 *
 * export const introspection = new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *   cache: { store: createRedisCacheStore({ client }), keySecret: 'the same for every process of this API' },
 * })
 * ```
 */
export function createRedisCacheStore(options: RedisCacheStoreOptions): CacheStore {
  const group = new OptionGroup('', options, [...REDIS_STORE_OPTIONS, 'maxEntryLength'])
  const { send, keyPrefix, now } = readRedisStoreOptions(group, '{introspection-cache}:')
  const maxLength = group.integer('maxEntryLength', { default: 65_536, min: 1024, max: 1_048_576 })
  const generationKey = `${keyPrefix}generation`
  const clearedKey = `${keyPrefix}cleared`
  const entryKey = (key: string): string => `${keyPrefix}entry:${key}`
  /** Behind a dot stand the hint and the parameters. `forget` drops a token with all of them. */
  const markKey = (key: string): string => `${keyPrefix}forgotten:${key.split('.', 1)[0] ?? key}`
  /** Milliseconds by which the server's clock is at least ahead of ours, as of the last reply. */
  let aheadMs: number | undefined

  async function lookUp(key: string) {
    const sentMs = now()
    const keys = [generationKey, entryKey(key), markKey(key)]
    const found = (await runRedisScript(send, LOOK_UP, keys)) as (string | null)[]
    const serverMs = Number(found[3])
    aheadMs = serverMs - now()
    return { generation: found[0], value: found[1], mark: found[2], behindMs: Math.max(0, serverMs - sentMs) }
  }

  return {
    async get(key) {
      const { generation, value, mark, behindMs } = await lookUp(key)
      if (typeof generation !== 'string' || typeof value !== 'string') return undefined
      if (generation.length !== GENERATION_LENGTH || !value.startsWith(generation)) return undefined
      if (value.length > GENERATION_LENGTH + maxLength) return undefined
      const entry = JSON.parse(value.slice(GENERATION_LENGTH)) as CacheEntry
      if (typeof mark === 'string' && !(entry.askedAtMs > Number(mark))) return undefined
      // By our clock. If ours is behind, the entry counts as older. If ours is ahead, it does not count as younger.
      return { ...entry, askedAtMs: entry.askedAtMs - behindMs, expiresAtMs: entry.expiresAtMs - behindMs }
    },
    async set(key, { response, askedAtMs, readAt, revocationKeys, isLocal, expiresAtMs }) {
      if (aheadMs === undefined) await lookUp(key)
      // By the clock of the server, rounded so that an entry expires too early rather than too late.
      const shiftMs = Math.floor(aheadMs ?? Number.NaN)
      const times = { askedAtMs: askedAtMs + shiftMs, expiresAtMs: expiresAtMs + shiftMs }
      const entry: CacheEntry = { response, ...times, readAt, revocationKeys, isLocal }
      const json = JSON.stringify(entry)
      if (json.length > maxLength) {
        // The entry that is kept now is older than this answer.
        await send('DEL', [entryKey(key)])
        return
      }
      const keys = [generationKey, entryKey(key), markKey(key), clearedKey]
      await runRedisScript(send, KEEP, keys, [json, entry.askedAtMs, entry.expiresAtMs, newGeneration()])
    },
    async delete(key) {
      await send('DEL', [entryKey(key)])
    },
    async forget(key) {
      await runRedisScript(send, FORGET, [entryKey(key), markKey(key)], [MARK_MS])
    },
    async clear() {
      await runRedisScript(send, CLEAR, [generationKey, clearedKey], [newGeneration()])
    },
  }
}

function newGeneration(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))))
}
