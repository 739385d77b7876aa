/** The keys of events. Every process makes them from the same secret. */
import { createRevocationKeys, type RevocationKeys } from '@token-introspection/core/revocations'
import { NO_KEY } from '../no-key.ts'
import { randomText } from '../random-text.ts'
import { FORGET_SECRET, KEEP_SECRET, SECRET } from './log-statements.ts'
import type { SqliteDatabase } from './sqlite-database.ts'

/** The octets of a random secret: 256 bits. */
const SECRET_OCTETS = 32

/** The keys of a store with the option. A secret that was given is not kept in the database, and takes the place of a random one. */
export function openKeys(database: SqliteDatabase, given: string | undefined): RevocationKeys {
  if (given === undefined) database.prepare(KEEP_SECRET).run(randomText(SECRET_OCTETS))
  else database.prepare(FORGET_SECRET).run()
  return createRevocationKeys(given ?? (keptSecret(database) as string))
}

/** The keys of a store without the option. Other processes were given the secret if the database does not have it. */
export function adoptKeys(database: SqliteDatabase): RevocationKeys {
  const kept = keptSecret(database)
  return kept === undefined ? () => NO_KEY : createRevocationKeys(kept)
}

function keptSecret(database: SqliteDatabase): string | undefined {
  return (database.prepare(SECRET).get() as { readonly secret: string } | undefined)?.secret
}
