/** Saves one token. */
import { CUTOFF_KEPT_SECONDS, FOR_GOOD } from '../cutoff.ts'
import { IS_TOMBSTONE } from './stored-value.ts'
import { createWriteScript } from './write-script.ts'

/**
 * Saves a token under KEYS[1] unless it is revoked already, and keeps under KEYS[2] when the last of all tokens expires. A
 * tombstone is never replaced by a token that is saved later. From KEYS[3] on, ARGV[5] keys are other tombstones of the
 * token. The keys after them are the cutoffs that could cover it. ARGV holds the value, `iat`, `exp` and the time.
 *
 * It revokes the token if it ends another record, or replaces it.
 */
export const SAVE = createWriteScript(
  'save',
  `
local value, issued, exp, seconds = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local tombstones, key = tonumber(ARGV[5]), KEYS[1]
local function delete() if redis.call('DEL', key) == 1 then revoked(1) end end
for index = 2, 2 + tombstones do
  local key = index == 2 and KEYS[1] or KEYS[index]
  if ${IS_TOMBSTONE} then return end
end
for index = 3 + tombstones, #KEYS do
  local cutoff = redis.call('GET', KEYS[index])
  if cutoff and issued <= tonumber(cutoff) then return delete() end
end
if exp <= seconds then return delete() end
if logged then
  local before = redis.call('GET', key)
  if before and before ~= value then revoked(1) end
end
if exp >= ${FOR_GOOD} then
  redis.call('SET', KEYS[2], ARGV[3])
  redis.call('SET', key, value)
  return
end
local lasts, horizon = exp - seconds, tonumber(redis.call('GET', KEYS[2]) or 0)
if exp > horizon then redis.call('SET', KEYS[2], ARGV[3], 'EX', string.format('%.0f', lasts + ${CUTOFF_KEPT_SECONDS})) end
redis.call('SET', key, value, 'EX', string.format('%.0f', lasts))
`,
)
