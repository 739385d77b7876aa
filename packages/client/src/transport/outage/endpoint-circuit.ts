/** Step `transport`: the circuit of one URL, apart for tokens that were active lately and for all others. */
import { CircuitBreaker, type CircuitBreakerSettings, type CircuitState } from './circuit-breaker.ts'

/** Which tokens: those that were active when they were last asked about, or all others. */
export type CircuitTokens = 'known' | 'unknown'

/** What it needs. */
export interface EndpointCircuitSettings extends Omit<CircuitBreakerSettings, 'onChange'> {
  /** Told of every change. */
  readonly onChange: (tokens: CircuitTokens, state: CircuitState, openMs: number) => void
}

/**
 * Two circuits, because a sender of made-up tokens may find some that the authorization server fails for: their failures
 * stop no token that was active lately. An answer about any token closes both.
 */
export class EndpointCircuit {
  /** For tokens that were active lately, and for requests about none. */
  readonly known: CircuitBreaker
  /** For all other tokens. */
  readonly unknown: CircuitBreaker
  readonly #nowMs: () => number

  constructor({ onChange, ...settings }: EndpointCircuitSettings) {
    this.#nowMs = settings.nowMs
    this.known = new CircuitBreaker({ ...settings, onChange: (state, openMs) => onChange('known', state, openMs) })
    this.unknown = new CircuitBreaker({ ...settings, onChange: (state, openMs) => onChange('unknown', state, openMs) })
  }

  /** The state of the circuit that lets the least through. */
  get state(): CircuitState {
    const states = [this.known.state, this.unknown.state]
    if (states.includes('open')) return 'open'
    return states.includes('half_open') ? 'half_open' : 'closed'
  }

  /** Takes notice of an answer: the endpoint is there. */
  answered(): void {
    const nowMs = this.#nowMs()
    this.known.answered(nowMs)
    this.unknown.answered(nowMs)
  }
}
