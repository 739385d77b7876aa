/** Tells those who wait for an event of certain keys. */

/** Listeners by slot. */
export class TouchedSlots {
  readonly #listeners = new Map<number, Set<() => void>>()

  /** Reports that an event touched a slot. */
  readonly report = (slot: number): void => {
    if (this.#listeners.size === 0) return
    for (const listener of this.#listeners.get(slot) ?? []) listener()
  }

  /** Calls the listener after each event that touches one of the slots. Returns how to end that. */
  listen(slots: readonly number[], listener: () => void): () => void {
    for (const slot of slots) {
      const listeners = this.#listeners.get(slot)
      if (listeners === undefined) this.#listeners.set(slot, new Set([listener]))
      else listeners.add(listener)
    }
    return () => {
      for (const slot of slots) {
        const listeners = this.#listeners.get(slot)
        listeners?.delete(listener)
        if (listeners?.size === 0) this.#listeners.delete(slot)
      }
    }
  }
}
