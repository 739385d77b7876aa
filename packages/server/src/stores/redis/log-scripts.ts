/** The scripts of the log that write no token. */
import { createRedisScript } from '@token-introspection/core/redis'
import { SECRET_ID_LENGTH } from '../known-secret.ts'
import { FIND_END } from './log-end-script.ts'

/**
 * Gives the secret of the log, KEYS[1]. If there is none, it becomes ARGV[1]. A secret that processes made by chance is
 * adopted by a process that has none of its own. Otherwise the secret of the process takes its place: one of the two was
 * given as an option. With another secret, the keys of events are others, so another log begins. If ARGV[3] is 1, this process has no
 * option, and takes no secret's place.
 *
 * Keeps the last position of the stream KEYS[2] in KEYS[3]. If the stream has no log, one begins with the tag ARGV[2].
 */
export const OPEN_LOG = createRedisScript(`
local own, stored = ARGV[1], redis.call('GET', KEYS[1])
local stream, fresh = KEYS[2], ARGV[2]
local chance = stored and #stored > ${SECRET_ID_LENGTH} and #own > ${SECRET_ID_LENGTH}
if stored and not chance and ARGV[3] == '1' then return stored end
if stored ~= own and not chance then
  stored = own
  redis.call('SET', KEYS[1], own)
  redis.call('DEL', stream)
end
local counter, tag
${FIND_END}redis.call('SET', KEYS[3], string.sub(stored, 1, ${SECRET_ID_LENGTH}) .. counter .. '.' .. tag)
return stored
`)

/**
 * Whether the log KEYS[1] has the entry ARGV[1] with the tag ARGV[2]. Gives -1 if the secret KEYS[2] does not begin with
 * ARGV[3]: then the keys that this process makes are wrong.
 */
export const HAS_POSITION = createRedisScript(`
if redis.call('GETRANGE', KEYS[2], 0, ${SECRET_ID_LENGTH - 1}) ~= ARGV[3] then return -1 end
local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
return entry and entry[2][1] == 'tag' and entry[2][2] == ARGV[2] and 1 or 0
`)
