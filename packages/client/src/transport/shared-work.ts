/** Work that all parallel calls share, and that goes on after its first caller has left. */

/** No deadline is longer, so work that has not ended by then never will. */
const LONGEST_MS = 120_000

interface Shift<Value> {
  readonly promise: Promise<Value>
  readonly startedAtMs: number
  over: boolean
}

/** Says whether newer work has succeeded already, so that this result is outdated. */
type IsOutdated = () => boolean

/** One piece of work at a time, and another beside it for calls that come too late to wait for the first. */
export class SharedWork<Value> {
  readonly #joinableMs: number
  readonly #nowMs: () => number
  #shift: Shift<Value> | undefined
  #begun = 0
  #succeeded = 0

  /**
   * @param joinableMs - for how long calls may join the work after its start: the time that the work may take, without
   * the time that a call waits. A later call would not have its whole deadline.
   * @param nowMs - a clock that is never set back.
   */
  constructor(joinableMs: number, nowMs: () => number = () => performance.now()) {
    this.#joinableMs = joinableMs
    this.#nowMs = nowMs
  }

  /** Whether work is on its way. A call may still be too late to join it. */
  isUnderWay(): boolean {
    return this.#shift !== undefined && this.#ageMs(this.#shift) < LONGEST_MS
  }

  /**
   * Joins the current work, or starts it. In workerd, promises end with the request that created them, when its caller
   * leaves. Work that ended in this way is started again.
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
