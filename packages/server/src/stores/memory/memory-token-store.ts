/** A token store in memory: for tests, demos and single-process servers that may forget. */
import { toNumericDate } from '@token-introspection/core'
import { andThen } from '@token-introspection/core/maybe-promise'
import { OptionGroup } from '@token-introspection/core/options'
import { makeUnchangeable } from '../unchangeable-record.ts'
import { Cutoffs, FOR_GOOD } from './cutoffs.ts'
import { revocationDigests, tombstoneDigests } from '../revocation-digests.ts'
import { isOver, type TokenRecord } from '../token-record.ts'
import { digestToken, type WritableTokenStore } from '../token-store.ts'
import { toTombstone } from '../to-tombstone.ts'
import { validateRevocation, validateTokenRecord } from '../validate-token-record.ts'

/** Options of {@link createMemoryTokenStore}. */
export interface MemoryTokenStoreOptions {
  /** Milliseconds since the epoch; `Date.now` unless given. Expired tokens are forgotten by it, and a revocation is dated by it. */
  readonly now?: (() => number) | undefined
  /**
   * Seconds that a token lives at the longest which the store does not hold, such as a JWT access token. A revocation of
   * many tokens is kept for that and an hour. Default 3600, from 0, for when there are none, to 315360000.
   *
   * Security: set it to the longest lifetime of your JWTs. One that lives longer is usable again once the revocation of
   * its grant, session, user or client is forgotten.
   */
  readonly unstoredLifetimeSeconds?: number | undefined
}

/** The store {@link createMemoryTokenStore} makes. */
export interface MemoryTokenStore<Claims extends object = object> extends WritableTokenStore<Claims> {
  /** Not a promise: the handler goes on at once. */
  find(digest: string): TokenRecord<Claims> | null
  /** How many tokens are kept, expired ones and tombstones that were not swept yet included; a JWT has up to three tombstones. */
  readonly size: number
}

/** Below this size a sweep is not worth its time. */
const SWEEP_FROM = 1024

/** Seconds that a tombstone is kept beyond `exp`: whoever judges the token may have another clock. */
const TOMBSTONE_MARGIN_SECONDS = 300

/**
 * Creates a token store in memory. Tokens are kept by digest alone. Expired ones are swept as the store grows, so it holds
 * at most about twice the tokens that have not expired; tokens without `exp` stay. A token that was revoked alone leaves a
 * tombstone until it has expired, so a `save` that arrives late does not revive it.
 * Records are copied, so later changes to the caller's object have no effect. Every revocation is one write, whether it
 * is about one token or a million. Those about many are kept for an hour and `unstoredLifetimeSeconds`, and longer while
 * a token they are about is.
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
  const group = new OptionGroup('', options, ['now', 'unstoredLifetimeSeconds'])
  const clock = group.function<() => number>('now') ?? Date.now
  const now = (): number => toNumericDate(clock())
  const lifetime = group.integer('unstoredLifetimeSeconds', { default: 3600, min: 0, max: 315_360_000 })
  const records = new Map<string, TokenRecord<Claims>>()
  /** Tokens that were revoked alone. A tombstone wins over whatever is saved later. */
  const tombstones = new Map<string, TokenRecord<Claims>>()
  const grants = new Cutoffs(lifetime)
  const sessions = new Cutoffs(lifetime)
  const subjects = new Cutoffs(lifetime)
  const clients = new Cutoffs(lifetime)
  let sweepAt = SWEEP_FROM

  function isCutOff(record: TokenRecord, iat: number | undefined): boolean {
    return (
      grants.covers(record.grantId, iat) ||
      sessions.covers(record.sessionId, iat) ||
      subjects.covers(record.sub, iat) ||
      clients.covers(record.client_id, iat)
    )
  }

  function find(digest: string): TokenRecord<Claims> | null {
    const record = records.get(digest)
    if (record === undefined) return tombstones.get(digest) ?? null
    return isCutOff(record, record.iat) ? revokedCopy(record) : record
  }

  function size(): number {
    return records.size + tombstones.size + grants.size + sessions.size + subjects.size + clients.size
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
    for (const cutoffs of [grants, sessions, subjects, clients]) cutoffs.sweep(seconds)
    sweepAt = Math.max(SWEEP_FROM, size() * 2)
  }

  return {
    get size() {
      return records.size + tombstones.size
    },
    find,
    async save(token, record) {
      validateTokenRecord(token, record)
      // Shared by everyone who finds it, down to the last array.
      const copy = makeUnchangeable(structuredClone(record))
      const digests = await revocationDigests(token)
      const [digest = ''] = digests
      if (copy.revoked) {
        records.delete(digest)
        tombstones.set(digest, copy)
      } else if (digests.some((revoked) => tombstones.has(revoked))) return
      else records.set(digest, copy)
      sweepIfGrown()
    },
    async revoke(token, record) {
      // Read before anything is awaited: the caller may change the object then.
      const given = record && { ...record }
      const digest = await digestToken(token)
      const known = given ?? records.get(digest)
      if (known === undefined) return
      const tombstone = toTombstone(known)
      for (const revoked of await revocationDigests(token, known)) tombstones.set(revoked, tombstone)
      records.delete(digest)
      sweepIfGrown()
    },
    async revokeGrant(grantId) {
      validateRevocation('grantId', grantId)
      grants.set(grantId, FOR_GOOD, now())
      sweepIfGrown()
    },
    async revokeSession(sessionId) {
      validateRevocation('sessionId', sessionId)
      sessions.set(sessionId, FOR_GOOD, now())
      sweepIfGrown()
    },
    async revokeSubject(sub, at = now()) {
      validateRevocation('sub', sub, at)
      subjects.set(sub, at, now())
      sweepIfGrown()
    },
    async revokeClient(clientId) {
      validateRevocation('clientId', clientId)
      clients.set(clientId, now(), now())
      sweepIfGrown()
    },
    isRevoked(digest, record) {
      // Without an `iat` that can be compared a token was issued before everything.
      const { iat } = toTombstone(record)
      if (find(digest)?.revoked || isCutOff(record, iat)) return true
      return andThen(tombstoneDigests(digest, record), (digests) => digests.some((revoked) => tombstones.has(revoked)))
    },
  }
}

function revokedCopy<Claims extends object>(record: TokenRecord<Claims>): TokenRecord<Claims> {
  return Object.freeze({ ...record, revoked: true })
}
