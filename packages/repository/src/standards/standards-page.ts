/** Reads the page about the standards: the requirements we meet, with code and tests, and those still open. */
import { linkedPaths } from '../markdown/links.ts'
import { readTables, type TableRow } from '../markdown/tables.ts'

/** A requirement that the page calls met. */
export interface Claim {
  readonly id: string
  readonly line: number
  /** Files, from the top of the repository. */
  readonly code: readonly string[]
  readonly tests: readonly string[]
}

/** A requirement that the page calls open. */
export interface Open {
  readonly id: string
  readonly line: number
  readonly reason: string
}

/** The page as data. */
export interface StandardsPage {
  readonly claims: readonly Claim[]
  readonly open: readonly Open[]
}

const NOT_YET = 'Not yet'
const CLAIM_COLUMNS = ['id', 'clause', 'requirement', 'code', 'test']
const OPEN_COLUMNS = ['id', 'reason']

/**
 * Reads the page. Tables under "Not yet" are open, all others are claims.
 *
 * @param page - its path from the top of the repository. Its links are relative to it.
 * @throws Error when a table has other columns.
 */
export function readStandardsPage(markdown: string, page: string): StandardsPage {
  const rows = readTables(markdown)
  const open = rows.filter(({ heading }) => heading === NOT_YET).map((row) => toOpen(row))
  const claims = rows.filter(({ heading }) => heading !== NOT_YET).map((row) => toClaim(row, page))
  return { claims, open }
}

function toClaim(row: TableRow, page: string): Claim {
  const [id = '', , , code = '', test = ''] = cellsOf(row, CLAIM_COLUMNS)
  return { id, line: row.line, code: filesIn(code, page), tests: filesIn(test, page) }
}

function toOpen(row: TableRow): Open {
  const [id = '', reason = ''] = cellsOf(row, OPEN_COLUMNS)
  return { id, line: row.line, reason }
}

function cellsOf({ cells, heading, line }: TableRow, columns: readonly string[]): string[] {
  const found = Object.keys(cells)
  if (found.join() !== columns.join()) {
    throw new Error(`line ${line}, under "${heading}": the columns are ${columns.join(', ')}, not ${found.join(', ')}`)
  }
  return columns.map((column) => cells[column] ?? '')
}

/** The files that a cell names: as links relative to the page, or as code from the top of the repository. */
function filesIn(cell: string, page: string): string[] {
  const quoted = [...cell.matchAll(/(?<!\[)`([^`\s]+\/[^`\s]+)`/g)].map(([, path = '']) => path)
  return [...new Set([...linkedPaths(cell, page), ...quoted])]
}
