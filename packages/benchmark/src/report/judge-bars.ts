/** Compares what was measured with the bars. */
import type { Side } from '../arguments.ts'
import type { Metric } from '../measure/ratio.ts'
import type { Bar, FigureBar, RatioBar } from './bars/bar.ts'
import { bars } from './bars/bars.ts'
import type { FigureSummary } from './figures.ts'
import type { VariantSummary } from './summary.ts'

/** A bar and its measured value. */
export type JudgedBar = Bar & { readonly measured: number; readonly met: boolean }

/** The results of one side. */
export interface Measured {
  readonly variants?: readonly VariantSummary[]
  readonly figures?: readonly FigureSummary[]
}

/** Compares the results of a side with its bars. A missing figure misses its bar. */
export function judgeBars(side: Side, { variants = [], figures = [] }: Measured): JudgedBar[] {
  return bars
    .filter((bar) => bar.side === side)
    .map((bar) => {
      const measured = 'figure' in bar ? figureOf(bar, figures) : ratioOf(bar, variants)
      return { ...bar, measured, met: measured <= (bar.atMost ?? Infinity) && measured >= (bar.atLeast ?? 0) }
    })
}

function figureOf({ figure }: FigureBar, figures: readonly FigureSummary[]): number {
  return figures.find(({ name }) => name === figure)?.value ?? Number.NaN
}

function ratioOf({ variant, by, metric }: RatioBar, variants: readonly VariantSummary[]): number {
  return toBase(variant, metric, variants) / toBase(by, metric, variants)
}

/** A figure divided by that of the base. Two candidates are compared through the base. */
function toBase(name: string, metric: Metric, summaries: readonly VariantSummary[]): number {
  const summary = summaries.find((candidate) => candidate.name === name)
  if (summary === undefined) return Number.NaN
  return summary.ratios === undefined ? 1 : summary.ratios[metric].median
}
