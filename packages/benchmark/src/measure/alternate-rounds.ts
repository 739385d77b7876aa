/** The order of rounds: base, candidate, base, next candidate, base. So every candidate has two base neighbours. */
import type { Round } from './ratio.ts'

/** A candidate, and how often it takes part. */
export interface Turn {
  readonly name: string
  /** The candidate takes part in every n-th cycle. Coarse comparisons need fewer rounds. */
  readonly everyNth: number
}

/** The names of the variants in the order of their rounds. */
export function alternate(base: string, candidates: readonly Turn[], cycles: number): string[] {
  const order = [base]
  for (let cycle = 0; cycle < cycles; cycle++) {
    for (const { name, everyNth } of candidates) {
      if (cycle % everyNth === 0) order.push(name, base)
    }
  }
  return order
}

/** Measures the variants in that order, one round after the other. */
export async function alternateRounds(
  order: readonly string[],
  measure: (variant: string) => Promise<Round>,
): Promise<Round[]> {
  const rounds: Round[] = []
  for (const variant of order) rounds.push(await measure(variant))
  return rounds
}
