/** How stores on Redis or Valkey use the client that a program has. */
export {
  type CallableRedisClient,
  readRedisClient,
  type RedisClient,
  type SendingRedisClient,
  type SendRedisCommand,
} from './redis-client.ts'
export { type OpenRedisConnection, redisConnections } from './redis-connection.ts'
export { createRedisScript, type RedisScript, runRedisScript } from './redis-script.ts'
export { RedisStreamReader, type Schedule } from './redis-stream-reader.ts'
export {
  isAtPosition,
  readRevocationStream,
  replayRevocationStream,
  readStreamedEvents,
  type RevocationStreamKeys,
  type RevocationStreamReading,
  revocationStreamKeys,
  streamIdOf,
} from './revocation-stream.ts'
export { readRevocationStreamOptions } from './revocation-stream-options.ts'
