/** Revokes many tokens. */
import { createRedisScript } from '@token-introspection/core/redis'
import { CUTOFF_KEPT_SECONDS, FOR_GOOD } from '../cutoff.ts'

/**
 * Sets the cutoff under KEYS[1], or moves it to a later moment. ARGV[1] is the moment. If it is empty, the moment is
 * now: the time of this process, ARGV[2], or the time of the server if that is later. If only the time of a process counted, a
 * process whose clock is behind would miss tokens that others issued in the last seconds. The cutoff is kept at least until every token
 * that it can cover has expired. KEYS[2] says when the saved tokens expire, and ARGV[3] is the longest lifetime of the others.
 */
export const CUT_OFF = createRedisScript(`
local lifetime = tonumber(ARGV[3])
local seconds = math.max(tonumber(ARGV[2]), tonumber(redis.call('TIME')[1]))
local at = tonumber(ARGV[1]) or seconds
at = math.max(at, tonumber(redis.call('GET', KEYS[1]) or at))
local horizon = tonumber(redis.call('GET', KEYS[2]) or 0)
local moment = at < ${FOR_GOOD} and at or seconds
local lasts = math.max(math.max(seconds, moment) + lifetime, horizon) - seconds + ${CUTOFF_KEPT_SECONDS}
local left = redis.call('TTL', KEYS[1])
if horizon >= ${FOR_GOOD} or left == -1 then
  redis.call('SET', KEYS[1], string.format('%.0f', at))
else
  redis.call('SET', KEYS[1], string.format('%.0f', at), 'EX', string.format('%.0f', math.max(lasts, left)))
end
return 1
`)
