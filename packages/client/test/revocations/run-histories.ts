/** Runs many histories, and describes one that fails. */
import { generateHistory, type History } from './history.ts'
import { seedOf } from './random.ts'
import { shrinkHistory } from './shrink-history.ts'
import type { Parts } from './parts.ts'
import { runHistory } from './simulation.ts'
import type { Tally } from './tally.ts'

/** A history that fails, by the seed of all and its number. */
export interface Failure {
  readonly seed: number
  readonly index: number
}

/** Runs histories from one number up to, but not including, another. Returns the first that fails. */
export function findFailure(
  parts: Parts,
  { seed, from, to }: { readonly seed: number; readonly from: number; readonly to: number },
  tally?: Tally,
): Failure | undefined {
  for (let index = from; index < to; index += 1) {
    if (runHistory(generateHistory(seedOf(seed, index)), parts, tally) !== undefined) return { seed, index }
  }
  return undefined
}

/** The failing history made small, a step per line. */
export function describeFailure({ seed, index }: Failure, parts: Parts): string {
  const whole = generateHistory(seedOf(seed, index))
  const small = shrinkHistory(whole, (history) => runHistory(history, parts) !== undefined)
  return [`history ${index} of seed ${seed}: ${runHistory(small, parts)}`, ...linesOf(small)].join('\n')
}

function linesOf({ steps, ...surroundings }: History): string[] {
  return [surroundings, ...steps].map((part) => JSON.stringify(part))
}
