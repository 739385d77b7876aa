/** Seam: a log of revocations that can be read. A store has one, and so has a relay. */
import type { MaybePromise } from '../promises/maybe-promise.ts'
import type { RevocationKeys } from './revocation-keys.ts'
import type { RevocationPage } from './revocation-page.ts'

/** Reads a log of revocations. */
export interface RevocationSource {
  /**
   * Makes the keys of events, if the source has their secret. A relay has none: its pages bring `key_check` from the feed
   * that it follows.
   */
  readonly keyOf?: RevocationKeys | undefined
  /**
   * What comes after a position. The read begins after the call and sees every revocation that was durable by then: it is
   * a read of the primary. Several calls may share one read that begins after all of them.
   *
   * @param after - a position. If the log does not have exactly this event, the page is a gap: it has the last position
   * and no events. With `undefined` the page has the last position and no events either, and is no gap.
   * @param limit - the most events of the page.
   */
  readAfter(after: string | undefined, limit: number): MaybePromise<RevocationPage>
  /**
   * The oldest events that the log has, for followers that verify JWTs by themselves. The read is as fresh as that of
   * `readAfter`. A log without this method cannot be replayed. The page says with `since` how far back the log reaches,
   * if the log knows that.
   *
   * @param limit - the most events of the page.
   */
  readOldest?(limit: number): MaybePromise<RevocationPage>
  /**
   * Calls the listener soon after events were appended, by this process or another. It may call too often. It may miss an
   * event when the source has lost its connection, so readers also ask by themselves.
   *
   * @returns ends the calls.
   */
  onAppended(listener: () => void): () => void
}
