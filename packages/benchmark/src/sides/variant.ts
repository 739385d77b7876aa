/** A variant: one program that is measured under one name. */

/** One row of the table. */
export interface Variant {
  readonly name: string
  /** The path of the program, relative to `src`. */
  readonly program: string
  /** The variant takes part in every n-th cycle of rounds. Coarse comparisons need fewer. */
  readonly everyNth: number
}

/** A side: a base and the variants to compare with it. */
export interface SidePlan {
  readonly base: Variant
  readonly candidates: readonly Variant[]
}

/** How long and how often a side is measured. */
export interface Effort {
  /** The number of new processes for every variant. */
  readonly processes: number
  readonly cycles: number
  readonly roundMs: number
  readonly warmUpMs: number
}

/** Settings for the start of children. */
export interface ChildSettings {
  /** Options of Node for the measured children. */
  readonly execArgv: readonly string[]
  readonly placement: Placement
}

/**
 * The cores of the children. On one core the two processes take turns, neither waits for another core to wake up, and other
 * jobs disturb least, so the ratios of CPU time vary least. On two cores the calls per second are those of the measured
 * process alone, provided that the computer has no other work.
 */
export interface Placement {
  readonly measured: number | undefined
  readonly counterpart: number | undefined
}

/** Milliseconds beyond the usual time of a round. */
export const GRACE_MS = 15_000
