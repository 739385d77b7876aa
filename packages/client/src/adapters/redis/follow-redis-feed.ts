/** Follows the log of revocations that an authorization server has in Redis or Valkey. */
import { OptionGroup } from '@token-introspection/core/options'
import {
  type CallableRedisClient,
  readRevocationStreamOptions,
  type SendingRedisClient,
} from '@token-introspection/core/redis'
import type { RevocationFollower } from '../../index.ts'
import { askStream } from './ask-stream.ts'
import { listenToStream } from './listen-to-stream.ts'

/** Options of {@link followRedisFeed}. */
export interface RedisFeedOptions {
  /**
   * A connected client of ioredis or node-redis, or any object with the same method: `call` or `sendCommand`. If it has
   * both, the follower uses `call`. The follower never closes the client.
   *
   * With `duplicate()`, as both libraries have it, the follower opens one more connection and hears of a revocation
   * within milliseconds. Without it, as with `createClientPool` of node-redis, the client only asks in intervals.
   */
  readonly client: CallableRedisClient | SendingRedisClient
  /** The `keyPrefix` of the token store. Default `{introspection}:`. */
  readonly keyPrefix?: string | undefined
  /**
   * Whether each question also writes a key, and `min-replicas-to-write` is at least 1 at the server. Default `false`.
   *
   * After a network failure there may be two primaries for a while. The old one does not learn of revocations at the new
   * one. With `min-replicas-to-write` it refuses writes when its replicas have left it, and so the question fails.
   *
   * Security: set it to `true` only if the server is configured like that. The bound of a decision then counts as
   * `proven`. Add `min-replicas-max-lag` (10 seconds by default) to it: for so long the old primary notices nothing.
   */
  readonly fenced?: boolean | undefined
}

/** The most events of one answer. The client asks again if there are more. */
const PAGE_EVENTS = 1000

/**
 * Follows the log of a token store in Redis or Valkey, without the feed endpoint of the authorization server. Create the
 * store there with `revocationLog`.
 *
 * The client asks with `XRANGE` and `XREVRANGE`, and hears events with `XREAD`. Give it a user of Redis that can do
 * nothing else. It reads one key, which has digests and times, and no tokens and no names:
 *
 * ```text
 * ACL SETUSER follower on >password resetkeys resetchannels -@all ~{introspection}:revocations
 *   +xrange +xrevrange +xread +info
 * ```
 *
 * `fenced` needs three commands more, and one more key: `+evalsha +eval +set ~{introspection}:revocations:fence`.
 *
 * @throws TypeError naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 * import { followRedisFeed } from '@token-introspection/client/redis'
 * import { createClient } from 'redis'
 *
 * const client = createClient({ username: 'follower', password: 'password', disableOfflineQueue: true })
 * client.on('error', (error) => console.error('Redis', error)) // without a listener it ends the process
 * await client.connect()
 *
 * export const introspection = new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *   cache: { maxAgeSeconds: 30 },
 *   revocations: followRedisFeed({ client }),
 * })
 * ```
 */
export function followRedisFeed(options: RedisFeedOptions): RevocationFollower {
  const group = new OptionGroup('', options, ['client', 'keyPrefix', 'fenced'])
  const { send, keys, open } = readRevocationStreamOptions(group)
  const fenced = group.boolean('fenced', false)
  const reading = { keys, limit: PAGE_EVENTS, fenced }
  return {
    bound: fenced ? 'proven' : 'assumed',
    connect() {
      const end = new AbortController()
      const listening = open && listenToStream(open, keys.stream)
      return {
        ask: askStream(send, reading, end.signal),
        ...(listening && { listen: listening.listen }),
        close() {
          end.abort(new Error('the follower is closed'))
          listening?.close()
        },
      }
    },
  }
}
