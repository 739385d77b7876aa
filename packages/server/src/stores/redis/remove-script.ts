/** Removes one token. */
import { IS_TOMBSTONE } from './stored-value.ts'
import { createWriteScript } from './write-script.ts'

/** Removes a token that has expired. A tombstone stays, because this revocation may know less than the first one. */
export const REMOVE = createWriteScript(
  'remove',
  `
local key = KEYS[1]
if not (${IS_TOMBSTONE}) and redis.call('DEL', key) == 1 then revoked(1) end
`,
)
