/** A second connection like that of a client, for commands that wait. They would hold up all others on the same connection. */
import type { CallableRedisClient, RedisClient, SendingRedisClient, SendRedisCommand } from './redis-client.ts'

/** A connection that its owner closes. */
export interface RedisConnection {
  /** Connects. Rejects if the client does, and when the connection is closed meanwhile. */
  connect(): Promise<void>
  readonly send: SendRedisCommand
  /** Closes the connection. Commands that wait for a reply reject. It may be called more than once. */
  close(): void
}

/** Creates a connection. It connects later. */
export type OpenRedisConnection = () => RedisConnection

/** What the clients of ioredis and node-redis have for a second connection. */
interface DuplicableClient {
  duplicate(...options: unknown[]): unknown
  /** `Cluster` of ioredis. It takes its options as the second argument. */
  readonly isCluster?: boolean
}

type DuplicatedClient = Partial<CallableRedisClient & SendingRedisClient> & {
  connect?(): Promise<unknown>
  /** An error without a listener would end the process. */
  on?(event: 'error', listener: () => void): unknown
  /** Of ioredis. */
  disconnect?(): void
  /** Of node-redis. It throws when the client is closed already. */
  destroy?(): void
}

/** Commands may wait, so no limit of the client holds. A lost connection is noticed, and its owner opens another one. */
const IOREDIS_OPTIONS = {
  lazyConnect: true,
  enableOfflineQueue: true,
  retryStrategy: () => null,
  maxRetriesPerRequest: 0,
  commandTimeout: undefined,
  socketTimeout: undefined,
}

/**
 * How to open connections like that of a client of ioredis or node-redis.
 *
 * @returns `undefined` if the client has no `duplicate()`, as a pool of node-redis or an object of your own.
 */
export function redisConnections(client: RedisClient): OpenRedisConnection | undefined {
  if (typeof (client as Partial<DuplicableClient>).duplicate !== 'function') return undefined
  const original = client as unknown as DuplicableClient
  return () => toConnection(duplicate(original) as DuplicatedClient)
}

function duplicate(client: DuplicableClient): unknown {
  if (typeof (client as Partial<CallableRedisClient>).call !== 'function')
    return client.duplicate({ commandOptions: undefined, disableOfflineQueue: false })
  if (client.isCluster !== true) return client.duplicate(IOREDIS_OPTIONS)
  const options = { lazyConnect: true, enableOfflineQueue: true, scaleReads: 'master', redisOptions: IOREDIS_OPTIONS }
  return client.duplicate([], options)
}

function toConnection(client: DuplicatedClient): RedisConnection {
  client.on?.('error', () => undefined)
  let closed = false
  return {
    async connect() {
      await client.connect?.()
      if (closed) throw new Error('the connection was closed')
    },
    send: (name, args) =>
      typeof client.call === 'function'
        ? client.call(name, args)
        : (client as SendingRedisClient).sendCommand([name, ...args]),
    close() {
      if (closed) return
      closed = true
      try {
        if (client.destroy === undefined) client.disconnect?.()
        else client.destroy()
      } catch {
        // It is closed already.
      }
    },
  }
}
