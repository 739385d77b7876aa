/** Options of step `limits`. */
import { OptionGroup } from '@token-introspection/core/options'
import type { LimitsStep } from './charge-budget.ts'
import type { Limiter } from './limiter.ts'

/** Step `limits`: how often callers may ask. */
export interface LimitsOptions {
  /**
   * The budget of each protected resource, by its identifier, for those with no limiter of their own. It is charged once
   * the caller is known and before the token is touched. Default none.
   */
  readonly limiter?: Limiter | undefined
  /**
   * Points a request takes whose token is not active; any other takes 1. A protected resource that fishes for tokens uses
   * up its budget so much sooner than one that works. Default 20, from 1 to 1000.
   */
  readonly missPoints?: number | undefined
}

/** The defaults of the step. */
export const limitsDefaults = Object.freeze({ missPoints: 20 })

/** The step. */
export function resolveLimits(options: unknown, timeoutMs: number): LimitsStep {
  const group = new OptionGroup('limits', options, ['limiter', 'missPoints'])
  return {
    limiter: group.seam<Limiter>('limiter', 'consume'),
    missPoints: group.integer('missPoints', { default: limitsDefaults.missPoints, min: 1, max: 1000 }),
    timeoutMs,
  }
}
