/** Seam: what was used once and must not be used again (RFC 7523 §3, RFC 9449 §11.1). */

/**
 * Remembers what was used. Processes that take the same assertions or proofs have to share one, or each is good once for
 * every one of them.
 *
 * Over Redis it is one command, `SET key 1 NX EXAT expiresAt`, new when the answer is `OK`:
 * `createRedisReplayStore` of `@token-introspection/client/redis` sends it.
 *
 * @example
 * ```ts
 * import type { ReplayStore } from '@token-introspection/core/replay'
 *
 * interface Redis {
 *   set(key: string, value: string, options: { NX: true; EXAT: number }): Promise<string | null>
 * }
 *
 * export function redisReplayStore(redis: Redis): ReplayStore {
 *   return {
 *     async remember(key, expiresAt) {
 *       return (await redis.set(`replay:${key}`, '1', { NX: true, EXAT: expiresAt })) === 'OK'
 *     },
 *   }
 * }
 * ```
 */
export interface ReplayStore {
  /**
   * Remembers a key, in one step with looking whether it is there already.
   *
   * @param key - 43 characters of base64url, a digest.
   * @param expiresAt - seconds since the epoch from which it may be forgotten, a whole number.
   * @returns `true` when the key is new, `false` when it was remembered before.
   * @throws or rejects when it cannot tell, which is answered 503.
   */
  remember(key: string, expiresAt: number): boolean | Promise<boolean>
}
