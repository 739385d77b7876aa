/** Seam: follows a feed of revocations for a client. */
import type { RevocationEvent, RevocationKeys, RevocationPage } from '@token-introspection/core/revocations'
import type { TransportStep } from '../transport/transport-step.ts'

/** How sure it is that a revocation is noticed within the stated time. */
export type RevocationBound = 'proven' | 'assumed'

/** What a follower may use of its client. */
export interface FollowerSurroundings {
  /** Sends requests, with the credentials, the limits and the TLS settings of the client. */
  readonly transport: TransportStep
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
  /** Whether pages are to say `key_check`, as a relay needs it for its own followers. Default `false`. */
  readonly wantsKeyCheck?: boolean | undefined
}

/** Follows one feed. The client decides when to ask, checks what comes, and starts again after failures. */
export interface RevocationFollower {
  /**
   * `proven` if its feed is a chain of events and every question is answered by a read of the primary that began after
   * the question. Otherwise `assumed`.
   */
  readonly bound: RevocationBound
  /**
   * Makes the keys of events, for clients that verify JWTs by themselves. A follower with it also has `replay`. It must
   * fail every question when its secret is not that of the feed: see `revocationKeyCheck`. Default none.
   */
  readonly keyOf?: RevocationKeys | undefined
  /** Connects for one client. It sends nothing yet. */
  connect(surroundings: FollowerSurroundings): RevocationConnection
}

/** The connection of a follower. Every method may fail at any time: the client tries again later. */
export interface RevocationConnection {
  /**
   * Where the feed is, for warnings and events, which leave its query out. `undefined` while that is not known. Default
   * none.
   */
  readonly url?: string | undefined
  /**
   * Asks what comes after a position. Every question is a request of its own: it must not be answered by something that
   * was read before the call.
   *
   * @param after - the last applied position; `undefined` for a new client, which needs the last position only.
   * @param signal - ends the question.
   */
  ask(after: string | undefined, signal: AbortSignal): Promise<RevocationPage>
  /**
   * Asks for the oldest events that the log has, as `ask` asks: what comes after them is asked for with the position of
   * the page. A feed that cannot be replayed has no such method.
   */
  replay?(signal: AbortSignal): Promise<RevocationPage>
  /**
   * Hears events as they come, until it fails, the feed ends it, or the signal aborts. The client asks afterwards, and
   * listens again. A feed that only answers questions has no such method: then the client asks more often.
   *
   * @param after - the last applied position.
   * @param onEvents - gets events in the order of the log. Call it without events as soon as the feed has answered, so that
   * the client can tell that it listens although nothing is revoked. Returns `false` when the events do not follow what the
   * client has applied; then return.
   */
  listen?(after: string, onEvents: (events: readonly RevocationEvent[]) => boolean, signal: AbortSignal): Promise<void>
  /** Closes what the follower opened. */
  close?(): Promise<void> | void
}
