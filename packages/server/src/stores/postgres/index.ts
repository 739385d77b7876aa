/** Tokens in PostgreSQL. */
export {
  type PostgresPool,
  type PostgresQuery,
  type PostgresTokenStore,
  type PostgresTokenStoreOptions,
  type PostgresValue,
  createPostgresTokenStore,
  postgresTokenStoreSchema,
} from './postgres-token-store.ts'
