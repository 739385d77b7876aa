/** The two shapes of a Redis client, and the one way in which stores send commands to either. */
import type { OptionGroup } from '../options/option-group.ts'

/** A client that is called like ioredis: `Redis` and `Cluster` have all of it. */
export interface CallableRedisClient {
  call(command: string, args: string[]): Promise<unknown>
}

/** A client that is sent commands like node-redis: the clients of `createClient` and `createClientPool` have all of it. */
export interface SendingRedisClient {
  sendCommand(args: string[]): Promise<unknown>
}

/** A client of either kind. If it has both methods, `call` is used: `sendCommand` of ioredis takes something else. */
export type RedisClient = CallableRedisClient | SendingRedisClient

/** Sends one command, such as `DEL` with its keys, and gives the reply. */
export type SendRedisCommand = (name: string, args: string[]) => Promise<unknown>

/**
 * Reads the option `client` of a store.
 *
 * @throws TypeError when the option is missing, or has neither `call()` nor `sendCommand()`.
 */
export function readRedisClient(group: OptionGroup): SendRedisCommand {
  const client = group.raw('client') as Partial<CallableRedisClient & SendingRedisClient> | null | undefined
  if (client === undefined) throw group.error('client', 'is required')
  if (typeof client?.call === 'function') return (name, args) => (client as CallableRedisClient).call(name, args)
  if (typeof client?.sendCommand !== 'function') throw group.error('client', 'must have call() or sendCommand()')
  return (name, args) => (client as SendingRedisClient).sendCommand([name, ...args])
}
