/** Step `transport`: the circuit of one URL, apart for tokens that were active lately and for all others. */
import { CircuitBreaker, type CircuitBreakerSettings, type CircuitState } from './circuit-breaker.ts'

/** Which tokens: those that were active when they were last asked about, or all others. */
export type CircuitTokens = 'known' | 'unknown'

/** What it needs. */
export interface EndpointCircuitSettings extends Omit<CircuitBreakerSettings, 'onChange'> {
  /** Told of every change. */
  readonly onChange: (tokens: CircuitTokens, state: CircuitState, openMs: number) => void
  /** Whether the endpoint answers when it is asked about a token that nobody has presented. */
  readonly probe?: (() => Promise<boolean>) | undefined
}

/**
 * Two circuits, because a sender of made-up tokens may find some that the authorization server fails for: their failures
 * stop no token that was active lately. An answer about any token closes both. Nor do they stop a good token for long that
 * is seen for the first time: when the circuit of the others opens, the client asks about a token of its own.
 */
export class EndpointCircuit {
  /** For tokens that were active lately, and for requests about none. */
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
        // Not where the request that went ahead was given up: then the next one does.
        if (state === 'open' && openMs > 0 && probe !== undefined) void this.#ask(probe)
      },
    })
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

  async #ask(probe: () => Promise<boolean>): Promise<void> {
    if (await probe().catch(() => false)) this.answered()
  }
}
