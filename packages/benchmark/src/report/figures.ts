/** Figures that stand for themselves: no base, and no rounds. */
import { quantile } from '../measure/ratio.ts'

/** What a figure is measured in. */
export type FigureUnit = 'B' | 'ms' | 'count'

/** One figure, as one process came to it. */
export interface Figure {
  readonly name: string
  readonly unit: FigureUnit
  /**
   * What of several processes counts: the worst where nothing but our own code has a say in it, the median where any other
   * job on the computer has one.
   */
  readonly over: 'median' | 'worst'
  /** Nothing where there was nothing to measure. */
  readonly value: number | undefined
}

/** One figure over several processes. */
export interface FigureSummary extends Figure {
  /** What each process came to. */
  readonly values: readonly number[]
}

/** Sums up the figures of several processes, in the order of the first. */
export function summarizeFigures(processes: readonly (readonly Figure[])[]): FigureSummary[] {
  return (processes[0] ?? []).map(({ name, unit, over }) => {
    const values = processes
      .flatMap((figures) => figures.filter((figure) => figure.name === name))
      .flatMap(({ value }) => value ?? [])
    const value = values.length === 0 ? undefined : quantile(values, over === 'worst' ? 1 : 0.5)
    return { name, unit, over, value, values }
  })
}
