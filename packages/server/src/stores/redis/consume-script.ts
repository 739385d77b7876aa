/** Consumes one token. */
import { createRedisScript } from '@token-introspection/core/redis'

/**
 * Replaces the record ARGV[1] in the value of KEYS[1] by the record ARGV[2], and keeps the head of the value and its expiry. Gives 1,
 * or 0 if the value has another record.
 */
export const CONSUME = createRedisScript(`
local key, before = KEYS[1], '\\n' .. ARGV[1]
local value = redis.call('GET', key)
if not value or string.sub(value, -#before) ~= before then return 0 end
redis.call('SET', key, string.sub(value, 1, -#ARGV[1] - 1) .. ARGV[2], 'KEEPTTL')
return 1
`)
