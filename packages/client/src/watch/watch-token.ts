/** Watching tokens for connections that outlive their first request. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { OptionGroup } from '@token-introspection/core/options'
import { type IntrospectionError, WatchOverloadedError } from '../errors.ts'
import type { IntrospectOptions } from '../introspect.ts'
import { type GuardOptions, type InheritedPolicy, resolveGuardOptions } from '../policy/policy-options.ts'
import type { JudgedToken } from '../policy/policy.ts'
import type { IntrospectionResult } from '../result/introspection-result.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import type { WatchClock } from './watch-clock.ts'
import { WatchEnded, type WatchEndReason } from './watch-ended.ts'
import { resolvePace, type WatchLimits } from './watch-options.ts'
import { WatchedToken } from './watched-token.ts'
import { Watcher, type WatcherSettings } from './watcher.ts'

/** What a watched token must keep up to: the options of a guard, of which `maxAgeSeconds` means nothing here. */
export type WatchPolicy = GuardOptions

/** Options of {@link IntrospectionClient.watch}. */
export interface TokenWatchOptions {
  /**
   * What the token must keep up to, on top of the client's `policy`: the options of the guard that let the connection in. The
   * binding to a key or a certificate was proved there, and is not proved again.
   */
  readonly policy: WatchPolicy
  /** Ends the watching: the connection is over. Whoever never aborts it has the token asked about until it is not good. */
  readonly until: AbortSignal
  /** For this connection: see {@link WatchOptions.everySeconds}. Default what option `watch` of the client says. */
  readonly everySeconds?: number | undefined
  /** For this connection: see {@link WatchOptions.maxUncheckedSeconds}. Default what option `watch` of the client says. */
  readonly maxUncheckedSeconds?: number | undefined
  /** The request the connection began with, for the `check` of the policy, which needs one. Default none. */
  readonly request?: GuardRequest | undefined
  /** Told whenever the token could not be checked; what it throws is ignored. Default nobody. */
  readonly onError?: ((error: IntrospectionError) => void) | undefined
}

/** The names of these options. */
export const WATCH_OPTIONS = ['policy', 'until', 'everySeconds', 'maxUncheckedSeconds', 'request', 'onError'] as const

/** What watching takes. */
export interface WatchStep {
  readonly limits: WatchLimits
  readonly policy: InheritedPolicy
  readonly introspect: (token: string, options: IntrospectOptions) => MaybePromise<IntrospectionResult>
  /** Seconds since the epoch. */
  readonly now: () => number
  readonly clock: WatchClock
  /** Whether one timer may serve several requests: not where it ends with the request that set it. */
  readonly sharesTimers: boolean
}

/** The tokens of one client that are watched. */
export class TokenWatches {
  readonly #step: WatchStep
  /**
   * By the token itself: it must be kept to be asked about again, so a digest would hide nothing. Where timers are not shared,
   * each connection has its own.
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
  watch(token: string, options: TokenWatchOptions): AbortSignal {
    const { settings, until } = resolveTokenWatch(options, this.#step)
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

  /** Ends them all: nobody checks them any more. */
  close(): void {
    for (const watched of this.#tokens.values()) watched.end(() => new WatchEnded('unchecked'))
  }

  #find(token: string): WatchedToken {
    const { limits, introspect, clock, sharesTimers } = this.#step
    const key = sharesTimers ? token : Symbol('connection')
    const known = this.#tokens.get(key)
    if (known !== undefined) return known
    if (this.#tokens.size >= limits.maxWatched) {
      throw new WatchOverloadedError(`${limits.maxWatched} tokens are watched, which is watch.maxWatched`)
    }
    const watched = new WatchedToken(
      // Always a flight of its own after the first, so that no answer is older than its question.
      (fresh, signal) => introspect(token, fresh ? { signal, maxAgeSeconds: 0 } : { signal }),
      clock,
      () => this.#tokens.delete(key),
    )
    this.#tokens.set(key, watched)
    return watched
  }
}

/** The signal of a token that was over before it was watched. */
export function endedWatch(reason: WatchEndReason): AbortSignal {
  return AbortSignal.abort(new WatchEnded(reason))
}

function resolveTokenWatch(
  options: TokenWatchOptions,
  { limits, policy: inherited, now }: WatchStep,
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
      check: check && ((token: JudgedToken) => check(token, request as GuardRequest)),
      everyMs: everySeconds * 1000,
      maxUncheckedMs: maxUncheckedSeconds * 1000,
      onError: group.function<WatcherSettings['onError']>('onError'),
      now,
    },
  }
}
