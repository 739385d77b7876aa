/** What happens when, on the one true clock of a history. */

interface Entry {
  readonly atMs: number
  readonly run: () => void
}

/** The true time, and everything that waits for its moment. */
export class Timetable {
  /** Latest first. */
  readonly #entries: Entry[] = []
  #nowMs = 0

  /** Milliseconds since the history began. */
  get nowMs(): number {
    return this.#nowMs
  }

  /** Runs what is due until then, in order, unless `isStopped` says so. */
  goOn(untilMs: number, isStopped: () => boolean): void {
    for (;;) {
      const next = this.#entries.at(-1)
      if (next === undefined || next.atMs > untilMs || isStopped()) break
      this.#entries.pop()
      this.#nowMs = next.atMs
      next.run()
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs)
  }

  /** Runs something after a time, or at once when there is none to wait. */
  after(delayMs: number, run: () => void): void {
    if (delayMs <= 0) {
      run()
      return
    }
    const atMs = this.#nowMs + delayMs
    let index = this.#entries.length
    this.#entries.push({ atMs, run })
    // The earlier of two with the same time stays last.
    while (index > 0 && (this.#entries[index - 1] as Entry).atMs <= atMs) {
      this.#entries[index] = this.#entries[index - 1] as Entry
      index -= 1
    }
    this.#entries[index] = { atMs, run }
  }
}
