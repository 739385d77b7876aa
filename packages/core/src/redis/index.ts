/** How stores on Redis or Valkey use the client that a program has. */
export {
  type CallableRedisClient,
  readRedisClient,
  type RedisClient,
  type SendingRedisClient,
  type SendRedisCommand,
} from './redis-client.ts'
export { createRedisScript, type RedisScript, runRedisScript } from './redis-script.ts'
