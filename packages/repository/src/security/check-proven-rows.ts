/** Checks the tables whose rows name the test that proves them: of shared resources, and of attacks on the command line. */
import { linkedPaths } from '../markdown/links.ts'
import { readTables } from '../markdown/tables.ts'
import type { SourceFile } from '../workspace/workspace.ts'

/** The columns of these tables. */
const TABLES = [
  'shared, who can fill it, how large the share of one can get, test',
  'attack, what happens, test',
] as const

/**
 * Every table that is missing, every row without a test, every test that does not exist, and every empty cell. A row without a test says
 * why: `none: …`.
 */
export function checkProvenRows(page: SourceFile, exists: (path: string) => boolean): string[] {
  return TABLES.flatMap((columns) => checkTable(page, columns, exists))
}

function checkTable(page: SourceFile, columns: string, exists: (path: string) => boolean): string[] {
  const rows = readTables(page.text).filter(({ cells }) => Object.keys(cells).join(', ') === columns)
  if (rows.length === 0) return [`${page.path} has no table with the columns ${columns}`]
  return rows.flatMap(({ line, cells }) => {
    const complain = (complaint: string): string => `${page.path}:${line} ${complaint}`
    const empty = Object.keys(cells).filter((name) => cells[name] === '')
    if (empty.length > 0) return [complain(`says nothing about: ${empty.join(', ')}`)]
    const cell = cells['test'] ?? ''
    if (/^none: \S/.test(cell)) return []
    const tests = linkedPaths(cell, page.path)
    if (tests.length === 0) return [complain('names no test')]
    return tests.flatMap((path) => {
      if (!exists(path)) return [complain(`names ${path}, which does not exist`)]
      return path.endsWith('.test.ts') ? [] : [complain(`names ${path}, which is no test`)]
    })
  })
}
