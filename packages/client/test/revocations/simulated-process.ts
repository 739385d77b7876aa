import type { ClientEngine } from './client-engine.ts'
import type { Step } from './history.ts'
import type { SimulatedClock } from './simulated-clock.ts'
import type { Revocation } from './simulated-database.ts'
import type { SimulatedToken } from './simulated-tokens.ts'

/** One call of a user. */
export interface Call {
  readonly step: Step & { readonly do: 'ask' }
  readonly token: SimulatedToken
  readonly notOlderThan: { readonly position: string; readonly revocation: Revocation } | undefined
  recalledAtMs: number
}

/** A request, and the calls that wait for it. */
export interface Flight {
  readonly calls: Call[]
}

/** A process of a resource server. */
export class SimulatedProcess {
  readonly index: number
  readonly clock: SimulatedClock
  engine: ClientEngine
  flights = new Map<SimulatedToken, Flight>()
  applied = new Set<Revocation>()
  /** Changes when it starts again. */
  life = 0
  standsUntilMs = 0
  cutOffUntilMs = 0
  setBackAtMs = Number.NEGATIVE_INFINITY

  constructor(index: number, clock: SimulatedClock, engine: ClientEngine) {
    this.index = index
    this.clock = clock
    this.engine = engine
  }
}
