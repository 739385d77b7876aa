/** Why a token is watched no longer: the reason of the signal that aborts. */
import type { RefusalReason } from '../result/refusal.ts'

/**
 * What ended: the time of the token (`expired`), the token itself (`inactive`: revoked, or nobody's), what the policy wants of
 * it (`policy`), or the means to tell (`unchecked`: the authorization server could not be asked for too long, the client was
 * closed, or a check of yours failed).
 */
export type WatchEndReason = 'expired' | 'inactive' | 'policy' | 'unchecked'

/**
 * The `reason` of the signal of {@link IntrospectionClient.watch}. It is an `Error` because whatever takes the signal, such as
 * `fetch` or a stream, rejects with its reason.
 */
export class WatchEnded extends Error {
  override readonly name = 'WatchEnded'
  readonly code = 'ERR_WATCH_ENDED'
  readonly reason: WatchEndReason
  /** What the policy misses, for the reason `policy`, as a guard would say it. */
  readonly refusal: RefusalReason | undefined
  /** What the token says and what the policy wants, for the refusals `token_kind`, `issuer`, `audience` and `scope`. */
  readonly detail: string | undefined

  constructor(
    reason: WatchEndReason,
    refusal?: RefusalReason,
    options?: ErrorOptions & { readonly detail?: string | undefined },
  ) {
    super(refusal === undefined ? `the token is ${reason}` : `the token lost its ${refusal}`, options)
    this.reason = reason
    this.refusal = refusal
    this.detail = options?.detail
  }
}
