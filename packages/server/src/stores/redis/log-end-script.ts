/** The parts of scripts that know where the log ends. */

/** The event where a log begins. Its counter is 0. */
const ORIGIN_ID = '0-1'

/**
 * Steps in Lua that set `counter` and `tag` to those of the last entry in `stream`. If that is not what a store wrote there, such as
 * an entry of another program, a new log begins with the tag `fresh`: a revocation must not fail because of its log. Followers
 * notice it by the tags.
 */
export const FIND_END = `
local entry = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
local found = entry and entry[2][1] == 'tag'
  and (entry[1] == '${ORIGIN_ID}' and '0' or string.match(entry[1], '^(%d+)%-0$'))
if found and #found <= 15 then
  counter, tag = found, entry[2][2]
else
  counter, tag = '0', fresh
  redis.call('DEL', stream)
  redis.call('XADD', stream, '${ORIGIN_ID}', 'tag', tag, 'at', redis.call('TIME')[1])
end
`
