/** Makes the tombstone of a revoked token. It has only what a store needs to refuse the token. */
import { isNumericDate } from '@token-introspection/core'
import type { TokenRecord } from './token-record.ts'

/** Seconds that a tombstone is kept beyond `exp`, because the process that judges the token may have another clock. */
export const TOMBSTONE_MARGIN_SECONDS = 300

/**
 * The record of a revoked token without personal data: its kind, its dates and `revoked`. For your own store: save it under
 * each of {@link revocationDigests} when a token is revoked. Keep it longer than its `exp` if the clocks of your processes may
 * differ, because a token without its tombstone is usable again.
 *
 * A date that is not in whole seconds is left out, so that a revocation never fails because of it. A tombstone without `exp`
 * always stays.
 *
 * @example
 * ```ts
 * import { digestToken, revocationDigests, type TokenRecord, toTombstone } from '@token-introspection/server'
 *
 * const rows = new Map<string, TokenRecord>()
 *
 * export async function revoke(token: string, record?: TokenRecord): Promise<void> {
 *   const known = record ?? rows.get(await digestToken(token))
 *   if (known === undefined) return
 *   for (const digest of await revocationDigests(token, known)) rows.set(digest, toTombstone(known))
 * }
 * ```
 */
export function toTombstone({ kind, exp, iat }: TokenRecord): TokenRecord<never> {
  return Object.freeze({
    kind,
    ...(isNumericDate(exp) && { exp }),
    ...(isNumericDate(iat) && { iat }),
    revoked: true,
  })
}
