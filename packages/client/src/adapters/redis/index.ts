/** Stores on Redis or Valkey, for processes that share answers and used proofs, and the follower of a log of revocations. */
export { createRedisCacheStore, type RedisCacheStoreOptions } from './redis-cache-store.ts'
export { followRedisFeed, type RedisFeedOptions } from './follow-redis-feed.ts'
export { createRedisReplayStore, type RedisReplayStoreOptions } from './redis-replay-store.ts'
export type { CallableRedisClient, SendingRedisClient } from '@token-introspection/core/redis'
export type { RedisStoreOptions } from './redis-store-options.ts'
