/** Revokes many tokens. */
import { createRedisScript } from '@token-introspection/core/redis'
import { CUTOFF_KEPT_SECONDS, FOR_GOOD } from '../cutoff.ts'

/**
 * Sets the cutoff under KEYS[1], or moves it to a later moment. ARGV[1] is the moment; if it is empty, the moment is now, by
 * the later of our clock, ARGV[2], and the clock of the server. By its own clock alone, a process that is behind would miss
 * the tokens that others issued in the last seconds. The cutoff is kept at least until the last token has expired that it can
 * cover: of the saved tokens by KEYS[2], of all others by their longest lifetime, ARGV[3].
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
