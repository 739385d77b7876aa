/** Options of step `limits`. */
import { OptionGroup } from '@token-introspection/core/options'
import type { LimitsStep } from './charge-budget.ts'
import type { Limiter } from './limiter.ts'
import { createUsedUpBudgets } from './used-up-budgets.ts'

/** Step `limits`: how often callers may ask. */
export interface LimitsOptions {
  /**
   * The budget of each protected resource that has no limiter of its own. A hit, an answer about an active token, takes one
   * point under the identifier of the protected resource. A miss takes `missPoints` under another key, the identifier and a
   * suffix, so misses never use up what hits need. Default none.
   *
   * The limiter is asked once it is known whether the answer is a hit or a miss. A budget that is used up is answered 429:
   * for misses alone where it is the budget of misses. A protected resource that used up its budget of hits is refused
   * without a lookup for as long as the limiter said. Junk that `lookup.isMinted` recognises takes nothing.
   */
  readonly limiter?: Limiter | undefined
  /**
   * Points a miss takes from the budget of misses. Default 20, from 1 to 1000. A limiter with 6000 points a
   * minute then allows 6000 hits and 300 misses.
   */
  readonly missPoints?: number | undefined
}

/** The defaults of the step. */
export const limitsDefaults = Object.freeze({ missPoints: 20 })

/** The step; `now` is in milliseconds since the epoch. */
export function resolveLimits(
  options: unknown,
  { timeoutMs, now }: { readonly timeoutMs: number; readonly now: () => number },
): LimitsStep {
  const group = new OptionGroup('limits', options, ['limiter', 'missPoints'])
  return {
    limiter: group.seam<Limiter>('limiter', 'consume'),
    missPoints: group.integer('missPoints', { default: limitsDefaults.missPoints, min: 1, max: 1000 }),
    usedUp: createUsedUpBudgets(now),
    timeoutMs,
  }
}
