/** Watches the tokens of long-lived connections. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { CleanerFor } from '../transport/sent-credentials.ts'
import { OptionGroup } from '@token-introspection/core/options'
import { type IntrospectionError, WatchOverloadedError } from '../errors.ts'
import type { IntrospectOptions } from '../call-options.ts'
import type { GuardOptions } from '../policy/policy-options.ts'
import type { InheritedPolicy } from '../policy/resolve-policy.ts'
import { resolveGuardOptions } from '../policy/resolve-guard.ts'
import type { LivenessRecord } from '../revocations/liveness.ts'
import type { TouchedSlots } from '../revocations/touched-slots.ts'
import type { IntrospectionResult } from '../result/introspection-result.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import type { WatchClock } from './watch-clock.ts'
import { WatchEnded, type WatchEndReason } from './watch-ended.ts'
import { resolvePace, type WatchLimits } from './watch-options.ts'
import { WatchedToken } from './watched-token.ts'
import { Watcher, type WatcherSettings } from './watcher.ts'

/**
 * The requirements that a watched token must keep meeting: the options of a guard. `maxAgeSeconds` has no effect here.
 */
export type WatchPolicy<Claims extends object = object> = GuardOptions<Claims>

/** Options of {@link IntrospectionClient.watch}. */
export interface TokenWatchOptions<Claims extends object = object> {
  /**
   * The requirements that the token must keep meeting, on top of the client's `policy`: the options of the guard that
   * let the connection in. The guard proved the binding to a key or a certificate, and the watch does not prove it
   * again.
   */
  readonly policy: WatchPolicy<Claims>
  /**
   * Ends the watch when the connection ends. If `until` never aborts, the client checks the token until it expires or
   * is revoked.
   */
  readonly until: AbortSignal
  /** For this connection: see {@link WatchOptions.everySeconds}. Default the client's option `watch`. */
  readonly everySeconds?: number | undefined
  /** For this connection: see {@link WatchOptions.maxUncheckedSeconds}. Default the client's option `watch`. */
  readonly maxUncheckedSeconds?: number | undefined
  /** The request that opened the connection, for the `check` of the policy, which needs one. Default none. */
  readonly request?: GuardRequest | undefined
  /** Gets the error whenever the token could not be checked. Errors that it throws are ignored. Default none. */
  readonly onError?: ((error: IntrospectionError) => void) | undefined
}

/** The names of these options. */
export const WATCH_OPTIONS = ['policy', 'until', 'everySeconds', 'maxUncheckedSeconds', 'request', 'onError'] as const

/** The settings of watches. */
export interface WatchStep {
  readonly limits: WatchLimits
  readonly policy: InheritedPolicy
  readonly introspect: (
    token: string,
    options: IntrospectOptions,
    liveness: LivenessRecord,
  ) => MaybePromise<IntrospectionResult>
  /** Tells of events of the feed; `undefined` when the client follows none. */
  readonly touched: TouchedSlots | undefined
  /** Takes a token, and the credentials of the client, out of what the end of a watch shows. */
  readonly cleanerFor: CleanerFor
  /** Seconds since the epoch. */
  readonly now: () => number
  readonly clock: WatchClock
  /** Whether one timer may serve several requests. Not where a timer ends with the request that set it. */
  readonly sharesTimers: boolean
}

/** One event may touch many tokens, such as those of one client. Their checks are spread over a time. */
const TOKENS_PER_MS = 10
const LONGEST_SPREAD_MS = 1000

/** The watched tokens of one client. */
export class TokenWatches {
  readonly #step: WatchStep
  /**
   * By the token itself. The token must be kept to ask about it again, so a digest would hide nothing. Where timers are
   * not shared, each connection has an entry of its own.
   */
  readonly #tokens = new Map<string | symbol, WatchedToken>()

  constructor(step: WatchStep) {
    this.#step = step
  }

  /** How many tokens are watched. */
  get size(): number {
    return this.#tokens.size
  }

  /** See {@link IntrospectionClient.watch}. */
  watch<Claims extends object>(token: string, options: TokenWatchOptions<Claims>): AbortSignal {
    const { settings, until } = resolveTokenWatch(token, options, this.#step)
    const watcher = new Watcher(settings, () => {
      until.removeEventListener('abort', leave)
      watched.leave(watcher)
    })
    const leave = (): void => {
      watcher.stop()
      watched.leave(watcher)
    }
    if (until.aborted) return watcher.signal
    const watched = this.#find(token)
    until.addEventListener('abort', leave, { once: true })
    watched.join(watcher)
    return watcher.signal
  }

  /** Ends all watches as unchecked. */
  close(): void {
    for (const watched of this.#tokens.values()) watched.end(() => new WatchEnded('unchecked'))
  }

  #find(token: string): WatchedToken {
    const { limits, introspect, clock, sharesTimers, touched } = this.#step
    const key = sharesTimers ? token : Symbol('connection')
    const known = this.#tokens.get(key)
    if (known !== undefined) return known
    if (this.#tokens.size >= limits.maxWatched) {
      throw new WatchOverloadedError(`${limits.maxWatched} tokens are watched, which is watch.maxWatched`)
    }
    const watched = new WatchedToken(
      // After the first check, requests are never shared, so that no answer is older than its check.
      (fresh, signal, liveness) => introspect(token, fresh ? { signal, maxAgeSeconds: 0 } : { signal }, liveness),
      clock,
      () => this.#tokens.delete(key),
      touched && { touched, spreadMs: () => Math.min(LONGEST_SPREAD_MS, this.#tokens.size / TOKENS_PER_MS) },
    )
    this.#tokens.set(key, watched)
    return watched
  }
}

/** A signal that has already aborted. */
export function endedWatch(reason: WatchEndReason): AbortSignal {
  return AbortSignal.abort(new WatchEnded(reason))
}

function resolveTokenWatch<Claims extends object>(
  token: string,
  options: TokenWatchOptions<Claims>,
  { limits, policy: inherited, cleanerFor, now }: WatchStep,
): { settings: WatcherSettings; until: AbortSignal } {
  const group = new OptionGroup('watch', options, WATCH_OPTIONS)
  const until = group.raw('until')
  if (!(until instanceof AbortSignal))
    throw group.error('until', 'must be an AbortSignal, or a token is watched for ever')
  const { policy, check, optional } = resolveGuardOptions(group.raw('policy') ?? {}, inherited)
  if (optional) throw group.error('policy', 'cannot be optional: there is a token')
  const request = group.raw('request') as GuardRequest | undefined
  if (check !== undefined && request === undefined) throw group.error('request', 'is required, for policy.check')
  const { everySeconds, maxUncheckedSeconds } = resolvePace(group, limits)
  return {
    until,
    settings: {
      policy,
      check: check && ((answer) => check(answer, request as GuardRequest)),
      everyMs: everySeconds * 1000,
      maxUncheckedMs: maxUncheckedSeconds * 1000,
      createCleaner: () => cleanerFor(token),
      onError: group.function<WatcherSettings['onError']>('onError'),
      now,
    },
  }
}
