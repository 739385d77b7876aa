/** Options of step `limits`. */
import { OptionGroup } from '@token-introspection/core/options'
import type { LimitsStep } from './charge-budget.ts'
import type { Limiter } from './limiter.ts'
import { createUsedUpBudgets } from './used-up-budgets.ts'

/** Step `limits`: how often callers may introspect. */
export interface LimitsOptions {
  /**
   * The budget of each protected resource without a limiter of its own. A hit, which is an answer about an active token, takes
   * one point under the identifier of the protected resource. A miss takes `missPoints` under another key, the identifier with
   * a suffix, so misses never use up the budget of hits. Default none.
   *
   * The handler asks the limiter when it knows whether the answer is a hit or a miss. With a used up budget it answers 429: only
   * to misses if the budget of misses is used up. A protected resource that used up its budget of hits is refused without a
   * lookup for the time that the limiter gave. A token that `lookup.isMinted` refuses takes no points.
   */
  readonly limiter?: Limiter | undefined
  /**
   * The points that a miss takes from the budget of misses. Default 20, from 1 to 1000. With 20, a limiter with 6000 points a
   * minute allows 6000 hits and 300 misses.
   */
  readonly missPoints?: number | undefined
}

/** The defaults of the step. */
export const limitsDefaults = Object.freeze({ missPoints: 20 })

/** Resolves the step. `now` is in milliseconds since the epoch. */
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
