/** Work that everybody who needs it at the same time waits for, and that survives those who began it. */

/** No deadline is longer, so what has not ended by then never will. */
const LONGEST_MS = 120_000

interface Shift<Value> {
  readonly promise: Promise<Value>
  readonly startedAtMs: number
  over: boolean
}

/** Says whether something that began later has succeeded already, so that what this brings is out of date. */
type IsOutdated = () => boolean

/** One piece of work at a time, and another beside it for those who came too late to wait for the first. */
export class SharedWork<Value> {
  readonly #joinableMs: number
  readonly #nowMs: () => number
  #shift: Shift<Value> | undefined
  #begun = 0
  #succeeded = 0

  /**
   * @param joinableMs - for how long it may be joined after it began: the time that work may take less the time that a call
   * waits. One that came later would be left with less than its own deadline.
   * @param nowMs - a clock that is never set back.
   */
  constructor(joinableMs: number, nowMs: () => number = () => performance.now()) {
    this.#joinableMs = joinableMs
    this.#nowMs = nowMs
  }

  /** Whether there is some, which need not mean that it can still be joined. */
  isUnderWay(): boolean {
    return this.#shift !== undefined && this.#ageMs(this.#shift) < LONGEST_MS
  }

  /**
   * Joins what is under way, or begins. In workerd promises end with the request that made them, when its caller leaves:
   * what fails without having failed by itself is begun again.
   */
  async join(work: (isOutdated: IsOutdated) => Promise<Value>): Promise<Value> {
    const known = this.#shift
    const shift = known !== undefined && this.#ageMs(known) < this.#joinableMs ? known : this.#begin(work)
    try {
      return await shift.promise
    } catch (error) {
      if (shift.over) throw error
      if (this.#shift === shift) this.#shift = undefined
      return this.join(work)
    }
  }

  #begin(work: (isOutdated: IsOutdated) => Promise<Value>): Shift<Value> {
    const number = ++this.#begun
    const running = work(() => this.#succeeded > number)
    const promise = running.finally(() => this.#end(shift))
    running.then(
      () => (this.#succeeded = Math.max(this.#succeeded, number)),
      () => undefined,
    )
    const shift: Shift<Value> = { promise, startedAtMs: this.#nowMs(), over: false }
    this.#shift = shift
    return shift
  }

  #ageMs({ startedAtMs }: Shift<Value>): number {
    return this.#nowMs() - startedAtMs
  }

  #end(shift: Shift<Value>): void {
    shift.over = true
    if (this.#shift === shift) this.#shift = undefined
  }
}
