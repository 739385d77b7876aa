/** Remembers which protected resources used up their budget, so that refusing them again costs no lookup. */

/** A memory of what a limiter said last. */
export interface UsedUpBudgets {
  /** Milliseconds until the protected resource may ask again; 0 when it may now. */
  leftMs(id: string): number
  /** Remembers that its budget is used up for so many milliseconds. */
  remember(id: string, forMs: number): void
}

/** Protected resources that are remembered. The limiter is asked about any beyond that. */
const MAX_REMEMBERED = 10_000

/**
 * Creates a memory. Its keys are identifiers of authenticated protected resources, so its size follows your registry.
 *
 * @param now - milliseconds since the epoch. A clock that is set back ends a refusal.
 */
export function createUsedUpBudgets(now: () => number): UsedUpBudgets {
  const refusals = new Map<string, { readonly sinceMs: number; readonly forMs: number }>()
  return {
    leftMs(id) {
      // A warm request usually ends here.
      if (refusals.size === 0) return 0
      const refusal = refusals.get(id)
      if (refusal === undefined) return 0
      const passedMs = now() - refusal.sinceMs
      if (passedMs >= 0 && passedMs < refusal.forMs) return refusal.forMs - passedMs
      refusals.delete(id)
      return 0
    },
    remember(id, forMs) {
      if (refusals.size < MAX_REMEMBERED || refusals.has(id)) refusals.set(id, { sinceMs: now(), forMs })
    },
  }
}
