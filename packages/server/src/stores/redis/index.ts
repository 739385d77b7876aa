/** Tokens in Redis and Valkey. */
export {
  type CallableRedisClient,
  type RedisTokenStore,
  type RedisTokenStoreOptions,
  type SendingRedisClient,
  createRedisTokenStore,
} from './redis-token-store.ts'
