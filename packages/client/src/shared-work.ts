/** Work that everybody who needs it at the same time waits for, and that survives those who began it. */

/** No deadline is longer, so what has not ended by then never will. */
const LONGEST_MS = 60_000

interface Shift<Value> {
  readonly promise: Promise<Value>
  readonly startedAtMs: number
  over: boolean
}

/** One piece of work at a time. */
export class SharedWork<Value> {
  #shift: Shift<Value> | undefined

  /** Whether it can be joined. */
  isUnderWay(): boolean {
    return this.#shift !== undefined && performance.now() - this.#shift.startedAtMs < LONGEST_MS
  }

  /**
   * Joins what is under way, or begins. In workerd promises end with the request that made them, when its caller leaves:
   * what fails without having failed by itself is begun again.
   */
  async join(work: () => Promise<Value>): Promise<Value> {
    const shift = (this.isUnderWay() ? this.#shift : undefined) ?? this.#begin(work)
    try {
      return await shift.promise
    } catch (error) {
      if (shift.over) throw error
      if (this.#shift === shift) this.#shift = undefined
      return this.join(work)
    }
  }

  #begin(work: () => Promise<Value>): Shift<Value> {
    const promise = work().finally(() => this.#end(shift))
    const shift: Shift<Value> = { promise, startedAtMs: performance.now(), over: false }
    this.#shift = shift
    return shift
  }

  #end(shift: Shift<Value>): void {
    shift.over = true
    if (this.#shift === shift) this.#shift = undefined
  }
}
