/** Seam: the log of a store. Every revocation appends its event in the same atomic write. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { RevocationKeys, RevocationSource } from '@token-introspection/core/revocations'

/** The log of a store, for the introspection endpoint and the revocation feed. */
export interface RevocationLog extends RevocationSource {
  /** Makes the keys of events and of tokens, under the secret of the log. */
  readonly keyOf: RevocationKeys
  /**
   * Whether the log has exactly this event. A store that reads tokens elsewhere than it writes them must answer for the
   * place where it reads. So a lookup that begins after `true` sees this revocation and every one before it.
   */
  has(position: string): MaybePromise<boolean>
}

/** What a revocation gives: where its event is in the log. */
export interface RevocationReceipt {
  /**
   * The position of the event, for `notOlderThan` of a guard. If this call revoked nothing that was not revoked before, it
   * is a position that comes no earlier than the event of the first revocation. `undefined` without a log, and
   * from a store without the option if it has ended the log of other processes.
   */
  position(): Promise<string | undefined>
}
