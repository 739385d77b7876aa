/** Looks up the tokens of one tick. */
import { createRedisScript } from '@token-introspection/core/redis'
import { HEAD_PATTERN } from './stored-value.ts'

/**
 * Gives the values of the tokens under KEYS[2] and further keys, in one round trip; `false` for a token that a cutoff covers.
 * KEYS[1] is what the key of every cutoff begins with. So every key is one of KEYS or begins with one, and a client that
 * puts a prefix before keys puts it before all of them. The value comes whole, because Lua would copy a part of it.
 */
export const FIND = createRedisScript(`
local match, tonumber, prefix = string.match, tonumber, KEYS[1]
local values = redis.call('MGET', unpack(KEYS, 2))
local names, owners, issued, count = {}, {}, {}, 0
for index = 1, #KEYS - 1 do
  local value = values[index]
  if value then
    local iat, grant, session, subject, client = match(value, '${HEAD_PATTERN}')
    issued[index] = tonumber(iat)
    if grant ~= '' then count = count + 1; names[count] = prefix .. grant; owners[count] = index end
    if session ~= '' then count = count + 1; names[count] = prefix .. session; owners[count] = index end
    if subject ~= '' then count = count + 1; names[count] = prefix .. subject; owners[count] = index end
    if client ~= '' then count = count + 1; names[count] = prefix .. client; owners[count] = index end
  end
end
if count > 0 then
  local cutoffs = redis.call('MGET', unpack(names))
  for place = 1, count do
    local cutoff = cutoffs[place]
    if cutoff and issued[owners[place]] <= tonumber(cutoff) then values[owners[place]] = false end
  end
end
return values
`)
