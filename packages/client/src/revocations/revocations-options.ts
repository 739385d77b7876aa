/** Option `revocations`. */
import { isIntrospectionError, withoutData } from '@token-introspection/core'
import type { OptionGroup } from '@token-introspection/core/options'
import { TIMERS_OUTLIVE_REQUESTS } from '#default-transport'
import { type IntrospectionError, TransportUnreachableError } from '../errors.ts'
import type { TransportStep } from '../transport/transport-step.ts'
import { systemClock } from '../watch/watch-clock.ts'
import { checkFollower, connect } from './check-follower.ts'
import { Confirmations } from './confirmations.ts'
import { FollowedJwts } from './followed-jwts.ts'
import { type FeedChange, FollowRevocations } from './follow-revocations.ts'
import type { RevocationFollower } from './revocation-follower.ts'
import { RevocationState } from './revocation-state.ts'
import type { FollowedFeed, RevocationsStep } from './revocations-step.ts'
import { ISSUED_LATE_SECONDS, RevokedKeys } from './revoked-keys.ts'

/** What the option needs of its client. */
export interface RevocationsSurroundings {
  readonly transport: TransportStep
  readonly nowMs: () => number
  readonly leaseSeconds: number
  /** How many places the table of keys has. */
  readonly slots: number
  /** How much to remember for JWTs that are not introspected; `undefined` when there are none. */
  readonly memory: { readonly maxTokenAgeSeconds: number; readonly maxKeys: number } | undefined
  readonly onChange: OnFeedChange
}

/**
 * Gets each change of the feed.
 *
 * @param error - of a failure.
 * @param url - of the feed; `undefined` while it is not known, or when the follower has none.
 */
export type OnFeedChange = (change: FeedChange, error: IntrospectionError | undefined, url: string | undefined) => void

/** A feed, and what follows it. */
export interface Followed {
  readonly feed: FollowedFeed
  readonly following: FollowRevocations
  readonly jwts: FollowedJwts | undefined
}

/** Reads the option; `undefined` when the client follows no feed. */
export function readFollower(group: OptionGroup): RevocationFollower | undefined {
  return group.has('revocations') ? checkFollower('revocations', group.raw('revocations')) : undefined
}

/** What the client does with tokens: see the option `jwt.mode`. */
export interface AskedAbout {
  readonly asksAboutOpaque: boolean
  readonly asksAboutGood: boolean
}

/**
 * Checks that the feed has an effect, and that its secret is there exactly where it is needed.
 *
 * @param jwt - `undefined` when every token is introspected.
 * @throws TypeError naming the option.
 */
export function checkKeySecret(group: OptionGroup, { keyOf }: RevocationFollower, jwt: AskedAbout | undefined): void {
  if (keyOf === undefined && jwt?.asksAboutOpaque === false) {
    throw group.error(
      'revocations',
      'has no effect with jwt.mode local, because the client introspects nothing. Give the follower the secret of the ' +
        'revocation log, as in followFeed({ keySecret }), or set jwt.mode to local-then-introspect',
    )
  }
  if (keyOf !== undefined && (jwt === undefined || jwt.asksAboutGood)) {
    throw group.error(
      'revocations',
      'needs no keySecret here, because the client introspects every token. Leave keySecret out, or set jwt.mode to local or ' +
        'local-or-introspect',
    )
  }
}

/** Connects a follower for a client. */
export function followRevocations(
  follower: RevocationFollower,
  { transport, nowMs, leaseSeconds, slots, memory, onChange }: RevocationsSurroundings,
  onTouched: (slot: number) => void,
): Followed {
  const clock = systemClock(nowMs)
  const leaseMs = leaseSeconds * 1000
  const { keyOf } = follower
  const connection = connect('revocations', follower, { transport, nowMs })
  const tell = (change: FeedChange, error?: IntrospectionError): void => onChange(change, error, connection.url)
  const revoked =
    memory &&
    new RevokedKeys({
      maxKeys: memory.maxKeys,
      lifetimeMs: (memory.maxTokenAgeSeconds + ISSUED_LATE_SECONDS) * 1000,
      elapsedMs: clock.elapsedMs,
      onFull: once(() => tell('full')),
    })
  const state = new RevocationState({
    leaseMs,
    clock,
    slots,
    replays: keyOf !== undefined,
    onApplied(slot, event) {
      // First, so that a watch that wakes up finds the JWT revoked.
      revoked?.add(event)
      onTouched(slot)
    },
  })
  const following = new FollowRevocations({
    connection,
    state,
    leaseMs,
    clock,
    hasTimers: TIMERS_OUTLIVE_REQUESTS,
    onChange: (change, error) =>
      tell(change, error === undefined || isIntrospectionError(error) ? error : followerFailed(error)),
  })
  return {
    feed: {
      state,
      clock,
      bound: follower.bound,
      confirmations: new Confirmations(() => tell('unconfirmed')),
      voided: 0,
    },
    following,
    jwts: revoked && keyOf && new FollowedJwts(state, revoked, keyOf),
  }
}

function once(act: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    act()
  }
}

/** What the steps of the client get of it. */
export function toStep({ feed, following, jwts }: Followed): RevocationsStep {
  const follow = (): void => following.follow()
  const ask = (): Promise<void> => following.ask()
  return { feed, jwts, follow, ask, followOnHit: TIMERS_OUTLIVE_REQUESTS ? undefined : follow }
}

/** Messages of others may contain values, so only the class of their error is told. */
function followerFailed(cause: unknown): TransportUnreachableError {
  return new TransportUnreachableError('the follower of the revocation feed failed', { cause: withoutData(cause) })
}
