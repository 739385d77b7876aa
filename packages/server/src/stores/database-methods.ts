/** The methods of a store that are the same over every database. */
import { allOf, andThen } from '@token-introspection/core/maybe-promise'
import { identifiersOf, ISSUED_BEFORE_ALL } from './cutoff.ts'
import { revocationDigests, tombstoneDigests } from './revocation-digests.ts'
import { revocationMethods } from './revocation-methods.ts'
import type { RevocationReceipt } from './revocation-log.ts'
import { receiptOfEarlier } from './revocation-receipt.ts'
import { toStoredIdentifier } from './stored-identifier.ts'
import { TOMBSTONE_MARGIN_SECONDS, toTombstone } from './to-tombstone.ts'
import { findUnderAll, keyedDigests, type Peppers } from './keyed-digests.ts'
import { parseRecord, type Pepper } from './pepper.ts'
import type { ListingDatabase, TokenDatabase, TokenRow } from './token-database.ts'
import { isOf, resolveOwner, resolvePageQuery, toPage } from './token-page.ts'
import { isUsed, toConsumed, type TokenRecord } from './token-record.ts'
import { digestToken, type ListableTokenStore, type ReceiptedTokenStore } from './token-store.ts'
import { MAX_REPETITIONS, validateConsumption, validateTokenRecord } from './validate-token-record.ts'

/** A tombstone has no grant, session, user or client. */
const NOBODY: readonly null[] = [null, null, null, null]

/** How often a token is consumed that changes meanwhile: more often than it can be repeated, because each repetition changes it. */
const MAX_TRIES = MAX_REPETITIONS + 6

/**
 * Creates all methods of a store except `find`.
 *
 * @param peppers - those of the store, the current one first.
 */
export function databaseMethods(peppers: Peppers, database: TokenDatabase): Omit<ReceiptedTokenStore, 'find'> {
  const find = findUnderAll((keyed) => database.find(keyed), peppers)
  const held = findUnderAll((keyed) => andThen(database.held(keyed), (record) => record ?? null), peppers)

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
      if (row.revoked) {
        await bury(peppers, database, await revocationDigests(token, known), row)
        return
      }
      const digests = await revocationDigests(token)
      const [digest = ''] = digests
      const pepper = await pepperOf(digest, (keyed) => database.held(keyed))
      const place = await pepper.keyed(digest)
      const others = (await keyedDigests(peppers, digests)).filter((keyed) => keyed !== place)
      await database.saveToken([place, ...others], { ...row, json: await pepper.seal(row.json, digest) }, digest)
    },
    async revoke(token, record) {
      // Read before the first await, because the caller may change the object afterwards.
      const known = record ? { ...record } : await held(await digestToken(token))
      // A token that was used is stored as revoked, but it may still be repeated.
      const isRevoked = record === undefined && known?.revoked && !isUsed(known)
      if (known === null || isRevoked) return receiptOfEarlier(database.revocations)
      return await bury(peppers, database, await revocationDigests(token, known), tombstoneRow(known))
    },
    async consume(digest, at, repetitions = 0) {
      validateConsumption(at, repetitions)
      // The record may be replaced between the lookup and the write. A record that changes all the time is a fault of the database.
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const record = await find(digest)
        // Its last member is `revoked`, because the Redis store recognises a revoked token by the end of its value.
        const consumed = record === null ? undefined : toConsumed(record, at, repetitions)
        if (consumed === undefined) return false
        const pepper = await pepperOf(digest, (keyed) => database.find(keyed))
        const before = await pepper.seal(JSON.stringify(record), digest)
        const after = await pepper.seal(JSON.stringify(consumed), digest)
        if (await database.consume(await pepper.keyed(digest), before, after)) return true
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
      return andThen(tombstoneDigests(digest, record), (digests) => {
        const asked = peppers.map((pepper) =>
          andThen(keyedDigests([pepper], digests), (keyed) => database.isRevoked(keyed, iat, identifiers)),
        )
        return andThen(allOf(asked), (answers) => answers.some(Boolean))
      })
    },
  }

  /**
   * The pepper under which the database has the token; that of new tokens if it does not have it.
   *
   * @param lookUp - which record of the database counts.
   */
  async function pepperOf(digest: string, lookUp: TokenDatabase['held']): Promise<Pepper> {
    const [current, ...previous] = peppers
    for (const pepper of previous) if (await lookUp(await pepper.keyed(digest))) return pepper
    return current
  }
}

/** Writes a tombstone under each digest with each pepper. A process may not know yet which pepper is the current one. */
async function bury(
  peppers: Peppers,
  database: TokenDatabase,
  digests: readonly string[],
  row: TokenRow,
): Promise<RevocationReceipt> {
  const named = peppers.flatMap(() => digests)
  return await database.saveTombstone(await keyedDigests(peppers, digests), row, named)
}

/**
 * Creates the methods of a store that lists tokens.
 *
 * @param peppers - those of the store, the current one first.
 */
export function listMethods<Claims extends object>(
  peppers: Peppers,
  database: ListingDatabase,
): Pick<ListableTokenStore<Claims>, 'list' | 'revokeListed'> {
  const find = findUnderAll((keyed) => database.find(keyed), peppers)
  return {
    async list(query) {
      const { kind, identifier, after, limit } = resolvePageQuery(query)
      const rows = await database.list({ kind, identifier: toStoredIdentifier(identifier), after, limit: limit + 1 })
      const found = rows.map(async ({ json, ...place }) => ({
        ...place,
        id: await openWithAny(peppers, place.digest, json),
        record: parseRecord<Claims>(json),
      }))
      return toPage(await Promise.all(found), limit)
    },
    async revokeListed(id, owner) {
      const { kind, identifier } = resolveOwner('owner', owner)
      // A form may give any value, which a database might refuse.
      const record = typeof id === 'string' ? await find(id) : null
      if (record === null || record.revoked || !isOf(record, kind, identifier)) return null
      return await bury(peppers, database, await tombstoneDigests(id, record), tombstoneRow(record))
    },
  }
}

/** The digest of a token in a list. `undefined` if no pepper of the store is that of the token: then nobody can look it up. */
async function openWithAny(peppers: Peppers, keyed: string, json: string): Promise<string | undefined> {
  for (const pepper of peppers) {
    const digest = await pepper.open(keyed, json)
    if (digest !== undefined) return digest
  }
  return undefined
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
