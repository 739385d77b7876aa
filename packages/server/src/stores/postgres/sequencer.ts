/** Numbers the events of the log after their transactions. */
import type { LogPosition } from '../log-position.ts'
import { NUMBERED_AT_ONCE } from './log-statements.ts'

/** What one transaction numbered, and the last position after it. */
export interface NumberedEvents {
  readonly last: LogPosition
  readonly numbered: number
}

/** What a sequencer does. */
export interface SequencerSettings {
  /** Numbers up to {@link NUMBERED_AT_ONCE} events. */
  readonly numberEvents: () => Promise<NumberedEvents>
  /** Called after a run that numbered something. */
  readonly onNumbered: () => void
  /** Calls back when the sequencer has rested after a run, unless the function that it returns is called before. */
  readonly rest: (rested: () => void) => () => void
}

/** Runs one at a time. A caller gets a run that begins after its call, and shares it with the others that wait. */
export class Sequencer {
  readonly #settings: SequencerSettings
  #running: Promise<LogPosition> | undefined
  #next: Promise<LogPosition> | undefined
  /** Set from the beginning of a run to the end of the rest after it. */
  #isResting = false
  #stopResting: (() => void) | undefined
  /** The run after the rest, for callers that do not wait for it. */
  #later: PromiseWithResolvers<LogPosition> | undefined

  constructor(settings: SequencerSettings) {
    this.#settings = settings
  }

  /** Numbers every event that was committed before this call. Gives the last position. */
  run(): Promise<LogPosition> {
    if (this.#running === undefined) return this.#start()
    return (this.#next ??= this.#startAfter(this.#running))
  }

  /** The same, but the run may begin after a rest. {@link Sequencer.hurry} ends the rest. */
  runSoon(): Promise<LogPosition> {
    if (!this.#isResting) return this.run()
    this.#later ??= Promise.withResolvers()
    return this.#later.promise
  }

  /** Begins the run of those who called {@link Sequencer.runSoon}, if it has not begun. */
  hurry(): void {
    // Its callers have the error.
    if (this.#later !== undefined) this.run().catch(() => undefined)
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
    this.#stopResting?.()
    this.#isResting = true
    const later = this.#later
    this.#later = undefined
    const running = this.#numberAll()
    this.#running = running
    later?.resolve(running)
    return running
  }

  async #numberAll(): Promise<LogPosition> {
    let any = false
    try {
      for (;;) {
        const { last, numbered } = await this.#settings.numberEvents()
        any ||= numbered > 0
        if (numbered < NUMBERED_AT_ONCE) return last
      }
    } finally {
      this.#running = undefined
      this.#stopResting = this.#settings.rest(() => this.#endRest())
      if (any) this.#settings.onNumbered()
    }
  }

  #endRest(): void {
    this.#stopResting = undefined
    this.#isResting = false
    this.hurry()
  }
}
