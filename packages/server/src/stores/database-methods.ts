/** The methods of a store that are the same over every database. */
import { andThen } from '@token-introspection/core/maybe-promise'
import { identifiersOf, ISSUED_BEFORE_ALL } from './cutoff.ts'
import { revocationDigests, tombstoneDigests } from './revocation-digests.ts'
import { revocationMethods } from './revocation-methods.ts'
import { receiptOfEarlier } from './revocation-receipt.ts'
import { toStoredIdentifier } from './stored-identifier.ts'
import { TOMBSTONE_MARGIN_SECONDS, toTombstone } from './to-tombstone.ts'
import type { ListingDatabase, TokenDatabase, TokenRow } from './token-database.ts'
import { isOf, resolveOwner, resolvePageQuery, toPage } from './token-page.ts'
import type { TokenRecord } from './token-record.ts'
import { digestToken, type ListableTokenStore, type ReceiptedTokenStore } from './token-store.ts'
import { validateConsumption, validateTokenRecord } from './validate-token-record.ts'

/** A tombstone has no grant, session, user or client. */
const NOBODY: readonly null[] = [null, null, null, null]

/** How often a token is consumed that changes meanwhile. */
const MAX_TRIES = 8

/** Creates all methods of a store except `find`. */
export function databaseMethods(database: TokenDatabase): Omit<ReceiptedTokenStore, 'find'> {
  return {
    ...(database.revocations && { revocations: database.revocations }),
    async save(token, record) {
      validateTokenRecord(token, record)
      // Read before the first await, because the caller may change the object afterwards.
      const known = { ...record }
      const row = {
        json: JSON.stringify(record),
        keptUntil: record.exp ?? undefined,
        issuedAt: record.iat ?? ISSUED_BEFORE_ALL,
        identifiers: storedIdentifiersOf(record),
        revoked: Boolean(record.revoked),
      }
      if (row.revoked) await database.saveTombstone(await revocationDigests(token, known), row)
      else await database.saveToken(await revocationDigests(token), row)
    },
    async revoke(token, record) {
      // Read before the first await, because the caller may change the object afterwards.
      const known = record ? { ...record } : await database.held(await digestToken(token))
      if (known === undefined || known === null) return receiptOfEarlier(database.revocations)
      return await database.saveTombstone(await revocationDigests(token, known), tombstoneRow(known))
    },
    async consume(digest, at) {
      validateConsumption(at)
      // The record may be replaced between the lookup and the write. A record that changes all the time is a fault of the database.
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const record = await database.find(digest)
        if (record === null || record.revoked) return false
        // Last, because the Redis store recognises a revoked token by the end of its value.
        const { revoked: _, ...members } = record
        const after = JSON.stringify({ ...members, consumedAt: at, revoked: true })
        if (await database.consume(digest, JSON.stringify(record), after)) return true
      }
      throw new Error('the record of this token changes all the time, or was not written by this store')
    },
    ...revocationMethods((kind, identifier, at) =>
      database.cutOff(kind, toStoredIdentifier(identifier), at, identifier),
    ),
    isRevoked(digest, record) {
      // An `iat` that is not a number of seconds cannot be compared. Then the token counts as issued before every cutoff.
      const { iat = ISSUED_BEFORE_ALL } = toTombstone(record)
      const identifiers = storedIdentifiersOf(record)
      return andThen(tombstoneDigests(digest, record), (digests) => database.isRevoked(digests, iat, identifiers))
    },
  }
}

/** Creates the methods of a store that lists tokens. */
export function listMethods<Claims extends object>(
  database: ListingDatabase,
): Pick<ListableTokenStore<Claims>, 'list' | 'revokeListed'> {
  return {
    async list(query) {
      const { kind, identifier, after, limit } = resolvePageQuery(query)
      const rows = await database.list({ kind, identifier: toStoredIdentifier(identifier), after, limit: limit + 1 })
      const found = rows.map(({ json, ...place }) => ({ ...place, record: JSON.parse(json) as TokenRecord<Claims> }))
      return toPage(found, limit)
    },
    async revokeListed(id, owner) {
      const { kind, identifier } = resolveOwner('owner', owner)
      // A form may give any value, which a database might refuse.
      const record = typeof id === 'string' ? await database.find(id) : null
      if (record === null || record.revoked || !isOf(record, kind, identifier)) return null
      return await database.saveTombstone(await tombstoneDigests(id, record), tombstoneRow(record))
    },
  }
}

function tombstoneRow(record: TokenRecord): TokenRow {
  const tombstone = toTombstone(record)
  const { exp, iat = ISSUED_BEFORE_ALL } = tombstone
  return {
    json: JSON.stringify(tombstone),
    keptUntil: exp === undefined ? undefined : exp + TOMBSTONE_MARGIN_SECONDS,
    issuedAt: iat,
    identifiers: NOBODY,
    revoked: true,
  }
}

/** Escaped here and not in each database, so that identifiers which differ are different in every one of them. */
function storedIdentifiersOf(record: TokenRecord): readonly (string | null)[] {
  return identifiersOf(record).map((identifier) => identifier && toStoredIdentifier(identifier))
}
