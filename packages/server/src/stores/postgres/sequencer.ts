/** Numbers the events of the log after their transactions. */
import type { LogPosition } from '../log-position.ts'
import { NUMBERED_AT_ONCE } from './log-statements.ts'

/** What one transaction numbered, and the last position after it. */
export interface NumberedEvents {
  readonly last: LogPosition
  readonly numbered: number
}

/** Runs one at a time. A caller gets a run that begins after its call, and shares it with the others that wait. */
export class Sequencer {
  readonly #numberEvents: () => Promise<NumberedEvents>
  readonly #onNumbered: () => void
  #running: Promise<LogPosition> | undefined
  #next: Promise<LogPosition> | undefined

  /**
   * @param numberEvents - numbers up to {@link NUMBERED_AT_ONCE} events.
   * @param onNumbered - called after a run that numbered something.
   */
  constructor(numberEvents: () => Promise<NumberedEvents>, onNumbered: () => void) {
    this.#numberEvents = numberEvents
    this.#onNumbered = onNumbered
  }

  /** Numbers every event that was committed before this call. Gives the last position. */
  run(): Promise<LogPosition> {
    if (this.#running === undefined) return this.#start()
    return (this.#next ??= this.#startAfter(this.#running))
  }

  async #startAfter(running: Promise<LogPosition>): Promise<LogPosition> {
    try {
      await running
    } catch {
      // Its callers have the error.
    }
    this.#next = undefined
    // A caller may have started a run meanwhile. It began after every caller that waits here.
    return await (this.#running ?? this.#start())
  }

  #start(): Promise<LogPosition> {
    const running = this.#numberAll()
    this.#running = running
    return running
  }

  async #numberAll(): Promise<LogPosition> {
    let any = false
    try {
      for (;;) {
        const { last, numbered } = await this.#numberEvents()
        any ||= numbered > 0
        if (numbered < NUMBERED_AT_ONCE) return last
      }
    } finally {
      this.#running = undefined
      if (any) this.#onNumbered()
    }
  }
}
