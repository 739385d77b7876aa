/** Stores on Redis or Valkey, for processes that share what they know: answers, and which proofs were used. */
import { OptionGroup } from '@token-introspection/core/options'
import type { CacheEntry, CacheStore, ReplayStore } from '../index.ts'

/** A client that is called like ioredis: `Redis` and `Cluster` have all of it. */
export interface CallableRedisClient {
  call(command: string, args: string[]): Promise<unknown>
}

/** A client that is sent commands like node-redis: those of `createClient` and `createClientPool` have all of it. */
export interface SendingRedisClient {
  sendCommand(args: string[]): Promise<unknown>
}

/** Options of both stores. */
export interface RedisStoreOptions {
  /**
   * A connected client of ioredis or node-redis, or anything that is used like one of them; of a client that has both
   * methods, `call` is used. It stays yours: a store does not close it.
   */
  readonly client: CallableRedisClient | SendingRedisClient
  /**
   * What every key begins with; `{introspection-cache}:` or `{introspection-replay}:` unless given. The braces put the keys of
   * a cache into one slot of a Redis Cluster, which it needs: keep a pair of them, around anything, when you run one.
   */
  readonly keyPrefix?: string | undefined
  /** Milliseconds since the epoch; `Date.now` unless given. Keys are given their time to live by it. */
  readonly now?: (() => number) | undefined
}

/** Options of {@link createRedisCacheStore}. */
export interface RedisCacheStoreOptions extends RedisStoreOptions {
  /** Characters of JSON an entry may have. Default 65536, from 1024 to 1048576. A longer answer is not kept. */
  readonly maxEntryLength?: number | undefined
}

/** Options of {@link createRedisReplayStore}. */
export interface RedisReplayStoreOptions extends RedisStoreOptions {
  /**
   * Proofs of one owner, the key that they are made with, that are remembered at most. Default 100000, from 1 to 10000000.
   * Beyond that its proofs are refused with 503, and those of others are not concerned.
   */
  readonly maxKeysPerOwner?: number | undefined
  /**
   * Seconds by which the clocks of your processes may differ. Every proof is remembered so much longer. Default 60, from 0 to
   * 3600.
   */
  readonly maxClockDifferenceSeconds?: number | undefined
}

/**
 * Remembers a member of a set that has one member for each use, scored by when it may be forgotten, by the clock of the
 * server: 1 when it is new, 0 when it is known, -1 when the set is full.
 */
