/** Scripts that write to the store. Each has two forms: without a log of revocations, and with one. */
import { createRedisScript, type RedisScript } from '@token-introspection/core/redis'

/** Characters by which a script recognizes the secret of the log. The secret itself is not in the commands. */
export const SECRET_ID_LENGTH = 8

/** The event where a log begins. Its counter is 0. */
export const ORIGIN_ID = '0-1'

/** One write of the store. */
export interface WriteScript {
  readonly plain: RedisScript
  readonly logged: RedisScript
}

/**
 * Creates a script from its steps in Lua. They call `revoked(index, cut)` for each thing that this write revokes. `logged`
 * says whether there is a log, so that they look up only for a log what only a log needs.
 *
 * With a log, two keys stand behind the others: the stream, and the secret. Seven values stand behind the others: the
 * keys of the events that this write may append, divided by spaces, then their kind, a random text, for how many seconds
 * the log keeps events, the time, and how the secret begins. The script gives the last position. It writes nothing and
 * gives `false` if the secret is another one, because then the keys of the events are wrong.
 */
export function createWriteScript(steps: string): WriteScript {
  return {
    plain: createRedisScript(`local logged = false\nlocal function revoked() end\n${written(steps)}return 1\n`),
    logged: createRedisScript(`${LOG}${written(steps)}return counter .. '.' .. tag\n`),
  }
}

/** The steps may return early. */
function written(steps: string): string {
  return `local function write()\n${steps}\nend\nwrite()\n`
}

/** The log is looked through for old events once in so many events, and then at most twice as many are removed. */
const EVENTS_PER_TRIM = 64

/**
 * The part of a script that appends events. If the end of the log is not what a store wrote there, such as an entry of
 * another program, a new log begins: a revocation must not fail because of its log. Followers notice it by the tags.
 */
const LOG = `
local logged = true
local secret, stream = table.remove(KEYS), table.remove(KEYS)
local secretId, now = table.remove(ARGV), tonumber(table.remove(ARGV))
local retention, random, kind = tonumber(table.remove(ARGV)), table.remove(ARGV), table.remove(ARGV)
local events = {}
for key in string.gmatch(table.remove(ARGV), '%S+') do events[#events + 1] = key end
if redis.call('GETRANGE', secret, 0, ${SECRET_ID_LENGTH - 1}) ~= secretId then return false end
local counter, tag
local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
if last and last[2][1] == 'tag' then
  tag = last[2][2]
  counter = last[1] == '${ORIGIN_ID}' and 0 or tonumber(string.match(last[1], '^(%d+)%-0$'))
end
local function begin()
  counter, tag = 0, random .. 'o'
  redis.call('DEL', stream)
  redis.call('XADD', stream, '${ORIGIN_ID}', 'tag', tag)
end
if not counter or counter >= 1e15 then begin() end
local function add(index, cut)
  local at = math.max(now, tonumber(redis.call('TIME')[1]))
  local id, own = string.format('%.0f-0', counter + 1), random .. index
  local command = {'XADD', stream, id, 'tag', own, 'previous', tag, 'at', string.format('%.0f', at), 'cut', cut or '',
    'kind', kind, 'key', events[index]}
  local added = redis.pcall(unpack(command))
  if type(added) == 'table' and added.err then
    if string.find(added.err, 'equal or smaller', 1, true) then return false end
    redis.call(unpack(command))
  end
  counter, tag = counter + 1, own
  if counter % ${EVENTS_PER_TRIM} > 0 then return true end
  local first = tonumber(string.match(redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1][1], '^%d+'))
  local nth = string.format('%.0f-0', first + ${2 * EVENTS_PER_TRIM - 1})
  local old = redis.call('XRANGE', stream, nth, nth)[1]
  if old and (tonumber(old[2][6]) or 0) < at - retention then
    redis.call('XTRIM', stream, 'MAXLEN', redis.call('XLEN', stream) - ${2 * EVENTS_PER_TRIM})
  end
  return true
end
local function revoked(index, cut)
  if add(index, cut) then return end
  begin()
  add(index, cut)
end
`
