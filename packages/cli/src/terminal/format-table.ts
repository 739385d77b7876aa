/** Tables whose last column wraps, and records for places that are too narrow for a table. */
import { widthOf, wrapText } from './wrap-text.ts'

/** The least width of a wrapped column. In a narrower place the lines of the last column stand below the others. */
const MIN_LAST_COLUMN = 16
const GAP = 2

/**
 * The lines of a table without borders. Every column but the last is as wide as its widest cell. The last one wraps.
 *
 * @param rows - cells as they are printed. All rows have the same number of cells.
 */
export function formatTable(rows: readonly (readonly string[])[], width: number, indent = 2): string[] {
  const last = (rows[0]?.length ?? 1) - 1
  const widths = Array.from({ length: last }, (_, column) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[column] ?? '')), 0),
  )
  const start = indent + widths.reduce((sum, each) => sum + each + GAP, 0)
  const isBelow = width - start < MIN_LAST_COLUMN
  const lastStart = isBelow ? indent + 2 * GAP : start
  return rows.flatMap((row) => {
    const head = ' '.repeat(indent) + widths.map((each, column) => pad(row[column] ?? '', each + GAP)).join('')
    const wrapped = wrapText(row[last] ?? '', width - lastStart)
    const below = wrapped.slice(isBelow ? 0 : 1).map((line) => ' '.repeat(lastStart) + line)
    return [(isBelow ? head : head + (wrapped[0] ?? '')).trimEnd(), ...below.filter((line) => line.trim() !== '')]
  })
}

/**
 * A table with headings. Where its last column has no place beside the others, each row is a record: the first cell, and the others below
 * it with their headings.
 */
export function formatRecords(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const table = [headings, ...rows]
  const start = headings
    .slice(0, -1)
    .reduce(
      (sum, _, column) => sum + GAP + table.reduce((most, row) => Math.max(most, widthOf(row[column] ?? '')), 0),
      0,
    )
  if (width - start >= MIN_LAST_COLUMN) return formatTable(table, width, 0)
  return rows.flatMap(([first = '', ...others]) => [
    first,
    ...formatTable(
      others.map((cell, column) => [headings[column + 1] ?? '', cell]),
      width,
    ),
  ])
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}
