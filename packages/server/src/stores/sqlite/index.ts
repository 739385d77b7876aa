/** Tokens in SQLite. */
export {
  type SqliteDatabase,
  type SqliteStatement,
  type SqliteTokenStore,
  type SqliteTokenStoreOptions,
  type SqliteValue,
  createSqliteTokenStore,
  sqliteTokenStoreSchema,
} from './sqlite-token-store.ts'
