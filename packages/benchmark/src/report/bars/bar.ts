/** A bar: a limit for a cost of our two sides, as a ratio within one run or as a figure. */
import type { Side } from '../../arguments.ts'
import type { Metric } from '../../measure/ratio.ts'
import type { FigureUnit } from '../figures.ts'

/** One bar. */
export type Bar = RatioBar | FigureBar

/** A figure of one variant divided by the same figure of another stays within a limit. */
export interface RatioBar extends Limit {
  readonly variant: string
  /** The divisor: the base, or another candidate. */
  readonly by: string
  readonly metric: Metric
}

/** A single figure stays within a limit. */
export interface FigureBar extends Limit {
  readonly figure: string
  readonly unit: FigureUnit
}

/** The members of every bar. */
interface Limit {
  readonly side: Side
  /** The bar as a sentence. */
  readonly says: string
  readonly atMost?: number
  readonly atLeast?: number
}
