/** Revokes many tokens. */
import { CUTOFF_KEPT_SECONDS, FOR_GOOD } from '../cutoff.ts'
import { createWriteScript } from './write-script.ts'

/**
 * Sets the cutoff under KEYS[1], or moves it to a later moment. ARGV[1] is the moment. If it is empty, the moment is
 * now: the time of this process, ARGV[2], or the time of the server if that is later. If only the time of a process counted, a
 * process whose clock is behind would miss tokens that others issued in the last seconds. The cutoff is kept at least until every token
 * that it can cover has expired. KEYS[2] says when the saved tokens expire, and ARGV[3] is the longest lifetime of the others.
 *
 * A cutoff that does not become later revokes nothing.
 */
export const CUT_OFF = createWriteScript(
  'cutOff',
  `
local lifetime = tonumber(ARGV[3])
local seconds = math.max(tonumber(ARGV[2]), tonumber(redis.call('TIME')[1]))
local at = tonumber(ARGV[1]) or seconds
local before = tonumber(redis.call('GET', KEYS[1]))
if not before or at > before then revoked(1, at < ${FOR_GOOD} and string.format('%.0f', at) or '') end
at = math.max(at, before or at)
local horizon = tonumber(redis.call('GET', KEYS[2]) or 0)
local moment = at < ${FOR_GOOD} and at or seconds
local lasts = math.max(math.max(seconds, moment) + lifetime, horizon) - seconds + ${CUTOFF_KEPT_SECONDS}
local left = redis.call('TTL', KEYS[1])
if horizon >= ${FOR_GOOD} or left == -1 then
  redis.call('SET', KEYS[1], string.format('%.0f', at))
else
  redis.call('SET', KEYS[1], string.format('%.0f', at), 'EX', string.format('%.0f', math.max(lasts, left)))
end
`,
)
