/** A token store on Redis or Valkey: many processes, expiry by the server, and one script for all lookups of a tick. */
import { type RedisScript, runRedisScript } from '@token-introspection/core/redis'
import { batchByTick } from '../batch-by-tick.ts'
import { FOR_GOOD } from '../cutoff.ts'
import { databaseMethods } from '../database-methods.ts'
import { findUnderAll } from '../keyed-digests.ts'
import { parseRecord } from '../pepper.ts'
import type { RevocationReceipt } from '../revocation-log.ts'
import { NO_POSITION, receiptAt } from '../revocation-receipt.ts'
import { CONSUME } from './consume-script.ts'
import { CUT_OFF } from './cut-off-script.ts'
import { FIND } from './find-script.ts'
import { IS_REVOKED } from './is-revoked-script.ts'
import {
  readRedisTokenStoreOptions,
  type RedisTokenStore,
  type RedisTokenStoreOptions,
} from './redis-token-store-options.ts'
import { type LoggedWrite, RedisRevocationLog } from './redis-revocation-log.ts'
import { REMOVE } from './remove-script.ts'
import { REVOKE } from './revoke-script.ts'
import { SAVE } from './save-script.ts'
import { recordIn, toStoredValue } from './stored-value.ts'
import { cutoffName, cutoffNames, tokenKeys } from './token-keys.ts'

/**
 * Creates a token store in Redis (6 or newer) or Valkey, over a client of ioredis or node-redis. The store keeps tokens by
 * digest alone, so the server holds nothing that could be used as a token. It keeps records as JSON, and the server removes
 * expired ones. Revoking one token replaces it by a tombstone until the token has expired. Revoking a grant, a session, a
 * user or a client writes one key. That key is kept until the longest-lived token has expired, saved or not, and an hour
 * longer. Give tokens `exp`: after one token without `exp` was saved, these keys never expire. A revocation holds for every
 * process from the moment its promise fulfils.
 *
 * Lookups of one event-loop tick are one round trip to one script, up to 500 lookups each.
 *
 * If the client rejects, the store rejects with the same error, and the handler answers 503. Let the client reject while it
 * is not connected, as below. By default both clients queue commands until they are connected, and callers wait.
 *
 * Security: a token is usable again when the key that revoked it is lost. Set `maxmemory-policy` to `noeviction`, because any
 * other policy may drop that key to make room; a server that is full then refuses writes, and lookups go on. If you restore
 * an old snapshot, later revocations are lost: use `appendonly yes`, or no persistence at all. The store does not wait for
 * replication, so a failover may undo the revocations of its last moments. Do not read from replicas.
 *
 * With `revocationLog`, one script revokes and appends the event to a stream. Each question to the log writes a key as well. So
 * with `min-replicas-to-write 1`, a primary that its replicas have left refuses to answer, after `min-replicas-max-lag` at the
 * latest. Without replicas there is nothing to set.
 *
 * @throws TypeError naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { createRedisTokenStore } from '@token-introspection/server/redis'
 * import { createClient } from 'redis'
 *
 * const client = createClient({ disableOfflineQueue: true })
 * client.on('error', (error) => console.error('Redis', error)) // without a listener it ends the process
 * await client.connect()
 * const store = createRedisTokenStore({ client })
 *
 * const now = Math.floor(Date.now() / 1000)
 * await store.save('2YotnFZFEjr1zCsicMWpAA', { kind: 'access_token', sub: 'alice', iat: now, exp: now + 3600 })
 * await store.revokeSubject('alice')
 * ```
 *
 * @example
 * ```ts
 * import { createRedisTokenStore } from '@token-introspection/server/redis'
 * import { Redis } from 'ioredis'
 *
 * const client = new Redis({ enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 2000 })
 * client.on('error', (error) => console.error('Redis', error))
 * export const store = createRedisTokenStore({ client })
 * ```
 */
