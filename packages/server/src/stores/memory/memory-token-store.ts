/** A token store in memory: for tests, demos and single-process servers that may forget. */
import { andThen } from '@token-introspection/core/maybe-promise'
import { OptionGroup } from '@token-introspection/core/options'
import { type CutoffKind, FOR_GOOD, ISSUED_BEFORE_ALL } from '../cutoff.ts'
import { revocationDigests, tombstoneDigests } from '../revocation-digests.ts'
import { revocationMethods } from '../revocation-methods.ts'
import type { RevocationReceipt } from '../revocation-log.ts'
import { receiptOfEarlier } from '../revocation-receipt.ts'
import { TOMBSTONE_MARGIN_SECONDS, toTombstone } from '../to-tombstone.ts'
import { isAfter, isOf, resolveOwner, resolvePageQuery, toPage } from '../token-page.ts'
import { isOver, isUsed, toConsumed, type TokenRecord } from '../token-record.ts'
import { readTokenStoreOptions, TOKEN_STORE_OPTIONS, type TokenStoreOptions } from '../token-store-options.ts'
import { digestToken, type ListableTokenStore, type ReceiptedTokenStore } from '../token-store.ts'
import { makeUnchangeable } from '../unchangeable-record.ts'
import { validateConsumption, validateTokenRecord } from '../validate-token-record.ts'
import { Cutoffs } from './cutoffs.ts'
import { MemoryRevocationLog } from './memory-revocation-log.ts'

/** Options of {@link createMemoryTokenStore}. */
export type MemoryTokenStoreOptions = TokenStoreOptions

/** The store that {@link createMemoryTokenStore} creates. */
export interface MemoryTokenStore<Claims extends object = object>
  extends ReceiptedTokenStore<Claims>,
    Pick<ListableTokenStore<Claims>, 'list' | 'revokeListed'> {
  /** Not a promise: the handler goes on at once. */
  find(digest: string): TokenRecord<Claims> | null
  /** How many tokens and tombstones the store keeps, with those that have expired and wait for a sweep. A JWT has up to three tombstones. */
  readonly size: number
}

/** Entries from which on the store sweeps. A smaller store is not worth the time. */
const SWEEP_FROM = 1024

/**
 * Creates a token store in memory. The store keeps tokens by digest alone. It sweeps expired tokens as it grows, so it holds
 * at most about twice the tokens that have not expired. Tokens without `exp` stay. Revoking one token leaves a tombstone
 * until the token has expired, so a `save` that arrives late does not revive it. The store copies records, so later changes
 * to your object have no effect. Every revocation is one write, whether it is about one token or a million. A revocation of
 * many tokens is kept for an hour and `unstoredLifetimeSeconds`, and as long as the store holds a token that it covers.
 *
 * @example
 * ```ts
 * import { createMemoryTokenStore } from '@token-introspection/server'
 *
 * const store = createMemoryTokenStore()
 * const now = Math.floor(Date.now() / 1000)
 * await store.save('2YotnFZFEjr1zCsicMWpAA', {
 *   kind: 'access_token',
 *   client_id: 'web',
 *   sub: 'alice',
 *   aud: 'https://orders.example.com',
 *   scope: 'orders:read',
 *   iat: now,
 *   exp: now + 3600,
 *   grantId: 'grant-7',
 *   sessionId: 'session-3',
 * })
 * await store.revoke('2YotnFZFEjr1zCsicMWpAA') // this token
 * await store.revokeGrant('grant-7') // what came of one consent
 * await store.revokeSession('session-3') // what came of one login
 * await store.revokeSubject('alice') // everything alice has now
 * await store.revokeClient('web') // everything the client has now
 * ```
 */
