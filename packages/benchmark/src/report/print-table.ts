/** The report for people. */
import type { Side } from '../arguments.ts'
import type { Metric, Ratio } from '../measure/ratio.ts'
import type { JudgedBar } from './bars.ts'
import type { VariantSummary } from './summary.ts'

const COUNTED: Readonly<Partial<Record<Side, string>>> = {
  client: 'call',
  server: 'request',
  express: 'request',
  fastify: 'request',
  signed: 'request',
  memory: 'request',
}

const UNITS: Readonly<Record<Metric, string>> = { cpuMicrosPerCall: 'CPU', callsPerSecond: 'per second', p99Ms: 'p99' }

/** The variants of a side: absolute figures, then ratios to the base with the quartiles of their rounds. */
export function printTable(side: Side, summaries: readonly VariantSummary[]): string {
  const what = COUNTED[side] ?? 'lookup'
  const header = [side, `CPU µs/${what}`, `${what}s/s`, 'p99 ms', 'CPU ×', 'per second ×', 'p99 ×']
  const rows = summaries.map(({ name, absolute, ratios }) => [
    name,
    absolute.cpuMicrosPerCall.toFixed(1),
    Math.round(absolute.callsPerSecond).toLocaleString('en'),
    absolute.p99Ms.toFixed(2),
    toText(ratios?.cpuMicrosPerCall),
    toText(ratios?.callsPerSecond),
    toText(ratios?.p99Ms),
  ])
  return align([header, ...rows])
}

/** The bars of a side, the missed ones marked. */
export function printBars(judged: readonly JudgedBar[]): string {
  return align(
    judged.map(({ met, says, variant, by, metric, measured, atMost, atLeast }) => [
      met ? 'met' : 'MISSED',
      `${measured.toFixed(2)} ${atMost === undefined ? `>= ${atLeast}` : `<= ${atMost}`}`,
      `${UNITS[metric]}, ${variant} / ${by}`,
      says,
    ]),
    'left',
  )
}

function toText(ratio: Ratio | undefined): string {
  if (ratio === undefined) return '1'
  const { median, lowerQuartile, upperQuartile } = ratio
  return `${median.toFixed(2)} (${lowerQuartile.toFixed(2)}–${upperQuartile.toFixed(2)})`
}

/** Columns of equal width, the first to the left and the others to the right unless said otherwise. */
function align(rows: readonly (readonly string[])[], side: 'left' | 'right' = 'right'): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const pad = (cell: string, column: number): string =>
    column === 0 || side === 'left' ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}
