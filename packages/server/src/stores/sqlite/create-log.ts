/** The writes of the store that append to the log: what they revoke, and when that is nothing. */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { type CutoffKind, FOR_GOOD } from '../cutoff.ts'
import type { RevocationLog, RevocationReceipt } from '../revocation-log.ts'
import type { TokenRow } from '../token-database.ts'
import { STORED } from './lookup-statements.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { type SqliteLogSettings, SqliteRevocationLog } from './sqlite-revocation-log.ts'
import { CUT_AT } from './write-statements.ts'

/** The writes of a store. Each runs `write` in a transaction of its own. */
export interface SqliteWrites {
  /**
   * Appends an event for each digest whose token this write revokes or replaces.
   *
   * @param named - the same digests without a pepper: the keys of the events are made from them.
   */
  writeTokens(
    digests: readonly string[],
    row: TokenRow,
    write: () => void,
    named: readonly string[],
  ): MaybePromise<RevocationReceipt>
  /** Appends an event if the cutoff is new or becomes later. */
  writeCutoff(
    cutoff: { readonly kind: CutoffKind; readonly stored: string; readonly identifier: string },
    at: number | undefined,
    write: (at: number) => void,
  ): MaybePromise<RevocationReceipt>
}

/** A log, and the writes that append to it. */
export interface SqliteLog extends SqliteWrites {
  readonly revocations: RevocationLog
}

/** Creates the log of a store. */
export function createLog(database: SqliteDatabase, settings: SqliteLogSettings, now: () => number): SqliteLog {
  const log = new SqliteRevocationLog(database, settings, now)
  const stored = database.prepare(STORED)
  const cutAt = database.prepare(CUT_AT)

  /** Whether a token that is usable, or usable with another record, is no longer so after the write. */
  function isRevoked(digest: string, { json, revoked }: TokenRow): boolean {
    const before = stored.get(digest) as { readonly record: string; readonly revoked: number | bigint } | undefined
    if (Number(before?.revoked) === 1) return false
    return revoked || (before !== undefined && before.record !== json)
  }

  return {
    revocations: log,
    async writeTokens(digests, row, write, named) {
      const secret = await log.secretForWrite()
      const keys = await Promise.all(named.map(async (digest) => await secret.keyOf('token', digest)))
      return log.write(secret, (append) => {
        const changed = digests.map((digest) => isRevoked(digest, row))
        write()
        for (const [index, key] of keys.entries()) {
          if (changed[index] === true && isWritten(digests[index] as string, row)) append('token', key, null)
        }
      })
    },
    writeCutoff({ kind, stored: identifierInRow, identifier }, given, write) {
      return andThen(log.secretForWrite(), (secret) =>
        andThen(secret.keyOf(kind, identifier), (key) =>
          log.write(secret, (append) => {
            const at = given ?? now()
            const before = cutAt.get(kind, identifierInRow) as { readonly cut_at: number | bigint } | undefined
            write(at)
            if (before === undefined || at > Number(before.cut_at)) append(kind, key, at === FOR_GOOD ? null : at)
          }),
        ),
      )
    },
  }

  function isWritten(digest: string, { json, revoked }: TokenRow): boolean {
    // Nothing stops a tombstone. A save that a tombstone elsewhere has stopped changed nothing.
    if (revoked) return true
    // A row that is gone was removed right away because it has expired.
    const after = stored.get(digest) as { readonly record: string } | undefined
    return after === undefined || after.record === json
  }
}
