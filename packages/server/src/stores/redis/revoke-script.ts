/** Revokes one token. */
import { IS_TOMBSTONE } from './stored-value.ts'
import { createWriteScript } from './write-script.ts'

/**
 * Writes the tombstone ARGV[1] under every key. ARGV[2] is how many seconds it lasts; if it is empty, it always stays. A
 * tombstone that stood already revokes nothing.
 */
export const REVOKE = createWriteScript(
  'revoke',
  `
for index, key in ipairs(KEYS) do
  if logged and not (${IS_TOMBSTONE}) then revoked(index) end
  if ARGV[2] == '' then redis.call('SET', key, ARGV[1]) else redis.call('SET', key, ARGV[1], 'EX', ARGV[2]) end
end
`,
)
