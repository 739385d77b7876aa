/** A database, as far as the store uses one. */

/** What is bound to a statement. */
export type SqliteValue = string | number | null

/** What the store needs of a prepared statement. */
export interface SqliteStatement {
  get(...values: SqliteValue[]): unknown
  run(...values: SqliteValue[]): { readonly changes: number | bigint }
}

/** What the store needs of a database. `DatabaseSync` of `node:sqlite` has all of it. */
export interface SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
}
