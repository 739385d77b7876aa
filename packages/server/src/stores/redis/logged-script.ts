/** The writes of a store with a log of revocations: several of them in one script. */
import { createRedisScript, type RedisScript } from '@token-introspection/core/redis'
import type { RevocationKind } from '@token-introspection/core/revocations'
import { SECRET_ID_LENGTH } from '../known-secret.ts'
import { FIND_END } from './log-end-script.ts'
import type { WriteScript } from './write-script.ts'

/** The log is looked through for old events once in so many events, and then at most twice as many are removed. */
const EVENTS_PER_TRIM = 64

/** Characters of the key of an event. */
const KEY_LENGTH = 16

/**
 * Creates the script that runs any of these writes, one after the other, and appends their events to the log.
 *
 * KEYS holds the stream and the last position, and then the keys of each write. ARGV holds what {@link loggedHead} makes and the time,
 * and then for each write what {@link writeHead} makes and its values.
 *
 * The script gives the last position. It writes nothing and gives `false` if the secret is another one, because then the keys of the
 * events are wrong, and if there is no last position or one that is none.
 *
 * Redis does nothing else meanwhile, so everything counts. The last position has a key of its own, because reading the end of the
 * stream takes longer. Functions are created when a write needs them.
 */
export function createLoggedScript(writes: readonly WriteScript[]): RedisScript {
  const functions = writes.map(
    ({ name, steps }) => `if name == '${name}' then return function(KEYS, ARGV)\n${steps}\nend end\n`,
  )
  return createRedisScript(`${APPEND}local function create(name)\n${functions.join('')}end\n${RUN}`)
}

/** What the script is told once. The first two always have the same length. */
export interface LoggedHead {
  /** How the secret of the log begins. */
  readonly secretId: string
  /** The beginning of every tag: a tag. */
  readonly random: string
  /** For how many seconds the log keeps events. */
  readonly retentionSeconds: number
}

/** Writes the first value of the script. One value takes less time than three. */
export function loggedHead({ secretId, random, retentionSeconds }: LoggedHead): string {
  return `${secretId}${random}${retentionSeconds}`
}

/**
 * Writes the value before the values of a write.
 *
 * @param keys - the number of its keys.
 * @param values - the number of its values.
 * @param kind - the kind of its events.
 * @param eventKeys - the keys of the events that it may append. All have the same length.
 */
export function writeHead(
  name: string,
  keys: number,
  values: number,
  kind: RevocationKind,
  eventKeys: readonly string[],
) {
  return `${name} ${keys} ${values} ${kind} ${eventKeys.join('')}`
}

/** Characters of a tag. */
const TAG_LENGTH = 16

const APPEND = `
local logged, call = true, redis.call
local stream, head, at = KEYS[1], ARGV[1], ARGV[2]
local secret, random = string.sub(head, 1, ${SECRET_ID_LENGTH}), string.sub(head, ${SECRET_ID_LENGTH + 1}, ${SECRET_ID_LENGTH + TAG_LENGTH})
local before = call('GET', KEYS[2])
if not before or string.sub(before, 1, ${SECRET_ID_LENGTH}) ~= secret then return false end
local counter, tag = string.match(before, '^(%d+)%.(.+)$', ${SECRET_ID_LENGTH + 1})
if not tag or #counter > 15 then return false end
local added, kind, events = 0
local function revoked(index, cut)
  for try = 1, 2 do
    local number, own = counter + 1, random .. added
    local id = string.format('%d', number)
    local reply = (try == 1 and redis.pcall or call)('XADD', stream, id .. '-0', 'tag', own, 'previous', tag, 'at', at,
      'cut', cut or '', 'kind', kind,
      'key', string.sub(events, index * ${KEY_LENGTH} - ${KEY_LENGTH - 1}, index * ${KEY_LENGTH}))
    if type(reply) == 'string' then
      counter, tag, added = id, own, added + 1
      if number % ${EVENTS_PER_TRIM} > 0 then return end
      local first = tonumber(string.match(call('XRANGE', stream, '-', '+', 'COUNT', 1)[1][1], '^%d+'))
      local nth = string.format('%d-0', first + ${2 * EVENTS_PER_TRIM - 1})
      local old = call('XRANGE', stream, nth, nth)[1]
      if old and (tonumber(old[2][6]) or 0) < at - string.sub(head, ${SECRET_ID_LENGTH + TAG_LENGTH + 1}) then
        call('XTRIM', stream, 'MAXLEN', call('XLEN', stream) - ${2 * EVENTS_PER_TRIM})
      end
      return
    end
    if string.find(reply.err, 'equal or smaller', 1, true) then
      local fresh = random .. 'o'
      ${FIND_END}
    end
  end
end
`

const RUN = `
local writes, key, value = {}, 3, 3
while value <= #ARGV do
  local name, keys, values
  name, keys, values, kind, events = string.match(ARGV[value], '^(%S+) (%S+) (%S+) (%S+) (%S+)$')
  local write = writes[name] or create(name)
  writes[name] = write
  write({unpack(KEYS, key, key + keys - 1)}, {unpack(ARGV, value + 1, value + values)})
  key, value = key + keys, value + 1 + values
end
local position = counter .. '.' .. tag
if added > 0 then call('SET', KEYS[2], secret .. position) end
return position
`
