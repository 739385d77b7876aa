/** Seam: what was used once and must not be used again (RFC 7523 §3, RFC 9449 §11.1). */

/**
 * Remembers what was used. Processes that take the same assertions or proofs have to share one, or each is good once for
 * every one of them.
 *
 * What one owner sends must not take the room of the others, so a store bounds how many keys an owner may hold.
 * `createMemoryReplayStore` and `createRedisReplayStore` of `@token-introspection/client/redis` do.
 *
 * Over Redis the smallest one is a single command, `SET key 1 NX PX lifetime`, new when the answer is `OK`. Give it a
 * lifetime and let Redis count it, longer by as much as the clocks of your processes may differ: with `EXAT` a process whose
 * clock is ahead has a key forgotten too early. It has no bound per owner.
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
   * Remembers a key, in one step with looking whether it is there already.
   *
   * @param key - 43 characters of base64url, a digest. It is always used with the same owner.
   * @param expiresAt - seconds since the epoch from which it may be forgotten, a whole number, by the clock of this process.
   * @param owner - 43 characters of base64url: a digest of who used it, or the thumbprint of a key. Keys with the same owner
   *   share a bound.
   * @returns `true` when the key is new, `false` when it was remembered before.
   * @throws or rejects when it cannot tell or has no room for another key of this owner, which is answered 503.
   */
  remember(key: string, expiresAt: number, owner: string): boolean | Promise<boolean>
}
