/** Step `transport`: an endpoint through which nothing comes is left alone for a while. */
import { TransportCircuitOpenError } from '../../errors.ts'

/** Whether requests are let through: all of them, none, or one to see how it goes. */
export type CircuitState = 'closed' | 'open' | 'half_open'

/** When a circuit opens, and for how long. */
export interface CircuitBreakerLimits {
  readonly failures: number
  readonly windowMs: number
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

/** No request lives longer; one that has not ended by then is lost, as in a worker whose caller has left. */
const LONGEST_ATTEMPT_MS = 120_000

/** Tokens are remembered that a request was tried with while the circuit was open; more than these are not. */
const MAX_PROBES = 64

/** How a request went that brought no answer: the endpoint failed, or nobody waited to see, or it says nothing about it. */
export type AttemptOutcome = 'failed' | 'abandoned'

/**
 * Counts the tokens whose requests failed since the last answer. The circuit opens when they are many, and nothing has come
 * through for a while: then the endpoint is down, and not just unable to say something about some tokens. While it is open
 * nothing is sent; then one request goes ahead of the others. Any answer closes it.
 */
export class CircuitBreaker {
  readonly #settings: CircuitBreakerSettings
  #state: CircuitState = 'closed'
  /** Tokens that failed since the last answer, no more than count. */
  readonly #failed = new Set<string>()
  /** Failures of requests that are about no token. */
  #otherFailures = 0
  /** Tokens whose request was tried in vain since the circuit opened. */
  readonly #probed = new Set<string>()
  #answeredAtMs: number
  /** How often it opened since it last worked. */
  #openings = 0
  #openUntilMs = 0
  #openForMs = 0
  /** Of changes. */
  #count = 0

  constructor(settings: CircuitBreakerSettings) {
    this.#settings = settings
    this.#answeredAtMs = settings.nowMs()
  }

  get state(): CircuitState {
    return this.#state
  }

  /**
   * Lets a request through.
   *
   * @param fingerprint - of the token it is about, if any.
   * @returns what {@link CircuitBreaker.settle} wants to be given with its outcome.
   * @throws TransportCircuitOpenError when nothing is let through now.
   */
  admit(fingerprint?: string): number {
    if (this.#state === 'closed') return this.#count
    this.check(fingerprint)
    this.#change('half_open')
    this.#openUntilMs = this.#settings.nowMs() + LONGEST_ATTEMPT_MS
    return this.#count
  }

  /**
   * Whether a request would be let through.
   *
   * @throws TransportCircuitOpenError when not.
   */
  check(fingerprint?: string): void {
    if (this.#state === 'closed') return
    const remainingMs = this.#remainingMs(fingerprint)
    if (!(remainingMs > 0)) return
    throw new TransportCircuitOpenError(
      'the authorization server has failed for one token after the other and answered nothing: it is left alone until one ' +
        'request has worked',
      this.#state === 'open' ? Math.ceil(remainingMs / 1000) : 1,
    )
  }

  /** Takes notice of an answer: the endpoint is there. */
  answered(nowMs: number): void {
    this.#answeredAtMs = nowMs
    if (this.#failed.size > 0) this.#failed.clear()
    if (this.#probed.size > 0) this.#probed.clear()
    this.#otherFailures = 0
    this.#openings = 0
    if (this.#state !== 'closed') this.#change('closed')
  }

  /**
   * Takes notice of a request without an answer. What was sent before a change says nothing about the time after it.
   *
   * @param retryAfterSeconds - how long the endpoint asks to be left alone, which counts when the circuit opens.
   */
  settle(attempt: number, outcome: AttemptOutcome, fingerprint?: string, retryAfterSeconds = 0): void {
    if (attempt !== this.#count) return
    if (outcome === 'failed') this.#fail(fingerprint, retryAfterSeconds)
    // The next one may try instead.
    else if (this.#state === 'half_open') {
      this.#openUntilMs = this.#settings.nowMs()
      this.#openForMs = 0
      this.#change('open')
    }
  }

  /** A token that was tried in vain lets the others go first, for as long again; it may be the one that is odd. */
  #remainingMs(fingerprint: string | undefined): number {
    const remainingMs = this.#openUntilMs - this.#settings.nowMs()
    if (this.#state === 'half_open' || fingerprint === undefined || !this.#probed.has(fingerprint)) return remainingMs
    return remainingMs + this.#openForMs
  }

  #fail(fingerprint: string | undefined, retryAfterSeconds: number): void {
    if (this.#state === 'closed') {
      this.#countFailure(fingerprint)
      if (!this.#isDown()) return
    } else if (fingerprint !== undefined && this.#probed.size < MAX_PROBES) this.#probed.add(fingerprint)
    const { openMs, maxOpenMs, nowMs, random } = this.#settings
    // Longer each time, and not the same for every process.
    const backoffMs = openMs * 2 ** Math.min(this.#openings, 20) * (1 + random() / 4)
    this.#openForMs = Math.min(maxOpenMs, Math.max(backoffMs, retryAfterSeconds * 1000))
    this.#openings += 1
    this.#openUntilMs = nowMs() + this.#openForMs
    this.#change('open', this.#openForMs)
  }

  #countFailure(fingerprint: string | undefined): void {
    if (fingerprint === undefined) this.#otherFailures += 1
    else if (this.#failed.size < this.#settings.failures) this.#failed.add(fingerprint)
  }

  #isDown(): boolean {
    const { failures, windowMs, nowMs } = this.#settings
    return this.#failed.size + this.#otherFailures >= failures && nowMs() - this.#answeredAtMs >= windowMs
  }

  #change(state: CircuitState, openMs = 0): void {
    this.#state = state
    this.#count += 1
    this.#settings.onChange(state, openMs)
  }
}
