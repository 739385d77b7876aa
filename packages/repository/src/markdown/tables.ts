/** The tables of a Markdown page, by the heading they stand under. */

/** One row of a table, by the names in the table's header. */
export interface TableRow {
  /** The nearest heading above. */
  readonly heading: string
  /** The line of the row, from 1. */
  readonly line: number
  readonly cells: Readonly<Record<string, string>>
}

/** Every row of every table. A row with more or fewer cells than its header is an error: something would be lost. */
export function readTables(markdown: string): TableRow[] {
  const rows: TableRow[] = []
  const lines = markdown.split('\n')
  let heading = ''
  let columns: readonly string[] | undefined
  for (const [index, line] of lines.entries()) {
    heading = /^#+\s+(.*)$/.exec(line)?.[1]?.trim() ?? heading
    if (!line.startsWith('|')) {
      columns = undefined
    } else if (columns === undefined) {
      columns = cellsOf(line)
    } else if (!/^[|\s:-]+$/.test(line)) {
      rows.push({ heading, line: index + 1, cells: toRecord(columns, cellsOf(line), index + 1) })
    }
  }
  return rows
}

function toRecord(columns: readonly string[], cells: readonly string[], line: number): Record<string, string> {
  if (cells.length !== columns.length) {
    throw new Error(`line ${line} has ${cells.length} cells where the header has ${columns.length}`)
  }
  return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']))
}

/** `\|` is a bar inside a cell. */
function cellsOf(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
  return inner.split(/(?<!\\)\|/).map((cell) => cell.replaceAll('\\|', '|').trim())
}
