/** Tokens in Redis or Valkey. */
export type { CallableRedisClient, SendingRedisClient } from '@token-introspection/core/redis'
export { createRedisTokenStore } from './redis-token-store.ts'
export type { RedisTokenStore, RedisTokenStoreOptions } from './redis-token-store-options.ts'
