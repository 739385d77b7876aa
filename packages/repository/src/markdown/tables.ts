/** The tables of a Markdown page, by the heading they stand under. */
import type { TableRow as TableRowNode } from 'mdast'
import { lineOf, readNodes, textOf } from './nodes.ts'

/** One row of a table, by the names in the table's header. */
export interface TableRow {
  /** The nearest heading above. */
  readonly heading: string
  /** The line of the row, from 1. */
  readonly line: number
  readonly cells: Readonly<Record<string, string>>
}

/** Every row of every table. @throws Error when a row has more or fewer cells than its header. */
export function readTables(markdown: string): TableRow[] {
  let heading = ''
  return readNodes(markdown).flatMap((node) => {
    if (node.type === 'heading') heading = textOf(node.children, markdown)
    if (node.type !== 'table') return []
    const [columns = [], ...rows] = node.children.map((row) => cellsOf(row, markdown))
    return rows.map((cells, index) => {
      const line = lineOf(node.children[index + 1] ?? node)
      if (cells.length !== columns.length)
        throw new Error(`line ${line} has ${cells.length} cells where the header has ${columns.length}`)
      return { heading, line, cells: Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ''])) }
    })
  })
}

/** The text of every cell. `\|` is a bar inside a cell. */
function cellsOf(row: TableRowNode, markdown: string): string[] {
  return row.children.map(({ children }) => textOf(children, markdown).replaceAll('\\|', '|'))
}