export function createRedisTokenStore<Claims extends object = object>(
  options: RedisTokenStoreOptions,
): RedisTokenStore<Claims> {
  const { send, keyPrefix, now, unstoredLifetimeSeconds, peppers, log, logKeys } = readRedisTokenStoreOptions(options)
  const keys = tokenKeys(keyPrefix)
  const revocations = new RedisRevocationLog(log)
  let isLogged = !log.isAdopted
  const cutoffKeys = (names: readonly string[]): string[] =>
    names.filter((name) => name !== '').map((name) => keys.cutoffs + name)

  const find = batchByTick<Claims>(async (digests) => {
    const found = (await runRedisScript(send, FIND, [keys.cutoffs, ...digests.map(keys.token)])) as (string | null)[]
    const records = new Map<string, string>()
    for (const [index, digest] of digests.entries()) {
      const value = found[index]
      if (typeof value === 'string') records.set(digest, recordIn(value))
    }
    return records
  })

  /**
   * Runs a script that writes. If the database has a log, the script appends an event for each of the identifiers that it revokes. A
   * store without the option may lack the secret or the rights for it. Then it ends the log.
   */
  async function write(written: LoggedWrite): Promise<RevocationReceipt> {
    const run = (script: RedisScript) => runRedisScript(send, script, [...logKeys, ...written.keys], written.values)
    if (!isLogged && (await run(written.script.plain)) === 1) return NO_POSITION
    isLogged = true
    try {
      return receiptAt(await revocations.write(written))
    } catch (error) {
      if (!log.isAdopted) throw error
      await run(written.script.ending)
      return NO_POSITION
    }
  }

  return {
    find: findUnderAll(find, peppers) as RedisTokenStore<Claims>['find'],
    list() {
      throw new TypeError(
        'list: the Redis store keeps no index of users; list tokens in a store on PostgreSQL or SQLite',
      )
    },
    ...databaseMethods(peppers, {
      revocations: log.isAdopted ? undefined : revocations,
      find,
      held: find,
      async saveToken([digest = '', ...others], row, named) {
        const tombstones = others.map(keys.token)
        const names = cutoffNames(row.identifiers)
        await write({
          script: SAVE,
          keys: [keys.token(digest), keys.horizon, ...tombstones, ...cutoffKeys(names)],
          values: [toStoredValue(row, names), row.issuedAt, row.keptUntil ?? FOR_GOOD, now(), tombstones.length],
          kind: 'token',
          identifiers: [named],
        })
      },
      async saveTombstone(digests, row, named) {
        const lastsSeconds = (row.keptUntil ?? FOR_GOOD) - now()
        const tokens = digests.map(keys.token)
        if (lastsSeconds <= 0) {
          const removed = tokens
            .filter((_, index) => named[index] === named[0])
            .map((token) =>
              write({ script: REMOVE, keys: [token], values: [], kind: 'token', identifiers: named.slice(0, 1) }),
            )
          return (await Promise.all(removed)).at(-1) ?? NO_POSITION
        }
        const lasts = row.keptUntil === undefined ? '' : lastsSeconds
        const values = [toStoredValue(row, cutoffNames(row.identifiers)), lasts]
        return await write({ script: REVOKE, keys: tokens, values, kind: 'token', identifiers: named })
      },
      async consume(digest, before, after) {
        return (await runRedisScript(send, CONSUME, [keys.token(digest)], [before, after])) === 1
      },
      async cutOff(kind, stored, at, identifier) {
        return await write({
          script: CUT_OFF,
          keys: [keys.cutoffs + cutoffName(kind, stored), keys.horizon],
          values: [at ?? '', now(), unstoredLifetimeSeconds],
          kind,
          identifiers: [identifier],
        })
      },
      async isRevoked([digest = '', ...others], issuedAt, identifiers) {
        const tombstones = others.map(keys.token)
        const asked = [keys.cutoffs, keys.token(digest), ...tombstones, ...cutoffKeys(cutoffNames(identifiers))]
        const answer = await runRedisScript(send, IS_REVOKED, asked, [issuedAt, tombstones.length])
        const [covered, value] = answer as [number, string | null]
        if (covered !== 0) return true
        return value !== null && Boolean(parseRecord(recordIn(value)).revoked)
      },
    }),
  }
}
