/** Tokens in SQLite. */
export type { SqliteDatabase, SqliteStatement, SqliteValue } from './sqlite-database.ts'
export { sqliteTokenStoreSchema } from './sqlite-token-store-schema.ts'
export { createSqliteTokenStore } from './sqlite-token-store.ts'
export type { SqliteTokenStore, SqliteTokenStoreOptions } from './sqlite-token-store-options.ts'
