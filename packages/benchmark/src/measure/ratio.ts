/** The statistics: ratios of neighbouring rounds. A disturbance of the whole computer changes both rounds alike. */

/** The result of one round of one variant. */
export interface Round {
  readonly variant: string
  readonly cpuMicrosPerCall: number
  readonly callsPerSecond: number
  readonly p99Ms: number
}

/** A figure of a round. */
export type Metric = Exclude<keyof Round, 'variant'>

/** A ratio over all rounds. */
export interface Ratio {
  /** The median of the medians of each process. */
  readonly median: number
  /** The quartiles over the rounds of all processes. */
  readonly lowerQuartile: number
  readonly upperQuartile: number
  readonly processMedians: readonly number[]
}

/**
 * The ratio of each round of a candidate to the mean of the base rounds right before and after it. A round without both
 * neighbours has no ratio.
 */
export function ratiosToNeighbours(
  rounds: readonly Round[],
  base: string,
  candidate: string,
  metric: Metric,
): number[] {
  const ratios: number[] = []
  for (const [index, round] of rounds.entries()) {
    const before = rounds[index - 1]
    const after = rounds[index + 1]
    if (round.variant !== candidate || before?.variant !== base || after?.variant !== base) continue
    ratios.push(round[metric] / ((before[metric] + after[metric]) / 2))
  }
  return ratios
}

/** Summarizes the ratios of several processes. The median ignores a process that is slow for its whole life. */
export function summarizeRatios(processes: readonly (readonly number[])[]): Ratio {
  const measured = processes.filter((ratios) => ratios.length > 0)
  const processMedians = measured.map((ratios) => quantile(ratios, 0.5))
  const all = measured.flat()
  return {
    median: quantile(processMedians, 0.5),
    lowerQuartile: quantile(all, 0.25),
    upperQuartile: quantile(all, 0.75),
    processMedians,
  }
}

/** The quantile of unsorted values, interpolated between the two nearest. `NaN` for an empty list. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) * fraction
  const below = sorted[Math.floor(position)]
  const above = sorted[Math.ceil(position)]
  if (below === undefined || above === undefined) return Number.NaN
  return below + (above - below) * (position - Math.floor(position))
}
