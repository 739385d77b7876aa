/** The options that say where the log of a store is: the same for the store, and for followers that read its stream. */
import type { OptionGroup } from '../options/option-group.ts'
import { readRedisClient, type RedisClient } from './redis-client.ts'
import { redisConnections } from './redis-connection.ts'
import { revocationStreamKeys } from './revocation-stream.ts'

/** The `keyPrefix` of a store. A follower must have the same one. */
const KEY_PREFIX = '{introspection}:'

/**
 * Reads the options `client` and `keyPrefix`.
 *
 * @returns how to send commands, the keys of the log, and how to open more connections; `undefined` if the client opens none.
 * @throws TypeError that names the wrong option.
 */
export function readRevocationStreamOptions(group: OptionGroup) {
  const send = readRedisClient(group)
  const keyPrefix = group.string('keyPrefix') ?? KEY_PREFIX
  const open = redisConnections(group.raw('client') as RedisClient)
  return { send, keyPrefix, keys: revocationStreamKeys(keyPrefix), open }
}
