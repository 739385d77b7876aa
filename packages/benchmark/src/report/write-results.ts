/** The report for programs: `results/latest.json`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Side } from '../arguments.ts'
import type { Round } from '../measure/ratio.ts'
import type { Effort } from '../sides/variant.ts'
import type { JudgedBar } from './judge-bars.ts'
import type { FigureSummary } from './figures.ts'
import type { VariantSummary } from './summary.ts'

/** The folder for results. Git ignores it. */
export const RESULTS = new URL('../../results/', import.meta.url)

/** The results of one side, with every round. */
export interface SideResult {
  readonly side: Side
  readonly effort: Effort | { readonly processes: number; readonly churnMs: number }
  /** Empty for a side that has only figures. `figures` is empty for a side that has variants. */
  readonly variants: readonly VariantSummary[]
  readonly figures: readonly FigureSummary[]
  readonly bars: readonly JudgedBar[]
  readonly processes: readonly (readonly Round[])[]
}

/** The results of one run. */
export interface BenchmarkResult {
  /** Which form of our packages was measured. */
  readonly source: 'sources' | 'dist'
  readonly node: string
  readonly finishedAt: string
  readonly sides: readonly SideResult[]
}

/** Writes the results of a run over those of the previous run. */
export function writeResults(result: BenchmarkResult): void {
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(new URL('latest.json', RESULTS), `${JSON.stringify(result, undefined, 2)}\n`)
}
