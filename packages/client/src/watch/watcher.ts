/** One connection that uses a token: its policy, its limits and its signal. */
import { ignoreRejection, isPromise } from '@token-introspection/core/maybe-promise'
import { checkPermission, checkTarget } from '../policy/check-policy.ts'
import { findMismatch } from '../policy/find-mismatch.ts'
import type { IntrospectionError } from '../errors.ts'
import type { Policy } from '../policy/policy.ts'
import type { ActiveIntrospectionResult } from '../result/introspection-result.ts'
import type { CleanText } from '../transport/without-secrets.ts'
import { WatchEnded } from './watch-ended.ts'

/** The requirements of a connection for its token. */
export interface WatcherSettings {
  readonly policy: Policy
  /** A check of the application, with its request already bound. */
  readonly check: ((token: ActiveIntrospectionResult) => boolean | Promise<boolean>) | undefined
  readonly everyMs: number
  readonly maxUncheckedMs: number
  /** Takes the token, and the credentials of the client, out of what the end of the watch shows. */
  readonly createCleaner: () => CleanText
  readonly onError: ((error: IntrospectionError) => void) | undefined
  /** Seconds since the epoch. */
  readonly now: () => number
}

/** Watches until the watcher or its owner ends it. */
export class Watcher {
  readonly settings: WatcherSettings
  readonly #controller = new AbortController()
  readonly #onEnd: () => void
  #goodAtMs = Number.NEGATIVE_INFINITY
  #isOver = false

  /** @param onEnd - called when it has ended by itself. */
  constructor(settings: WatcherSettings, onEnd: () => void) {
    this.settings = settings
    this.#onEnd = onEnd
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** When the token must have been found good again, by the clock of elapsed time. */
  get trustedUntilMs(): number {
    return this.#goodAtMs + this.settings.everyMs + this.settings.maxUncheckedMs
  }

  /** Counts the token as good since a moment. */
  trust(sinceMs: number): void {
    this.#goodAtMs = Math.max(this.#goodAtMs, sinceMs)
  }

  /**
   * Judges an answer that was requested at `askedAtMs`. While a check of the application runs, the token does not count
   * as good.
   */
  judge(token: ActiveIntrospectionResult, askedAtMs: number): void {
    try {
      const { policy, check, createCleaner, now } = this.settings
      const lacking = checkTarget(token, policy) ?? checkPermission(token, policy, now)
      if (lacking !== undefined) {
        return this.end(new WatchEnded('policy', lacking, findMismatch(lacking, token, policy, now, createCleaner())))
      }
      const passes = check === undefined ? true : check(token)
      if (isPromise(passes)) {
        passes.then(
          (late) => this.#conclude(late, askedAtMs),
          (error: unknown) => this.#fail(error),
        )
      } else this.#conclude(passes, askedAtMs)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** The token could not be checked this time. An error of the listener is ignored. */
  tell(failure: IntrospectionError): void {
    try {
      ignoreRejection(this.settings.onError?.(failure))
    } catch {}
  }

  /** Aborts the signal and calls `onEnd`. */
  end(ended: WatchEnded): void {
    if (this.#isOver) return
    this.stop()
    this.#onEnd()
    this.#controller.abort(ended)
  }

  /** Ends the watch, because its owner does not need the signal any more. */
  stop(): void {
    this.#isOver = true
  }

  #conclude(passes: unknown, askedAtMs: number): void {
    if (passes === true) this.trust(askedAtMs)
    else this.end(new WatchEnded('policy', 'check'))
  }

  /** A check that fails does not make the token good. */
  #fail(cause: unknown): void {
    this.end(new WatchEnded('unchecked', undefined, { cause }))
  }
}
