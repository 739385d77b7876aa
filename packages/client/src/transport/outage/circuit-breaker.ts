/** Step `transport`: an endpoint that fails again and again is left alone for a while. */
import { TransportCircuitOpenError } from '../../errors.ts'

/** Whether requests are let through: all of them, none, or one to see how it goes. */
export type CircuitState = 'closed' | 'open' | 'half_open'

/** When a circuit opens, and for how long. */
export interface CircuitBreakerLimits {
  readonly failures: number
  readonly openMs: number
  readonly maxOpenMs: number
}

/** What a circuit breaker needs. */
export interface CircuitBreakerSettings extends CircuitBreakerLimits {
  /** Milliseconds, by a clock that is never set back. */
  readonly nowMs: () => number
  /** At least 0 and below 1. */
  readonly random: () => number
  /** Told of every change. */
  readonly onChange: (state: CircuitState, openMs: number) => void
}

/** No call takes longer; a request that has not ended by then is lost, as in a worker whose caller has left. */
const LONGEST_ATTEMPT_MS = 60_000

/** How a request went: the endpoint was there, or it was not, or nobody waited to see. */
export type AttemptOutcome = 'answered' | 'failed' | 'abandoned'

/**
 * Counts failures in a row. While the circuit is open nothing is sent; then one request goes ahead of the others, and how
 * it goes decides for all. What was sent before a change says nothing about the time after it.
 */
export class CircuitBreaker {
  readonly #settings: CircuitBreakerSettings
  #state: CircuitState = 'closed'
  #failures = 0
  /** How often it opened since it last worked. */
  #openings = 0
  #openUntilMs = 0
  /** Of changes. */
  #count = 0

  constructor(settings: CircuitBreakerSettings) {
    this.#settings = settings
  }

  get state(): CircuitState {
    return this.#state
  }

  /**
   * Lets a request through.
   *
   * @returns what {@link CircuitBreaker.settle} wants to be given with its outcome.
   * @throws TransportCircuitOpenError when nothing is let through now.
   */
  admit(): number {
    if (this.#state === 'closed') return this.#count
    this.check()
    this.#change('half_open')
    this.#openUntilMs = this.#settings.nowMs() + LONGEST_ATTEMPT_MS
    return this.#count
  }

  /**
   * Whether a request would be let through.
   *
   * @throws TransportCircuitOpenError when not.
   */
  check(): void {
    if (this.#state === 'closed') return
    const remainingMs = this.#openUntilMs - this.#settings.nowMs()
    if (!(remainingMs > 0)) return
    throw new TransportCircuitOpenError(
      'the authorization server has failed too often in a row: it is left alone until one request has worked',
      this.#state === 'open' ? Math.ceil(remainingMs / 1000) : 1,
    )
  }

  /** Takes notice of how a request went; `retryAfterSeconds` is how long the endpoint itself asks to be left alone. */
  settle(attempt: number, outcome: AttemptOutcome, retryAfterSeconds = 0): void {
    if (attempt !== this.#count) return
    if (outcome === 'answered') this.#close()
    else if (outcome === 'failed') this.#fail(retryAfterSeconds)
    // The next one may try instead.
    else if (this.#state === 'half_open') {
      this.#openUntilMs = this.#settings.nowMs()
      this.#change('open')
    }
  }

  #close(): void {
    this.#failures = 0
    this.#openings = 0
    if (this.#state !== 'closed') this.#change('closed')
  }

  #fail(retryAfterSeconds: number): void {
    const { failures, openMs, maxOpenMs, nowMs, random } = this.#settings
    this.#failures += 1
    if (this.#state === 'closed' && !(retryAfterSeconds > 0) && this.#failures < failures) return
    // Longer each time, and not the same for every process.
    const backoffMs = openMs * 2 ** Math.min(this.#openings, 20) * (1 + random() / 4)
    const forMs = Math.min(maxOpenMs, Math.max(backoffMs, retryAfterSeconds * 1000))
    this.#openings += 1
    this.#openUntilMs = nowMs() + forMs
    this.#change('open', forMs)
  }

  #change(state: CircuitState, openMs = 0): void {
    this.#state = state
    this.#count += 1
    this.#settings.onChange(state, openMs)
  }
}
