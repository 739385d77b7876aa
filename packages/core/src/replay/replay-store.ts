/** Seam: remembers values that must not be used a second time (RFC 7523 §3, RFC 9449 §11.1). */

/**
 * Remembers used values. Processes that accept the same assertions or proofs have to share one store. Otherwise each
 * process accepts the same one once.
 *
 * One owner must not fill the store with keys and leave no room for the others, so a store limits the keys per owner.
 * `createMemoryReplayStore` and `createRedisReplayStore` of `@token-introspection/client/redis` do.
 *
 * The smallest store over Redis is a single command, `SET key 1 NX PX lifetime`: the key is new when the answer is
 * `OK`. Send a lifetime and let Redis count it, longer by as much as the clocks of your processes may differ. With
 * `EXAT`, a process whose clock is ahead would make Redis forget a key too early. This store has no limit per owner.
 *
 * @example
 * ```ts
 * import type { ReplayStore } from '@token-introspection/core/replay'
 *
 * interface Redis {
 *   set(key: string, value: string, options: { NX: true; PX: number }): Promise<string | null>
 * }
 *
 * const CLOCKS_DIFFER_MS = 60_000
 *
 * export function redisReplayStore(redis: Redis): ReplayStore {
 *   return {
 *     async remember(key, expiresAt) {
 *       const lifetimeMs = Math.max(0, expiresAt * 1000 - Date.now()) + CLOCKS_DIFFER_MS
 *       return (await redis.set(`replay:${key}`, '1', { NX: true, PX: lifetimeMs })) === 'OK'
 *     },
 *   }
 * }
 * ```
 */
export interface ReplayStore {
  /**
   * Remembers a key and says whether it was new, in one atomic step.
   *
   * @param key - a digest, 43 characters of base64url. A key always comes with the same owner.
   * @param expiresAt - when the store may forget the key: whole seconds since the epoch, by the clock of this process.
   * @param owner - 43 characters of base64url: a digest of the sender's name, or the thumbprint of a key. The limit per
   * owner counts all keys with the same owner.
   * @returns `true` when the key is new, `false` when it was remembered before.
   * @throws or rejects when the store cannot tell, or has no room for another key of this owner. The answer is then
   * 503.
   */
  remember(key: string, expiresAt: number, owner: string): boolean | Promise<boolean>
}
