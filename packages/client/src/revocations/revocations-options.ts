/** Option `revocations`. */
import { isIntrospectionError, withoutData } from '@token-introspection/core'
import type { OptionGroup } from '@token-introspection/core/options'
import { TIMERS_OUTLIVE_REQUESTS } from '#default-transport'
import { type IntrospectionError, TransportUnreachableError } from '../errors.ts'
import type { TransportStep } from '../transport/transport-step.ts'
import { systemClock } from '../watch/watch-clock.ts'
import { checkFollower, connect } from './check-follower.ts'
import { type FeedChange, FollowRevocations } from './follow-revocations.ts'
import type { RevocationFollower } from './revocation-follower.ts'
import { RevocationState } from './revocation-state.ts'
import type { FollowedFeed, RevocationsStep } from './revocations-step.ts'

/** What the option needs of its client. */
export interface RevocationsSurroundings {
  readonly transport: TransportStep
  readonly nowMs: () => number
  readonly leaseSeconds: number
  /** How many places the table of keys has. */
  readonly slots: number
  /** Gets each change of the feed. */
  readonly onChange: (change: FeedChange, error: IntrospectionError | undefined) => void
}

/** A feed, and what follows it. */
export interface Followed {
  readonly feed: FollowedFeed
  readonly following: FollowRevocations
}

/** Reads the option; `undefined` when the client follows no feed. */
export function readFollower(group: OptionGroup): RevocationFollower | undefined {
  return group.has('revocations') ? checkFollower('revocations', group.raw('revocations')) : undefined
}

/** Connects a follower for a client. */
export function followRevocations(
  follower: RevocationFollower,
  { transport, nowMs, leaseSeconds, slots, onChange }: RevocationsSurroundings,
  onTouched: (slot: number) => void,
): Followed {
  const clock = systemClock(nowMs)
  const leaseMs = leaseSeconds * 1000
  const state = new RevocationState({ leaseMs, clock, slots, onApplied: onTouched })
  const following = new FollowRevocations({
    connection: connect('revocations', follower, { transport, nowMs }),
    state,
    leaseMs,
    clock,
    hasTimers: TIMERS_OUTLIVE_REQUESTS,
    onChange: (change, error) =>
      onChange(change, error === undefined || isIntrospectionError(error) ? error : followerFailed(error)),
  })
  return { feed: { state, clock, bound: follower.bound, voided: 0 }, following }
}

/** What the steps of the client get of it. */
export function toStep({ feed, following }: Followed): RevocationsStep {
  const follow = (): void => following.follow()
  return { feed, follow, followOnHit: TIMERS_OUTLIVE_REQUESTS ? undefined : follow }
}

/** Messages of others may contain values, so only the class of their error is told. */
function followerFailed(cause: unknown): TransportUnreachableError {
  return new TransportUnreachableError('the follower of the revocation feed failed', { cause: withoutData(cause) })
}
