/** Step `transport`: the circuit of one URL, with one part for recently active tokens and one for all others. */
import { CircuitBreaker, type CircuitBreakerSettings, type CircuitState } from './circuit-breaker.ts'

/** The tokens of a circuit: those that were active when they were last asked about, or all others. */
export type CircuitTokens = 'known' | 'unknown'

/** The settings of the circuit. */
export interface EndpointCircuitSettings extends Omit<CircuitBreakerSettings, 'onChange'> {
  /** Told of every change. */
  readonly onChange: (tokens: CircuitTokens, state: CircuitState, openMs: number) => void
  /** Whether the endpoint answers about a token that nobody has presented. */
  readonly probe?: (() => Promise<boolean>) | undefined
}

/**
 * Two circuits, because a sender of invented tokens may find some for which the authorization server fails. These
 * failures stop no recently active token. An answer about any token closes both circuits. A good token that the client
 * sees for the first time is not stopped for long either: when the circuit of the others opens, the client probes with
 * a token of its own.
 */
export class EndpointCircuit {
  /** For recently active tokens, and for requests without a token. */
  readonly known: CircuitBreaker
  /** For all other tokens. */
  readonly unknown: CircuitBreaker
  readonly #nowMs: () => number

  constructor({ onChange, probe, ...settings }: EndpointCircuitSettings) {
    this.#nowMs = settings.nowMs
    this.known = new CircuitBreaker({ ...settings, onChange: (state, openMs) => onChange('known', state, openMs) })
    this.unknown = new CircuitBreaker({
      ...settings,
      onChange: (state, openMs) => {
        onChange('unknown', state, openMs)
        // Not after an abandoned request: then the next request probes.
        if (state === 'open' && openMs > 0 && probe !== undefined) void this.#ask(probe)
      },
    })
  }

  /** The state of the circuit that lets fewer requests through. */
  get state(): CircuitState {
    const states = [this.known.state, this.unknown.state]
    if (states.includes('open')) return 'open'
    return states.includes('half_open') ? 'half_open' : 'closed'
  }

  /** Records an answer: the endpoint works. */
  answered(): void {
    const nowMs = this.#nowMs()
    this.known.answered(nowMs)
    this.unknown.answered(nowMs)
  }

  async #ask(probe: () => Promise<boolean>): Promise<void> {
    if (await probe().catch(() => false)) this.answered()
  }
}
