/** A variant: one program that is measured, under one name. */

/** One row of the table. */
export interface Variant {
  readonly name: string
  /** Its file, relative to `src`. */
  readonly program: string
  /** Takes part in every n-th cycle of rounds; what is compared coarsely needs fewer. */
  readonly everyNth: number
}

/** A side: a base and what is compared with it. */
export interface SidePlan {
  readonly base: Variant
  readonly candidates: readonly Variant[]
}

/** How long a side is measured. */
export interface Effort {
  /** Fresh processes of every variant. */
  readonly processes: number
  readonly cycles: number
  readonly roundMs: number
  readonly warmUpMs: number
}

/** How children are started. */
export interface ChildSettings {
  /** Options of Node for the measured children. */
  readonly execArgv: readonly string[]
  readonly placement: Placement
}

/**
 * The cores children are kept on. On one core the two processes take turns, nobody waits for another core to wake up,
 * and other jobs disturb least: the ratios of CPU time hold steadiest. On two cores the calls a second are those of the
 * measured process alone, when the computer has nothing else to do.
 */
export interface Placement {
  readonly measured: number | undefined
  readonly counterpart: number | undefined
}

/** Beyond the time a round takes by itself. */
export const GRACE_MS = 15_000
