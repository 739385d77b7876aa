/** Why a watch ended: the reason of the signal that aborts. */
import { withCode } from '@token-introspection/core'
import type { RefusalGrounds } from '../policy/find-mismatch.ts'
import type { Mismatch } from '../policy/mismatch.ts'
import type { RefusalReason } from '../result/refusal.ts'

/**
 * The reason. `expired`: the token has expired. `inactive`: the token was revoked, or belongs to no issuer. `policy`:
 * the token fails the policy. `unchecked`: the token could not be checked, because the authorization server was down
 * for too long, the client was closed, or a check of yours failed.
 */
export type WatchEndReason = 'expired' | 'inactive' | 'policy' | 'unchecked'

/**
 * The `reason` of the signal of {@link IntrospectionClient.watch}. It is an `Error`, because functions that take a
 * signal, such as `fetch` and streams, reject with its reason.
 */
export class WatchEnded extends Error {
  override readonly name = 'WatchEnded'
  static readonly code = 'ERR_WATCH_ENDED'
  readonly code = WatchEnded.code
  readonly reason: WatchEndReason
  /** The requirement that the token fails, for the reason `policy`, in the words of a guard. */
  readonly refusal: RefusalReason | undefined
  /** What the connection wants and what the token has, as {@link Refusal.detail} of a guard says it. */
  readonly detail: string | undefined
  /** The same as data, as in {@link Refusal.mismatch} of a guard. */
  readonly mismatch: Mismatch | undefined

  constructor(reason: WatchEndReason, refusal?: RefusalReason, options?: ErrorOptions & RefusalGrounds) {
    super(
      withCode(refusal === undefined ? `the token is ${reason}` : `the token lost its ${refusal}`, WatchEnded.code),
      options,
    )
    this.reason = reason
    this.refusal = refusal
    this.detail = options?.detail
    this.mismatch = options?.mismatch
  }
}
