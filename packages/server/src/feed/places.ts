/** Limits the waiting followers of a process, so that one protected resource cannot take the places of the others. */

/** The places of waiting followers. */
export interface Places {
  /**
   * Takes a place.
   *
   * @returns gives the place back. `undefined` when there is none for this protected resource.
   */
  take(protectedResource: string): (() => void) | undefined
}

/**
 * Creates the places. A protected resource may hold at most as many places as are free. So one alone gets half of them, and
 * however many there are, each leaves another as much room as it has itself.
 */
export function createPlaces(max: number): Places {
  const held = new Map<string, number>()
  let taken = 0
  return {
    take(protectedResource) {
      const own = held.get(protectedResource) ?? 0
      if (own >= max - taken) return undefined
      held.set(protectedResource, own + 1)
      taken++
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        taken--
        const left = (held.get(protectedResource) as number) - 1
        if (left === 0) held.delete(protectedResource)
        else held.set(protectedResource, left)
      }
    },
  }
}
