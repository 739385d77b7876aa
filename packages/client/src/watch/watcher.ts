/** One connection that lives by a token: its policy, its patience and its signal. */
import { isPromise } from '@token-introspection/core/maybe-promise'
import { checkPermission, checkTarget, describeMistake } from '../policy/check-policy.ts'
import type { IntrospectionError } from '../errors.ts'
import type { JudgedToken, Policy } from '../policy/policy.ts'
import { WatchEnded } from './watch-ended.ts'

/** What a connection wants of its token. */
export interface WatcherSettings {
  readonly policy: Policy
  /** A check of the application, with its request already in it. */
  readonly check: ((token: JudgedToken) => boolean | Promise<boolean>) | undefined
  readonly everyMs: number
  readonly maxUncheckedMs: number
  readonly onError: ((error: IntrospectionError) => void) | undefined
  /** Seconds since the epoch. */
  readonly now: () => number
}

/** Watches until it is ended, by itself or by whoever has it. */
export class Watcher {
  readonly settings: WatcherSettings
  readonly #controller = new AbortController()
  readonly #onEnd: () => void
  #goodAtMs = Number.NEGATIVE_INFINITY
  #isOver = false

  /** @param onEnd - told when it has ended by itself. */
  constructor(settings: WatcherSettings, onEnd: () => void) {
    this.settings = settings
    this.#onEnd = onEnd
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** When it must have been found good again; the clock is that of elapsed time. */
  get trustedUntilMs(): number {
    return this.#goodAtMs + this.settings.everyMs + this.settings.maxUncheckedMs
  }

  /** Holds the token good since a moment. */
  trust(sinceMs: number): void {
    this.#goodAtMs = Math.max(this.#goodAtMs, sinceMs)
  }

  /** Judges an answer that was asked for at `askedAtMs`. What a check of the application takes its time for is not good yet. */
  judge(token: JudgedToken, askedAtMs: number): void {
    try {
      const { policy, check, now } = this.settings
      const lacking = checkTarget(token, policy) ?? checkPermission(token, policy, now)
      if (lacking !== undefined) {
        return this.end(new WatchEnded('policy', lacking, { detail: describeMistake(lacking, token, policy) }))
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

  /** The token could not be checked this time. What a listener throws is its own affair. */
  tell(failure: IntrospectionError): void {
    try {
      const told: unknown = this.settings.onError?.(failure)
      if (told instanceof Promise) told.catch(() => undefined)
    } catch {}
  }

  /** Aborts the signal, and says so. */
  end(ended: WatchEnded): void {
    if (this.#isOver) return
    this.stop()
    this.#onEnd()
    this.#controller.abort(ended)
  }

  /** Nobody looks at the signal any more. */
  stop(): void {
    this.#isOver = true
  }

  #conclude(passes: unknown, askedAtMs: number): void {
    if (passes === true) this.trust(askedAtMs)
    else this.end(new WatchEnded('policy', 'check'))
  }

  /** A check that fails says nothing good about the token. */
  #fail(cause: unknown): void {
    this.end(new WatchEnded('unchecked', undefined, { cause }))
  }
}
