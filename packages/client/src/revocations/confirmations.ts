/** Notices that a feed and an introspection endpoint do not belong together. */

/** After so many answers without a single confirmation it is no accident. */
const ENOUGH_ANSWERS = 10

/** Whether the answers of the introspection endpoint confirm positions of the feed. */
export class Confirmations {
  readonly #onNone: () => void
  #missed = 0
  #isSettled = false

  /** @param onNone - is called once, when ten answers have come and none of them has confirmed its position. */
  constructor(onNone: () => void) {
    this.#onNone = onNone
  }

  /** Notes an active answer to a request that named a position of the feed. */
  note(isConfirmed: boolean): void {
    if (this.#isSettled) return
    this.#missed += 1
    this.#isSettled = isConfirmed || this.#missed === ENOUGH_ANSWERS
    if (this.#isSettled && !isConfirmed) this.#onNone()
  }
}
