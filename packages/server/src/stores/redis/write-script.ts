/** Scripts that write to the store. Each also exists without a log of revocations. */
import { createRedisScript, type RedisScript } from '@token-introspection/core/redis'

/** One write of the store. */
export interface WriteScript {
  /** Its name among the writes of a store with a log. */
  readonly name: string
  /** Its steps in Lua, for {@link createLoggedScript}. */
  readonly steps: string
  /** The write in a store without a log. */
  readonly plain: RedisScript
}

/**
 * Creates a script from its steps in Lua, which may return early. They read KEYS and ARGV, and call `revoked(index, cut)` for each
 * thing that this write revokes. `logged` says whether there is a log, so that they look up only for a log what only a log needs.
 */
export function createWriteScript(name: string, steps: string): WriteScript {
  const plain = `local logged = false\nlocal function revoked() end\nlocal function write()\n${steps}\nend\nwrite()\nreturn 1\n`
  return { name, steps, plain: createRedisScript(plain) }
}
