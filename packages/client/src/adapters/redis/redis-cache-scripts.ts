/** The scripts of the cache store on Redis. Each reads the clock of the server. */
import { createRedisScript } from '@token-introspection/core/redis'

/** Milliseconds since the epoch by the clock of the server. */
const CLOCK = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
`

/** Gives the generation, the entry, when its token was forgotten, and the time. */
export const LOOK_UP = createRedisScript(`
${CLOCK}
local values = redis.call('MGET', KEYS[1], KEYS[2], KEYS[3])
return {values[1], values[2], values[3], tostring(now)}
`)

/**
 * Keeps an entry under the current generation, and creates the first generation. An entry of another generation counts
 * as missing. So clearing is one key, and an entry never comes back when that key is lost. An answer that was asked for
 * before its token was forgotten, or before the cache was cleared, is not kept.
 */
export const KEEP = createRedisScript(`
${CLOCK}
local asked, expires = tonumber(ARGV[2]), tonumber(ARGV[3])
for index = 3, 4 do
  local forgotten = redis.call('GET', KEYS[index])
  if forgotten and asked <= tonumber(forgotten) then return 0 end
end
if expires <= now then return redis.call('DEL', KEYS[2]) end
local generation = redis.call('GET', KEYS[1])
if not generation then
  generation = ARGV[4]
  redis.call('SET', KEYS[1], generation)
end
redis.call('SET', KEYS[2], generation .. ARGV[1], 'PX', string.format('%.0f', expires - now))
return 1
`)

/** Forgets a token: its entry, and every answer that was asked for until now. */
export const FORGET = createRedisScript(`
${CLOCK}
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], string.format('%.0f', now), 'PX', ARGV[1])
return 1
`)

/** Begins a new generation, and refuses every answer that was asked for until now. */
export const CLEAR = createRedisScript(`
${CLOCK}
redis.call('SET', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], string.format('%.0f', now))
return 1
`)
