/** A replay store on Redis or Valkey: processes that share it accept each proof once. */
import { OptionGroup } from '@token-introspection/core/options'
import { createRedisScript, runRedisScript } from '@token-introspection/core/redis'
import type { ReplayStore } from '../../index.ts'
import { readRedisStoreOptions, REDIS_STORE_OPTIONS, type RedisStoreOptions } from './redis-store-options.ts'

/** Options of {@link createRedisReplayStore}. */
export interface RedisReplayStoreOptions extends RedisStoreOptions {
  /**
   * How many proofs the store remembers at most for one owner, which is the key that signs the proofs. Default 100000,
   * from 1 to 10000000. Further proofs of that owner are refused with 503. Other owners are not affected.
   */
  readonly maxKeysPerOwner?: number | undefined
  /**
   * Seconds by which the clocks of your processes may differ. The store remembers every proof that much longer. Default
   * 60, from 0 to 3600.
   */
  readonly maxClockDifferenceSeconds?: number | undefined
}

/**
 * Adds a use to the sorted set of its owner, scored by the moment when it may be forgotten, by the clock of the server.
 * Gives 1 if the use is new, 0 if it is known, and -1 if the set is full.
 */
const REMEMBER = createRedisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return -1 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1
`)

/**
 * Creates a replay store in Redis (6 or newer) or Valkey. It keeps one sorted set for each owner, which is the key that signs
 * the proofs, and forgets a proof when it is too old to be accepted. Each proof is one command. The server counts how long the
 * proof is remembered, so the clocks of your processes may differ by `maxClockDifferenceSeconds`.
 *
 * If the client rejects, the store rejects with the same error, and the guard answers 503. Let the client reject while it is
 * not connected, as below. By default both clients queue commands until they are connected, and callers wait.
 *
 * Security: a proof is accepted again when its key is lost. Set `maxmemory-policy` to `noeviction`, because any other policy
 * may drop the key to make room. The store does not wait for replication, so a failover may forget the proofs of its last
 * moments.
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
  const group = new OptionGroup('', options, [...REDIS_STORE_OPTIONS, 'maxKeysPerOwner', 'maxClockDifferenceSeconds'])
  const { send, keyPrefix, now } = readRedisStoreOptions(group, '{introspection-replay}:')
  const maxKeysPerOwner = group.integer('maxKeysPerOwner', { default: 100_000, min: 1, max: 10_000_000 })
  const marginMs = 1000 * group.number('maxClockDifferenceSeconds', { default: 60, min: 0, max: 3600 })
  return {
    async remember(key, expiresAt, owner) {
      const lifetime = lifetimeMs(Math.max(0, expiresAt * 1000 - now()) + marginMs)
      const answer = await runRedisScript(send, REMEMBER, [keyPrefix + owner], [key, lifetime, maxKeysPerOwner])
      if (answer === -1) throw new Error(`the replay store is full for this owner: it has ${maxKeysPerOwner} keys`)
      if (answer !== 0 && answer !== 1)
        throw new Error('Redis answered neither 0 nor 1, so the store cannot tell whether the key is new')
      return answer === 1
    },
  }
}

/** Redis refuses a time to live below one millisecond. */
function lifetimeMs(ms: number): number {
  return Math.max(1, Math.ceil(ms))
}
