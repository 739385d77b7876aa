/** Scripts that write to the store. Each also exists for stores without the option `revocationLog`. */
import { createRedisScript, type RedisScript } from '@token-introspection/core/redis'

/** One write of the store. */
export interface WriteScript {
  /** Its name among the writes of a store with a log. */
  readonly name: string
  /** Its steps in Lua, for {@link createLoggedScript}. */
  readonly steps: string
  /** The write without a log. If there is one, it writes nothing and gives 0. Its first two keys are the stream and the last position. */
  readonly plain: RedisScript
  /** The write where a log cannot be written. It takes the same keys. If it revokes something, it ends the log, so every follower sees a gap. */
  readonly ending: RedisScript
}

/** Whether one of the two keys of the log exists. Every user of the store has the right to this command. */
const HAS_LOG = "redis.call('TTL', KEYS[1]) ~= -2 or redis.call('TTL', KEYS[2]) ~= -2"

/**
 * Creates a script from its steps in Lua, which may return early. They read KEYS and ARGV, and call `revoked(index, cut)` for each
 * thing that this write revokes. `logged` says whether there is a log, so that they look up only for a log what only a log needs.
 */
export function createWriteScript(name: string, steps: string): WriteScript {
  const run = `local function write(KEYS)\n${steps}\nend\nwrite({unpack(KEYS, 3)})\nreturn 1\n`
  const plain = `if ${HAS_LOG} then return 0 end\nlocal logged = false\nlocal function revoked() end\n${run}`
  const ending = `local logged, stream, last = true, KEYS[1], KEYS[2]
local function revoked() redis.call('DEL', stream, last) end\n${run}`
  return { name, steps, plain: createRedisScript(plain), ending: createRedisScript(ending) }
}
