/** Step `transport`: stops requests to an endpoint that does not answer, for a while. */
import { TransportCircuitOpenError } from '../../errors.ts'

/** Whether requests are let through: all (`closed`), none (`open`), or a single one as a test (`half_open`). */
export type CircuitState = 'closed' | 'open' | 'half_open'

/** When a circuit opens, and for how long. */
export interface CircuitBreakerLimits {
  readonly failures: number
  readonly windowMs: number
  readonly openMs: number
  readonly maxOpenMs: number
}

/** The settings of a circuit breaker. */
export interface CircuitBreakerSettings extends CircuitBreakerLimits {
  /** Milliseconds, by a clock that is never set back. */
  readonly nowMs: () => number
  /** At least 0 and below 1. */
  readonly random: () => number
  /** Told of every change. */
  readonly onChange: (state: CircuitState, openMs: number) => void
}

/** No request lives longer. A request that has not ended by then is lost, as in a worker whose caller has left. */
const LONGEST_ATTEMPT_MS = 120_000

/** How many tokens are remembered that failed while the circuit was open. */
const MAX_PROBES = 64

/**
 * The outcome of a request without an answer: the endpoint failed, or the request was abandoned and says nothing about
 * it.
 */
export type AttemptOutcome = 'failed' | 'abandoned'

/**
 * Counts the tokens whose requests failed since the last answer. The circuit opens when there are many, and there was
 * no answer for a while: then the endpoint is down, and does not only fail for some tokens. While the circuit is open,
 * no request is sent. Then a single request is tried. Any answer closes the circuit.
 */
export class CircuitBreaker {
  readonly #settings: CircuitBreakerSettings
  #state: CircuitState = 'closed'
  /** Tokens that failed since the last answer, at most as many as count. */
  readonly #failed = new Set<string>()
  /** Failures of requests without a token. */
  #otherFailures = 0
  /** Tokens whose request failed since the circuit opened. */
  readonly #probed = new Set<string>()
  #answeredAtMs: number
  /** How often the circuit opened since the last answer. */
  #openings = 0
  #openUntilMs = 0
  #openForMs = 0
  /** The number of changes of state. */
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
   * @returns the number to pass to {@link CircuitBreaker.settle} with the outcome.
   * @throws TransportCircuitOpenError when the circuit lets no request through.
   */
  admit(fingerprint?: string): number {
    if (this.#state === 'closed') return this.#count
    this.check(fingerprint)
    this.#change('half_open')
    this.#openUntilMs = this.#settings.nowMs() + LONGEST_ATTEMPT_MS
    return this.#count
  }

  /**
   * Checks whether a request would be let through.
   *
   * @throws TransportCircuitOpenError when it would not.
   */
  check(fingerprint?: string): void {
    if (this.#state === 'closed') return
    const remainingMs = this.#remainingMs(fingerprint)
    if (!(remainingMs > 0)) return
    throw new TransportCircuitOpenError(
      'requests for several tokens failed and none was answered: the client sends nothing to this authorization server until one ' +
        'request has succeeded',
      this.#state === 'open' ? Math.ceil(remainingMs / 1000) : 1,
    )
  }

  /** Records an answer: the endpoint works. */
  answered(nowMs: number): void {
    this.#answeredAtMs = nowMs
    if (this.#failed.size > 0) this.#failed.clear()
    if (this.#probed.size > 0) this.#probed.clear()
    this.#otherFailures = 0
    this.#openings = 0
    if (this.#state !== 'closed') this.#change('closed')
  }

  /**
   * Records a request without an answer. A request that was sent before the last change of state is ignored.
   *
   * @param retryAfterSeconds - the pause that the endpoint asks for. It counts when the circuit opens.
   */
  settle(attempt: number, outcome: AttemptOutcome, fingerprint?: string, retryAfterSeconds = 0): void {
    if (attempt !== this.#count) return
    if (outcome === 'failed') this.#fail(fingerprint, retryAfterSeconds)
    // Another request may try instead.
    else if (this.#state === 'half_open') {
      this.#openUntilMs = this.#settings.nowMs()
      this.#openForMs = 0
      this.#change('open')
    }
  }

  /**
   * A token that failed has to wait as long again, so that other tokens are tried first. The fault may be in the token.
   */
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
    // Longer each time, and different in every process.
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