export function createMemoryTokenStore<Claims extends object = object>(
  options: MemoryTokenStoreOptions = {},
): MemoryTokenStore<Claims> {
  const { now, unstoredLifetimeSeconds, revocationLog } = readTokenStoreOptions(
    new OptionGroup('', options, [...TOKEN_STORE_OPTIONS, 'revocationLog']),
  )
  const log = revocationLog && new MemoryRevocationLog(revocationLog, now)
  const records = new Map<string, TokenRecord<Claims>>()
  /** Tokens that were revoked by themselves. A tombstone is never replaced by a token that is saved later. */
  const tombstones = new Map<string, TokenRecord<Claims>>()
  const cutoffs: Readonly<Record<CutoffKind, Cutoffs>> = {
    grant: new Cutoffs(unstoredLifetimeSeconds),
    session: new Cutoffs(unstoredLifetimeSeconds),
    subject: new Cutoffs(unstoredLifetimeSeconds),
    client: new Cutoffs(unstoredLifetimeSeconds),
  }
  let sweepAt = SWEEP_FROM

  function isCutOff(record: TokenRecord, iat: number | undefined): boolean {
    return (
      cutoffs.grant.covers(record.grantId, iat) ||
      cutoffs.session.covers(record.sessionId, iat) ||
      cutoffs.subject.covers(record.sub, iat) ||
      cutoffs.client.covers(record.client_id, iat)
    )
  }

  function find(digest: string): TokenRecord<Claims> | null {
    const record = records.get(digest)
    if (record === undefined) {
      const tombstone = tombstones.get(digest)
      return tombstone === undefined || isCutOff(tombstone, tombstone.iat) ? null : tombstone
    }
    return isCutOff(record, record.iat) ? revokedCopy(record) : record
  }

  /** The record of a token that was used. It is kept among the tombstones, but the token may still be repeated. */
  function usedUnder(digest: string): TokenRecord<Claims> | undefined {
    const tombstone = tombstones.get(digest)
    return tombstone && isUsed(tombstone) ? tombstone : undefined
  }

  function size(): number {
    const { grant, session, subject, client } = cutoffs
    return records.size + tombstones.size + grant.size + session.size + subject.size + client.size
  }

  function sweepIfGrown(): void {
    if (size() < sweepAt) return
    const seconds = now()
    for (const [digest, record] of records) {
      if (isOver(record, seconds) || isCutOff(record, record.iat)) records.delete(digest)
    }
    for (const [digest, { exp = Number.POSITIVE_INFINITY }] of tombstones) {
      if (exp + TOMBSTONE_MARGIN_SECONDS <= seconds) tombstones.delete(digest)
    }
    for (const each of Object.values(cutoffs)) each.sweep(seconds)
    sweepAt = Math.max(SWEEP_FROM, size() * 2)
  }

  /**
   * Writes a tombstone under each digest, without an await, so that nobody sees a revocation without its event.
   *
   * @returns the number of the last event, if there is one.
   */
  function bury(digests: readonly string[], tombstone: TokenRecord<Claims>): number | undefined {
    let number: number | undefined
    records.delete(digests[0] ?? '')
    const fresh = digests.filter((digest) => !tombstones.has(digest))
    for (const digest of digests) tombstones.set(digest, tombstone)
    if (log !== undefined) for (const digest of fresh) number = log.append('token', digest, now(), null)
    return number
  }

  /** The receipt of a revocation, by the number of its last event. */
  function receiptOf(number: number | undefined): RevocationReceipt {
    if (log === undefined || number === undefined) return receiptOfEarlier(log)
    return { position: () => Promise.resolve(log.positionOf(number)) }
  }

  return {
    ...(log && { revocations: log }),
    get size() {
      return records.size + tombstones.size
    },
    find,
    async save(token, record) {
      validateTokenRecord(token, record)
      // Every caller of `find` gets this same object, so it is frozen down to the last array.
      const copy = makeUnchangeable(structuredClone(record))
      const digests = await revocationDigests(token, copy.revoked ? copy : undefined)
      const [digest = ''] = digests
      const replaced = records.get(digest)
      if (copy.revoked) {
        bury(digests, copy)
      } else if (digests.some((revoked) => tombstones.has(revoked))) return
      else {
        records.set(digest, copy)
        if (log !== undefined && replaced !== undefined && JSON.stringify(replaced) !== JSON.stringify(copy)) {
          log.append('token', digest, now(), null)
        }
      }
      sweepIfGrown()
    },
    async revoke(token, record) {
      // Read before the first await, because the caller may change the object afterwards.
      const given = record && { ...record }
      const digest = await digestToken(token)
      const known = given ?? records.get(digest) ?? usedUnder(digest)
      if (known === undefined) return receiptOfEarlier(log)
      const tombstone = toTombstone(known)
      const digests = await revocationDigests(token, known)
      const number = bury(digests, tombstone)
      sweepIfGrown()
      return receiptOf(number)
    },
    async consume(digest, at, repetitions = 0) {
      validateConsumption(at, repetitions)
      const record = find(digest)
      const consumed = record === null ? undefined : toConsumed(record, at, repetitions)
      if (consumed === undefined) return false
      records.delete(digest)
      tombstones.set(digest, makeUnchangeable(consumed))
      return true
    },
    /** Looks at every token of the store. */
    async list(query) {
      const { kind, identifier, after, limit } = resolvePageQuery(query)
      const seconds = now()
      const found = [...records]
        .map(([digest, record]) => ({ id: digest, digest, issuedAt: record.iat ?? ISSUED_BEFORE_ALL, record }))
        .filter((place) => isOf(place.record, kind, identifier) && isAfter(place, after))
        .filter(({ record }) => !isOver(record, seconds) && !isCutOff(record, record.iat))
        .toSorted((a, b) => (isAfter(a, b) ? 1 : -1))
      return toPage(found, limit)
    },
    async revokeListed(id, owner) {
      const { kind, identifier } = resolveOwner('owner', owner)
      const record = find(id)
      if (record === null || record.revoked || !isOf(record, kind, identifier)) return null
      const number = bury(await tombstoneDigests(id, record), toTombstone(record))
      sweepIfGrown()
      return receiptOf(number)
    },
    ...revocationMethods((kind, identifier, at = now()) => {
      const isLater = cutoffs[kind].set(identifier, at, now())
      const number = isLater ? log?.append(kind, identifier, now(), at === FOR_GOOD ? null : at) : undefined
      sweepIfGrown()
      return receiptOf(number)
    }),
    isRevoked(digest, record) {
      // An `iat` that is not a number of seconds cannot be compared. Then the token counts as issued before every cutoff.
      const { iat } = toTombstone(record)
      if (find(digest)?.revoked || isCutOff(record, iat)) return true
      return andThen(tombstoneDigests(digest, record), (digests) => digests.some((revoked) => tombstones.has(revoked)))
    },
  }
}

function revokedCopy<Claims extends object>(record: TokenRecord<Claims>): TokenRecord<Claims> {
  return Object.freeze({ ...record, revoked: true })
}
