/** What the steps of a client know of the feed that it follows. */
import type { RevocationBound } from './revocation-follower.ts'
import type { Confirmations } from './confirmations.ts'
import type { RevocationClock } from './revocation-clock.ts'
import type { FollowedJwts } from './followed-jwts.ts'
import type { RevocationState } from './revocation-state.ts'

/** A feed that is followed. */
export interface FollowedFeed {
  readonly state: RevocationState
  readonly clock: RevocationClock
  readonly bound: RevocationBound
  readonly confirmations: Pick<Confirmations, 'note'>
  /** How many answers in the cache were found void so far. */
  voided: number
}

/** The resolved option `revocations`. */
export interface RevocationsStep {
  readonly feed: FollowedFeed
  /** What it says about JWTs; `undefined` when its follower does not have the secret of the keys. */
  readonly jwts: FollowedJwts | undefined
  /** Begins to follow, once. Where there are no timers between requests, it asks the feed when that is due. */
  readonly follow: () => void
  /** The same for a call that was answered from the cache. `undefined` where timers ask. */
  readonly followOnHit: (() => void) | undefined
  /** Asks the feed now, unless a question is on its way. Never rejects. */
  readonly ask: () => Promise<void>
}