const REMEMBER = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return -1 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1
`

/**
 * Creates a replay store in Redis (6 or newer) or Valkey. It keeps one sorted set for each owner, the key that proofs are made
 * with, and forgets a proof once it is too old anyway. It sends one command for each proof, and the server counts how long the
 * proof is remembered: the clocks of your processes may differ by `maxClockDifferenceSeconds`.
 *
 * Whatever the client rejects with, the store rejects with, and the guard answers 503. Let the client reject while it is not
 * connected, as below: by default both clients keep commands until it is, and callers waiting.
 *
 * Security: a proof is good again when its key is lost. `maxmemory-policy` has to be `noeviction`, as any other may drop it
 * to make room. Replication is not waited for, so that a failover may forget the proofs of its last moment.
 *
 * @throws TypeError naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 * import { createRedisReplayStore } from '@token-introspection/client/redis'
 * import { createClient } from 'redis'
 *
 * const client = createClient({ disableOfflineQueue: true })
 * client.on('error', (error) => console.error('Redis', error)) // without a listener it ends the process
 * await client.connect()
 *
 * export const introspection = new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *   policy: { dpop: { origin: 'https://api.example.com', replayStore: createRedisReplayStore({ client }) } },
 * })
 * ```
 * @see [RFC 9449 §11.1](https://www.rfc-editor.org/rfc/rfc9449.html#section-11.1)
 */
export function createRedisReplayStore(options: RedisReplayStoreOptions): ReplayStore {
  const group = new OptionGroup('', options, [
    'client',
    'keyPrefix',
    'now',
    'maxKeysPerOwner',
    'maxClockDifferenceSeconds',
  ])
  const { command, now } = readShared(group)
  const keyPrefix = group.string('keyPrefix') ?? '{introspection-replay}:'
  const maxKeysPerOwner = group.integer('maxKeysPerOwner', { default: 100_000, min: 1, max: 10_000_000 })
  const marginMs = 1000 * group.number('maxClockDifferenceSeconds', { default: 60, min: 0, max: 3600 })
  return {
    async remember(key, expiresAt, owner) {
      const lifetime = lifetimeMs(Math.max(0, expiresAt * 1000 - now()) + marginMs)
      const answer = await command('EVAL', [REMEMBER, '1', keyPrefix + owner, key, lifetime, String(maxKeysPerOwner)])
      if (answer === -1) throw new Error(`the replay store is full for this owner: it has ${maxKeysPerOwner} keys`)
      if (answer !== 0 && answer !== 1)
        throw new Error('Redis answered neither 0 nor 1: it cannot be told whether the key is new')
      return answer === 1
    },
  }
}

/** Milliseconds since the epoch by the clock of the server. */
const CLOCK = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
`

/** The generation, the entry, when its token was forgotten, and what time it is. */
const LOOK_UP = `
${CLOCK}
local values = redis.call('MGET', KEYS[1], KEYS[2], KEYS[3])
return {values[1], values[2], values[3], tostring(now)}
`

/**
 * Keeps an entry under the generation of its time, and makes the first generation up. An entry of another generation is as
 * good as none, so that clearing is one key, and an entry never comes back when that key is lost. What was asked for before
 * its token was forgotten, or before everything was, is not kept.
 */
const KEEP = `
${CLOCK}
local asked, expires = tonumber(ARGV[2]), tonumber(ARGV[3])
for index = 3, 4 do
  local forgotten = redis.call('GET', KEYS[index])
  if forgotten and asked <= tonumber(forgotten) then return 0 end
end
if expires <= now then return redis.call('DEL', KEYS[2]) end
local generation = redis.call('GET', KEYS[1])
if not generation then
  generation = ARGV[4]
  redis.call('SET', KEYS[1], generation)
end
redis.call('SET', KEYS[2], generation .. ARGV[1], 'PX', string.format('%.0f', expires - now))
return 1
`

/** Forgets a token: its entry, and every answer that was asked for until now. */
const FORGET = `
${CLOCK}
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], string.format('%.0f', now), 'PX', ARGV[1])
return 1
`

const CLEAR = `
${CLOCK}
redis.call('SET', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], string.format('%.0f', now))
return 1
`

/** No answer is kept for longer than a day; a mark is kept for an hour more, for what is under way. */
const MARK_MS = 90_000_000

/** Characters of a generation. */
const GENERATION_LENGTH = 24

/**
 * Creates a cache store in Redis (6 or newer) or Valkey, for processes that share answers. Entries are JSON, and removed by the
 * server when they expire. Looking up and keeping are one command each; `clear` is one too, whatever there is: entries from
 * before it count no more, and go when they expire.
 *
 * Whatever the client rejects with is reported as `ERR_CACHE_STORE`, and the authorization server is asked.
 *
 * Security: entries say who may do what. Whoever can write to this Redis can let tokens in.
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
  const group = new OptionGroup('', options, ['client', 'keyPrefix', 'now', 'maxEntryLength'])
  const { command, now } = readShared(group)
  const keyPrefix = group.string('keyPrefix') ?? '{introspection-cache}:'
  const maxLength = group.integer('maxEntryLength', { default: 65_536, min: 1024, max: 1_048_576 })
  const generationKey = `${keyPrefix}generation`
  const clearedKey = `${keyPrefix}cleared`
  const entryKey = (key: string): string => `${keyPrefix}entry:${key}`
  /** What follows a dot is the hint and the parameters; a token is forgotten with all of them. */
  const markKey = (key: string): string => `${keyPrefix}forgotten:${key.split('.', 1)[0] ?? key}`
  /** What the server's clock says at least when ours says nothing: the time it told, less ours when that arrived. */
  let aheadMs: number | undefined

  async function lookUp(key: string) {
    const sentMs = now()
    const keys = [generationKey, entryKey(key), markKey(key)]
    const found = (await command('EVAL', [LOOK_UP, '3', ...keys])) as (string | null)[]
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
      const { response, askedAtMs, expiresAtMs } = JSON.parse(value.slice(GENERATION_LENGTH)) as CacheEntry
      if (typeof mark === 'string' && !(askedAtMs > Number(mark))) return undefined
      // By our clock. One that is ahead makes an entry older; one that is behind does not make it younger.
      return { response, askedAtMs: askedAtMs - behindMs, expiresAtMs: expiresAtMs - behindMs }
    },
    async set(key, { response, askedAtMs, expiresAtMs }) {
      if (aheadMs === undefined) await lookUp(key)
      // By the clock of the server, and rather too early than too late.
      const shiftMs = Math.floor(aheadMs ?? Number.NaN)
      const entry = { response, askedAtMs: askedAtMs + shiftMs, expiresAtMs: expiresAtMs + shiftMs }
      const json = JSON.stringify(entry)
      // What was kept before is older.
      if (json.length > maxLength) {
        await command('DEL', [entryKey(key)])
        return
      }
      const keys = [generationKey, entryKey(key), markKey(key), clearedKey]
      const values = [json, String(entry.askedAtMs), String(entry.expiresAtMs), newGeneration()]
      await command('EVAL', [KEEP, '4', ...keys, ...values])
    },
    async delete(key) {
      await command('DEL', [entryKey(key)])
    },
    async forget(key) {
      await command('EVAL', [FORGET, '2', entryKey(key), markKey(key), String(MARK_MS)])
    },
    async clear() {
      await command('EVAL', [CLEAR, '2', generationKey, clearedKey, newGeneration()])
    },
  }
}

type Command = (name: string, args: string[]) => Promise<unknown>

function readShared(group: OptionGroup): { readonly command: Command; readonly now: () => number } {
  return { command: toCommand(group), now: group.function<() => number>('now') ?? Date.now }
}

/** The one way both kinds of clients are used. ioredis has a `sendCommand` too, which means something else. */
function toCommand(group: OptionGroup): Command {
  const client = group.raw('client') as Partial<CallableRedisClient & SendingRedisClient> | null | undefined
  if (client === undefined) throw group.error('client', 'is required')
  if (typeof client?.call === 'function') return (name, args) => (client as CallableRedisClient).call(name, args)
  if (typeof client?.sendCommand !== 'function') throw group.error('client', 'must have call() or sendCommand()')
  return (name, args) => (client as SendingRedisClient).sendCommand([name, ...args])
}

/** Redis takes no time to live below one millisecond. */
function lifetimeMs(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)))
}

function newGeneration(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))))
}
