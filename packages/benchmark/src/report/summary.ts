/** The results of a side, per variant. */
import { type Metric, quantile, type Ratio, ratiosToNeighbours, type Round, summarizeRatios } from '../measure/ratio.ts'

/** The figures of a round. */
export const METRICS = ['cpuMicrosPerCall', 'callsPerSecond', 'p99Ms'] as const satisfies readonly Metric[]

/** The results of one variant: its own figures, and the ratios to the base in neighbouring rounds. */
export interface VariantSummary {
  readonly name: string
  readonly rounds: number
  /** Medians over all rounds. */
  readonly absolute: Readonly<Record<Metric, number>>
  /** `undefined` for the base. */
  readonly ratios: Readonly<Record<Metric, Ratio>> | undefined
}

/** Summarizes the rounds of several processes, the base first. */
export function summarize(
  processes: readonly (readonly Round[])[],
  base: string,
  candidates: readonly string[],
): VariantSummary[] {
  return [base, ...candidates].map((name) => {
    const rounds = processes.flat().filter((round) => round.variant === name)
    const ratio = (metric: Metric): Ratio =>
      summarizeRatios(processes.map((process) => ratiosToNeighbours(process, base, name, metric)))
    return {
      name,
      rounds: rounds.length,
      absolute: byMetric((metric) =>
        quantile(
          rounds.map((round) => round[metric]),
          0.5,
        ),
      ),
      ratios: name === base ? undefined : byMetric(ratio),
    }
  })
}

function byMetric<Value>(value: (metric: Metric) => Value): Record<Metric, Value> {
  return Object.fromEntries(METRICS.map((metric) => [metric, value(metric)])) as Record<Metric, Value>
}
