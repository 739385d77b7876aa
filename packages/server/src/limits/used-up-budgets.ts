/** Remembers which protected resources have used up their budget, so that they can be refused without a lookup. */

/** A memory of the refusals of limiters. */
export interface UsedUpBudgets {
  /** Milliseconds until the protected resource may introspect again. 0 when it may now. */
  leftMs(id: string): number
  /** Remembers that its budget is used up for `forMs` milliseconds. */
  remember(id: string, forMs: number): void
}

/** The largest number of remembered protected resources. For others the limiter is asked each time. */
const MAX_REMEMBERED = 10_000

/**
 * Creates a memory. Its keys are identifiers of authenticated protected resources, so your registry limits its size.
 *
 * @param now - milliseconds since the epoch. A refusal ends when the clock is set back.
 */
export function createUsedUpBudgets(now: () => number): UsedUpBudgets {
  const refusals = new Map<string, { readonly sinceMs: number; readonly forMs: number }>()
  return {
    leftMs(id) {
      // Most requests end here.
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
