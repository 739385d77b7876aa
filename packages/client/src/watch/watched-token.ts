/** One token and all connections that use it. They share a timer and each answer. */
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { isIntrospectionError } from '../errors.ts'
import type { ActiveIntrospectionResult, IntrospectionResult } from '../result/introspection-result.ts'
import { LivenessRecord } from '../revocations/liveness.ts'
import type { TouchedSlots } from '../revocations/touched-slots.ts'
import { LONGEST_TIMER_MS, type WatchClock } from './watch-clock.ts'
import { WatchEnded } from './watch-ended.ts'
import type { Watcher } from './watcher.ts'

/** Asks about the token. With `fresh` the answer must be a new one. The call ends with the signal. */
export type AskAboutToken = (
  fresh: boolean,
  signal: AbortSignal,
  liveness: LivenessRecord,
) => MaybePromise<IntrospectionResult>

/** The feed of revocations, for watched tokens. */
export interface WatchedFeed {
  readonly touched: TouchedSlots
  /** The longest pause before a token is checked that an event touched, in milliseconds: many may be touched at once. */
  readonly spreadMs: () => number
}

/** The part of the interval by which a check may come earlier. */
const JITTER = 0.25
/** How many attempts fit into the time for which a token may be unchecked. */
const TRIES = 4

/** Checks a token while connections watch it. */
export class WatchedToken {
  readonly #ask: AskAboutToken
  readonly #clock: WatchClock
  readonly #onEmpty: () => void
  readonly #feed: WatchedFeed | undefined
  /** Ends to listen to the events of the current answer. */
  #ignore: (() => void) | undefined
  /** An event touched the token during a check, which may not know of it. */
  #wasTouched = false
  readonly #watchers = new Set<Watcher>()
  readonly #gone = new AbortController()
  #answer: ActiveIntrospectionResult | undefined
  /** The last error, until a check succeeds. */
  #failure: unknown
  /** When the last good answer was requested. At first, when the watch began. */
  #goodAtMs: number
  #isAsking = false
  #askedAtMs: number
  /** When the next check is due. */
  #dueAtMs = Number.POSITIVE_INFINITY
  /** No watcher ends before this time for lack of checks. It may be earlier than necessary. */
  #trustedUntilMs = Number.POSITIVE_INFINITY
  #disarm: (() => void) | undefined
  #armedForMs = Number.POSITIVE_INFINITY

  /** @param onEmpty - called when no watcher is left. */
  constructor(ask: AskAboutToken, clock: WatchClock, onEmpty: () => void, feed?: WatchedFeed) {
    this.#feed = feed
    this.#ask = ask
    this.#clock = clock
    this.#onEmpty = onEmpty
    this.#goodAtMs = clock.elapsedMs()
    this.#askedAtMs = this.#goodAtMs
  }

