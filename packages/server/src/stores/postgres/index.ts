/** Tokens in PostgreSQL. */
export type { PostgresPool, PostgresQuery, PostgresValue } from './postgres-pool.ts'
export { postgresTokenStoreSchema } from './postgres-token-store-schema.ts'
export { createPostgresTokenStore } from './postgres-token-store.ts'
export type { PostgresTokenStore, PostgresTokenStoreOptions } from './postgres-token-store-options.ts'
