/** Asks whether a token is revoked. The store need not hold the token. */
import { createRedisScript } from '@token-introspection/core/redis'
import { HEAD_PATTERN, IS_TOMBSTONE } from './stored-value.ts'

/**
 * Returns 1 if a tombstone or a cutoff revokes the token. Otherwise returns 0 and the value of the token, or `false` if
 * there is no value. KEYS[1] is the beginning of the key of every cutoff, and KEYS[2] the key of the token. From KEYS[3] on,
 * ARGV[2] keys are other tombstones of the token. The keys after them are the cutoffs that could cover the record of a
 * resolver, whose `iat` is ARGV[1].
 */
export const IS_REVOKED = createRedisScript(`
local prefix, issued, tombstones = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
for index = 3, 2 + tombstones do
  local key = KEYS[index]
  if ${IS_TOMBSTONE} then return {1, false} end
end
for index = 3 + tombstones, #KEYS do
  local cutoff = redis.call('GET', KEYS[index])
  if cutoff and issued <= tonumber(cutoff) then return {1, false} end
end
local value = redis.call('GET', KEYS[2])
if not value then return {0, false} end
local iat, grant, session, subject, client = string.match(value, '${HEAD_PATTERN}')
for _, name in ipairs({grant, session, subject, client}) do
  local cutoff = name ~= '' and redis.call('GET', prefix .. name)
  if cutoff and tonumber(iat) <= tonumber(cutoff) then return {1, false} end
end
return {0, value}
`)