  /** Adds a watcher, and judges it by the existing answer. The first watcher starts the checks. */
  join(watcher: Watcher): void {
    const isFirst = this.#watchers.size === 0
    this.#watchers.add(watcher)
    watcher.trust(this.#goodAtMs)
    if (this.#answer !== undefined) watcher.judge(this.#answer, this.#goodAtMs)
    this.#trustedUntilMs = Math.min(this.#trustedUntilMs, watcher.trustedUntilMs)
    // The guard has just asked, so its answer is good enough when it is cached.
    if (isFirst) this.#check(false)
    else {
      this.#dueAtMs = Math.min(this.#dueAtMs, this.#askedAtMs + this.#jitter(watcher.settings.everyMs))
      this.#arm()
    }
  }

  /** Removes a watcher. After the last one there are no more checks. */
  leave(watcher: Watcher): void {
    if (this.#watchers.delete(watcher) && this.#watchers.size === 0) this.#stop()
  }

  /** Ends every watcher, each with a reason object of its own. A listener that watches again starts a new watch. */
  end(createReason: () => WatchEnded): void {
    const watchers = [...this.#watchers]
    this.#watchers.clear()
    this.#stop()
    for (const watcher of watchers) watcher.end(createReason())
  }

  #check(fresh: boolean): void {
    const askedAtMs = this.#clock.elapsedMs()
    this.#askedAtMs = askedAtMs
    this.#isAsking = true
    this.#wasTouched = false
    try {
      const liveness = new LivenessRecord()
      if (this.#feed !== undefined) liveness.collectSlots()
      const answer = this.#ask(fresh, this.#gone.signal, liveness)
      if (!isPromise(answer)) return this.#hear(answer, askedAtMs, liveness)
      answer.then((late) => this.#hear(late, askedAtMs, liveness)).catch((error: unknown) => this.#miss(error))
      this.#arm()
    } catch (error) {
      this.#miss(error)
    }
  }

  #hear(answer: IntrospectionResult, askedAtMs: number, liveness: LivenessRecord): void {
    if (this.#gone.signal.aborted) return
    this.#isAsking = false
    this.#failure = undefined
    if (!answer.active) return this.end(() => new WatchEnded(this.#isExpired() ? 'expired' : 'inactive'))
    this.#answer = answer
    this.#goodAtMs = askedAtMs
    if (this.#isExpired()) return this.end(() => new WatchEnded('expired'))
    for (const watcher of this.#watchers) watcher.judge(answer, askedAtMs)
    this.#plan(askedAtMs, ({ everyMs }) => everyMs)
    this.#listen(liveness.slots)
  }

  /** Checks soon after an event that may have ended the token. */
  #listen(slots: readonly number[] | undefined): void {
    this.#ignore?.()
    this.#ignore = undefined
    if (this.#feed === undefined || slots === undefined || this.#watchers.size === 0) return
    this.#ignore = this.#feed.touched.listen(slots, () => this.#hurry())
    if (this.#wasTouched) this.#hurry()
  }

  #hurry(): void {
    this.#wasTouched = true
    if (this.#isAsking) return
    const spreadMs = this.#feed?.spreadMs() ?? 0
    this.#dueAtMs = Math.min(this.#dueAtMs, this.#clock.elapsedMs() + spreadMs * this.#clock.random())
    this.#arm()
  }

  /** Tolerates an outage. Any other error is a bug, and a token that cannot be checked does not count as good. */
  #miss(error: unknown): void {
    if (this.#gone.signal.aborted) return
    this.#isAsking = false
    this.#failure = error
    const isOutage = isIntrospectionError(error) && error.code !== 'ERR_TOKEN_TOO_LONG'
    if (!isOutage) return this.end(() => this.#unchecked())
    for (const watcher of this.#watchers) watcher.tell(error)
    this.#plan(this.#clock.elapsedMs(), ({ everyMs, maxUncheckedMs }) => Math.min(everyMs, maxUncheckedMs / TRIES))
  }

  /** Plans the next check, as soon as the watcher with the shortest interval requires it. */
  #plan(sinceMs: number, intervalOf: (settings: Watcher['settings']) => number): void {
    let intervalMs = Number.POSITIVE_INFINITY
    this.#trustedUntilMs = Number.POSITIVE_INFINITY
    for (const watcher of this.#watchers) {
      intervalMs = Math.min(intervalMs, intervalOf(watcher.settings))
      this.#trustedUntilMs = Math.min(this.#trustedUntilMs, watcher.trustedUntilMs)
    }
    this.#dueAtMs = sinceMs + this.#jitter(intervalMs)
    this.#arm()
  }

  /** One timer, for the next event of any kind. */
  #arm(): void {
    if (this.#watchers.size === 0) return
    const now = this.#clock.elapsedMs()
    const nextMs = Math.min(
      this.#isAsking ? Number.POSITIVE_INFINITY : this.#dueAtMs,
      this.#trustedUntilMs,
      now + this.#untilExpiryMs(),
    )
    if (this.#disarm !== undefined && nextMs === this.#armedForMs) return
    this.#disarm?.()
    this.#armedForMs = nextMs
    // Keep a timer that fires early: it sets itself again.
    const ms = Math.min(Math.max(1, Math.ceil(nextMs - now)), LONGEST_TIMER_MS)
    this.#disarm = this.#clock.schedule(() => this.#wake(), ms)
  }

  #wake(): void {
    this.#disarm = undefined
    if (this.#isExpired()) return this.end(() => new WatchEnded('expired'))
    const now = this.#clock.elapsedMs()
    if (now >= this.#trustedUntilMs) this.#endUntrusted(now)
    if (this.#watchers.size === 0) return
    if (!this.#isAsking && now >= this.#dueAtMs) this.#check(true)
    else this.#arm()
  }

  #endUntrusted(now: number): void {
    this.#trustedUntilMs = Number.POSITIVE_INFINITY
    for (const watcher of this.#watchers) {
      if (now >= watcher.trustedUntilMs) watcher.end(this.#unchecked())
      else this.#trustedUntilMs = Math.min(this.#trustedUntilMs, watcher.trustedUntilMs)
    }
  }

  #unchecked(): WatchEnded {
    return new WatchEnded('unchecked', undefined, { cause: this.#failure })
  }

  /**
   * Whether the token has expired by its own `exp`. Leeway for different clocks does not apply, because it would only
   * make a connection live longer.
   */
  #isExpired(): boolean {
    // NaN does not count as a time in the future.
    return !(this.#untilExpiryMs() > 0)
  }

  #untilExpiryMs(): number {
    const exp = this.#answer?.exp
    return exp === undefined ? Number.POSITIVE_INFINITY : exp * 1000 - this.#clock.nowMs()
  }

  #jitter(ms: number): number {
    return ms * (1 - JITTER * this.#clock.random())
  }

  #stop(): void {
    this.#disarm?.()
    this.#disarm = undefined
    this.#ignore?.()
    this.#ignore = undefined
    this.#onEmpty()
    this.#gone.abort()
  }
}
