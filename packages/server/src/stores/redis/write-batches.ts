/** Sends writes together that come while others are under way. */

/** The most writes of one script. Redis does nothing else while it runs. */
export const LARGEST_WRITE_BATCH = 64

/**
 * Sends a write at once if none is under way. Otherwise it waits until the tick ends, for all those that come meanwhile. So a write
 * alone never waits, and writes keep their order.
 */
export class WriteBatches<Write, Answer> {
  readonly #send: (writes: readonly Write[]) => Promise<Answer>
  #underWay = 0
  #waiting: { readonly writes: Write[]; readonly answer: PromiseWithResolvers<Answer> } | undefined

  /** @param send - sends writes. Its answer is for each of them. */
  constructor(send: (writes: readonly Write[]) => Promise<Answer>) {
    this.#send = send
  }

  /** Sends this write, alone or with others. If they fail, each of them rejects. */
  add(write: Write): Promise<Answer> {
    if (this.#underWay === 0 && this.#waiting === undefined) return this.#start([write])
    const waiting = (this.#waiting ??= this.#wait())
    waiting.writes.push(write)
    if (waiting.writes.length === LARGEST_WRITE_BATCH) this.#sendWaiting()
    return waiting.answer.promise
  }

  #wait() {
    setImmediate(() => this.#sendWaiting())
    return { writes: [], answer: Promise.withResolvers<Answer>() }
  }

  #sendWaiting(): void {
    const waiting = this.#waiting
    // A full batch was already sent.
    if (waiting === undefined) return
    this.#waiting = undefined
    waiting.answer.resolve(this.#start(waiting.writes))
  }

  async #start(writes: readonly Write[]): Promise<Answer> {
    this.#underWay++
    try {
      return await this.#send(writes)
    } finally {
      this.#underWay--
    }
  }
}
