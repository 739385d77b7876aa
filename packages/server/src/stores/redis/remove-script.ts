/** Removes one token. */
import { createRedisScript } from '@token-introspection/core/redis'
import { IS_TOMBSTONE } from './stored-value.ts'

/** Removes a token that has expired. A tombstone stays, because this revocation may know less than the first one. */
export const REMOVE = createRedisScript(`
local key = KEYS[1]
if not (${IS_TOMBSTONE}) then redis.call('DEL', key) end
return 1
`)
