/** The two clocks of a machine. The simulation alone knows the true time. */

/** What is wrong with the clocks of a machine. */
export interface ClockFaults {
  /** How fast the wall clock runs, from 1/1.01 to 1.01. */
  readonly wallRate: number
  /** How fast the monotonic clock runs, from 1/1.01 to 1.01. */
  readonly monotonicRate: number
  /** By how much the wall clock is wrong at the beginning, in milliseconds. */
  readonly offsetMs: number
}

/** The true time at the beginning of a history. */
export const EPOCH_MS = 1_796_000_000_000

export class SimulatedClock {
  readonly #faults: ClockFaults
  readonly #trueMs: () => number
  #steppedMs = 0
  #suspendedMs = 0

  constructor(faults: ClockFaults, trueMs: () => number) {
    this.#faults = faults
    this.#trueMs = trueMs
  }

  /** The wall clock, in whole milliseconds since the epoch. */
  readonly nowMs = (): number => {
    const { offsetMs, wallRate } = this.#faults
    return Math.floor(EPOCH_MS + offsetMs + this.#steppedMs + this.#trueMs() * wallRate)
  }

  /** The monotonic clock, which stands still while the machine is suspended. */
  readonly elapsedMs = (): number => (this.#trueMs() - this.#suspendedMs) * this.#faults.monotonicRate

  /** Somebody sets the wall clock. */
  step(byMs: number): void {
    this.#steppedMs += byMs
  }

  /** The machine begins a sleep of that length. Nobody may read its clocks before the sleep is over. */
  suspend(forMs: number): void {
    this.#suspendedMs += forMs
  }
}
