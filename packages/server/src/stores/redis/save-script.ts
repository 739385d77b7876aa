/** Saves one token. */
import { createRedisScript } from '@token-introspection/core/redis'
import { CUTOFF_KEPT_SECONDS, FOR_GOOD } from '../cutoff.ts'
import { IS_TOMBSTONE, REVOKED_END } from './stored-value.ts'

/**
 * Saves a token under KEYS[1] unless it is revoked already, and keeps under KEYS[2] when the last of all tokens expires. A
 * tombstone is never replaced by a token that is saved later. From KEYS[3] on, ARGV[5] keys are other tombstones of the
 * token. The keys after them are the cutoffs that could cover it. ARGV holds the value, `iat`, `exp` and the time.
 */
export const SAVE = createRedisScript(`
local value, issued, exp, seconds = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local tombstones = tonumber(ARGV[5])
if string.sub(value, -${REVOKED_END.length}) ~= '${REVOKED_END}' then
  for index = 2, 2 + tombstones do
    local key = index == 2 and KEYS[1] or KEYS[index]
    if ${IS_TOMBSTONE} then return 0 end
  end
end
for index = 3 + tombstones, #KEYS do
  local cutoff = redis.call('GET', KEYS[index])
  if cutoff and issued <= tonumber(cutoff) then return redis.call('DEL', KEYS[1]) end
end
local horizon = tonumber(redis.call('GET', KEYS[2]) or 0)
if exp >= ${FOR_GOOD} then
  redis.call('SET', KEYS[2], ARGV[3])
  redis.call('SET', KEYS[1], value)
elseif exp <= seconds then
  redis.call('DEL', KEYS[1])
else
  local lasts = exp - seconds
  if exp > horizon then redis.call('SET', KEYS[2], ARGV[3], 'EX', string.format('%.0f', lasts + ${CUTOFF_KEPT_SECONDS})) end
  redis.call('SET', KEYS[1], value, 'EX', string.format('%.0f', lasts))
end
return 1
`)
