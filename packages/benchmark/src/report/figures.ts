/** Single figures, without a base and without rounds. */
import { quantile } from '../measure/ratio.ts'

/** The unit of a figure. */
export type FigureUnit = 'B' | 'ms' | 'count' | 'ratio'

/** One figure of one process. */
export interface Figure {
  readonly name: string
  readonly unit: FigureUnit
  /**
   * Which of several processes counts: the worst when only our code affects the figure, the median when other jobs on the
   * computer affect it as well.
   */
  readonly over: 'median' | 'worst'
  /** `undefined` when there was nothing to measure. */
  readonly value: number | undefined
}

/** One figure over several processes. */
export interface FigureSummary extends Figure {
  /** The value of each process. */
  readonly values: readonly number[]
}

/** Summarizes the figures of several processes, in the order of the first process. */
export function summarizeFigures(processes: readonly (readonly Figure[])[]): FigureSummary[] {
  return (processes[0] ?? []).map(({ name, unit, over }) => {
    const values = processes
      .flatMap((figures) => figures.filter((figure) => figure.name === name))
      .flatMap(({ value }) => value ?? [])
    const value = values.length === 0 ? undefined : quantile(values, over === 'worst' ? 1 : 0.5)
    return { name, unit, over, value, values }
  })
}
