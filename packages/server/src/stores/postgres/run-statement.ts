/** Statements that the database parses once per connection, and how they are run. */
import type { PostgresPool, PostgresValue } from './postgres-pool.ts'

/** A statement and its name. A connection knows it by the name alone, so the name changes with the text. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** A statement with its name among all statements of the database. */
export function statement(name: string, text: string): Statement {
  return { name: `introspection_${name}`, text }
}

/** Runs a statement, and gives its rows. */
export async function runStatement<Row>(
  pool: PostgresPool,
  prepared: Statement,
  values: PostgresValue[],
): Promise<readonly Row[]> {
  const { rows } = await pool.query({ ...prepared, values })
  return rows as readonly Row[]
}

/** Runs a statement, and gives how many rows it changed. */
export async function countChanged(pool: PostgresPool, prepared: Statement, values: PostgresValue[]): Promise<number> {
  const { rowCount } = await pool.query({ ...prepared, values })
  return rowCount ?? 0
}
