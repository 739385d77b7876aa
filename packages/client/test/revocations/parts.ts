/** What a mutation of the model can replace. */
import type { ClientEngine } from './client-engine.ts'
import type { SimulatedClock } from './simulated-clock.ts'

/** What the simulation runs. A mutation replaces one of its parts. */
export interface Parts {
  createEngine(clock: SimulatedClock, store: unknown): ClientEngine
  /** What processes share; each history has a new one. */
  createStore(): unknown
  readonly server: ServerParts
  readonly call: CallParts
}

/** The rules of the server. */
export interface ServerParts {
  /** The node that answers the lease question reads the primary, as it is after the question arrived. */
  readonly leaseReadsPrimary: boolean
  readonly leaseReadBeginsAfterQuestion: boolean
  /** The question numbers every committed event first. */
  readonly questionNumbers: boolean
  readonly keysBeforeView: boolean
  /** The position is looked up before the token. */
  readonly positionBeforeLookup: boolean
  readonly positionsHaveTags: boolean
}

/** The rules of a call. */
export interface CallParts {
  /** A call with `notOlderThan` starts a request of its own. */
  readonly joinsNothingOlder: boolean
  /** The answer is checked after the last wait. */
  readonly checksLast: boolean
}
