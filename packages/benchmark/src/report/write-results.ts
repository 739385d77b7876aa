/** The report for programs: `results/latest.json`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Side } from '../arguments.ts'
import type { Round } from '../measure/ratio.ts'
import type { Effort } from '../sides/variant.ts'
import type { JudgedBar } from './bars.ts'
import type { FigureSummary } from './figures.ts'
import type { VariantSummary } from './summary.ts'

/** Where results go; git does not keep them. */
export const RESULTS = new URL('../../results/', import.meta.url)

/** Everything about one side, down to the rounds. */
export interface SideResult {
  readonly side: Side
  readonly effort: Effort | { readonly processes: number; readonly churnMs: number }
  /** Empty for a side that has figures instead, as they are for one that has variants. */
  readonly variants: readonly VariantSummary[]
  readonly figures: readonly FigureSummary[]
  readonly bars: readonly JudgedBar[]
  readonly processes: readonly (readonly Round[])[]
}

/** One run. */
export interface BenchmarkResult {
  /** What of our packages was measured. */
  readonly source: 'sources' | 'dist'
  readonly node: string
  readonly finishedAt: string
  readonly sides: readonly SideResult[]
}

/** Writes the result of a run over that of the one before. */
export function writeResults(result: BenchmarkResult): void {
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(new URL('latest.json', RESULTS), `${JSON.stringify(result, undefined, 2)}\n`)
}
