/** The report for people. */
import type { Side } from '../arguments.ts'
import type { Metric, Ratio } from '../measure/ratio.ts'
import type { JudgedBar } from './judge-bars.ts'
import type { FigureSummary, FigureUnit } from './figures.ts'
import { METRICS, type VariantSummary } from './summary.ts'

const COUNTED: Readonly<Partial<Record<Side, string>>> = {
  client: 'call',
  'cache hit': 'call',
  'cache hit, 1 kB tokens': 'call',
  '99 % hits': 'call',
  server: 'request',
  express: 'request',
  fastify: 'request',
  signed: 'request',
  memory: 'request',
}

/** Sides whose calls take less than a microsecond. Their unit is the nanosecond, and single calls are too short to time. */
const IN_NANOSECONDS: ReadonlySet<Side> = new Set(['cache hit', 'cache hit, 1 kB tokens'])

const UNITS: Readonly<Record<Metric, string>> = { cpuMicrosPerCall: 'CPU', callsPerSecond: 'per second', p99Ms: 'p99' }

const FIGURES: Readonly<Record<FigureUnit, (value: number) => string>> = {
  B: (value) => `${value.toFixed(0)} B`,
  ms: (value) => `${value.toFixed(1)} ms`,
  count: String,
  ratio: (value) => value.toFixed(2),
}

interface Column {
  readonly title: string
  readonly toText: (absolute: Readonly<Record<Metric, number>>) => string
}

/** The table of a side: for each variant absolute figures, and ratios to the base with the quartiles of the rounds. */
export function printTable(side: Side, summaries: readonly VariantSummary[]): string {
  const what = COUNTED[side] ?? (side.startsWith('revocations ') ? 'revocation' : 'lookup')
  const columns: Readonly<Record<Metric, Column>> = {
    cpuMicrosPerCall: IN_NANOSECONDS.has(side)
      ? { title: `CPU ns/${what}`, toText: (absolute) => inThousands(absolute.cpuMicrosPerCall * 1000) }
      : { title: `CPU µs/${what}`, toText: (absolute) => absolute.cpuMicrosPerCall.toFixed(1) },
    callsPerSecond: { title: `${what}s/s`, toText: (absolute) => inThousands(absolute.callsPerSecond) },
    p99Ms: { title: 'p99 ms', toText: (absolute) => absolute.p99Ms.toFixed(2) },
  }
  const metrics = METRICS.filter((metric) => metric !== 'p99Ms' || !IN_NANOSECONDS.has(side))
  const header = [side, ...metrics.map((metric) => columns[metric].title), ...metrics.map((each) => `${UNITS[each]} ×`)]
  const rows = summaries.map(({ name, absolute, ratios }) => [
    name,
    ...metrics.map((metric) => columns[metric].toText(absolute)),
    ...metrics.map((metric) => toText(ratios?.[metric])),
  ])
  return align([header, ...rows])
}

/** The table of single figures: the one that counts, then the value of each process. */
export function printFigures(side: Side, figures: readonly FigureSummary[]): string {
  const rows = figures.map(({ name, unit, over, value, values }) => [
    name,
    value === undefined ? 'none' : FIGURES[unit](value),
    over,
    values.map(FIGURES[unit]).join(', '),
  ])
  return align([[side, '', 'of', 'each process'], ...rows])
}

/** The bars of a side. Missed ones are marked. */
export function printBars(judged: readonly JudgedBar[]): string {
  return align(
    judged.map((bar) => [
      bar.met ? 'met' : 'MISSED',
      `${toMeasured(bar)} ${toLimit(bar)}`,
      'figure' in bar ? bar.figure : `${UNITS[bar.metric]}, ${bar.variant} / ${bar.by}`,
      bar.says,
    ]),
    'left',
  )
}

function toMeasured(bar: JudgedBar): string {
  return 'figure' in bar ? FIGURES[bar.unit](bar.measured) : bar.measured.toFixed(2)
}

function toLimit({ atMost, atLeast }: JudgedBar): string {
  if (atMost === atLeast) return `= ${atMost}`
  return atMost === undefined ? `>= ${atLeast}` : `<= ${atMost}`
}

function inThousands(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function toText(ratio: Ratio | undefined): string {
  if (ratio === undefined) return '1'
  const { median, lowerQuartile, upperQuartile } = ratio
  return `${median.toFixed(2)} (${lowerQuartile.toFixed(2)}–${upperQuartile.toFixed(2)})`
}

/** Columns of equal width. The first is aligned to the left, the others to `side`. */
function align(rows: readonly (readonly string[])[], side: 'left' | 'right' = 'right'): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const pad = (cell: string, column: number): string =>
    column === 0 || side === 'left' ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}
