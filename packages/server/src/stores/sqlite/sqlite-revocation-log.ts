/** The log of revocations in SQLite. Events are appended in the transaction of their revocation. */
import {
  createRevocationKeys,
  MAX_PAGE_EVENTS,
  type RevocationKeys,
  type RevocationKind,
  type RevocationPage,
} from '@token-introspection/core/revocations'
import { type LogRow, pageWithoutEvents, toPage } from '../log-page.ts'
import { type LogPosition, readPosition, writePosition } from '../log-position.ts'
import { randomTag, randomText } from '../random-text.ts'
import type { RevocationLog, RevocationReceipt } from '../revocation-log.ts'
import type { RevocationLogSettings } from '../revocation-log-options.ts'
import { receiptAt, receiptOfEarlier } from '../revocation-receipt.ts'
import { APPEND, HAS, KEEP_SECRET, LAST, READ, SECRET, SINCE, TRIM } from './log-statements.ts'
import type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts'

/** How often a process with listeners looks for events of other processes, in milliseconds. */
const POLL_MS = 5

/** The octets of a random secret: 256 bits. */
const SECRET_OCTETS = 32

/** Appends one event. Only within {@link SqliteRevocationLog.write}. */
export type AppendEvent = (kind: RevocationKind, key: string, cut: number | null) => void

/** A log in the tables of the store. */
export class SqliteRevocationLog implements RevocationLog {
  readonly keyOf: RevocationKeys
  readonly #now: () => number
  readonly #retentionSeconds: number
  readonly #begin: SqliteStatement
  readonly #commit: SqliteStatement
  readonly #rollback: SqliteStatement
  readonly #last: SqliteStatement
  readonly #append: SqliteStatement
  readonly #has: SqliteStatement
  readonly #read: SqliteStatement
  readonly #trim: SqliteStatement
  readonly #since: SqliteStatement
  readonly #listeners = new Set<() => void>()
  #polling: ReturnType<typeof setInterval> | undefined

  constructor(database: SqliteDatabase, { keySecret, retentionSeconds }: RevocationLogSettings, now: () => number) {
    this.#now = now
    this.#retentionSeconds = retentionSeconds
    this.#begin = database.prepare('BEGIN IMMEDIATE')
    this.#commit = database.prepare('COMMIT')
    this.#rollback = database.prepare('ROLLBACK')
    this.#last = database.prepare(LAST)
    this.#append = database.prepare(APPEND)
    this.#has = database.prepare(HAS)
    this.#read = database.prepare(READ)
    this.#trim = database.prepare(TRIM)
    this.#since = database.prepare(SINCE)
    if (keySecret === undefined) database.prepare(KEEP_SECRET).run(randomText(SECRET_OCTETS))
    const kept = keySecret ?? (database.prepare(SECRET).get() as { readonly secret: string }).secret
    this.keyOf = createRevocationKeys(kept)
    this.write(() => undefined)
  }

  /**
   * Runs a write and its appends in one transaction. A write that throws leaves nothing.
   *
   * @returns the receipt of the last event, or of an earlier revocation if the write appended nothing.
   */
  write(work: (append: AppendEvent) => void): RevocationReceipt {
    let appended: LogPosition | undefined
    this.#begin.run()
    try {
      let last = this.#lastRow() ?? this.#open()
      work((kind, key, cut) => {
        const next = { number: last.number + 1, tag: randomTag() }
        this.#append.run(next.number, next.tag, writePosition(last), this.#now(), cut, kind, key)
        this.#trim.run(this.#now() - this.#retentionSeconds)
        appended = last = next
      })
      this.#commit.run()
    } catch (error) {
      this.#cancel()
      throw error
    }
    if (appended === undefined) return receiptOfEarlier(this)
    for (const listener of this.#listeners) listener()
    return receiptAt(writePosition(appended))
  }

  has(position: string): boolean {
    const asked = readPosition(position)
    return asked !== undefined && this.#has.get(asked.number, asked.tag) !== undefined
  }

  readAfter(after: string | undefined, limit: number): RevocationPage {
    const last = this.#requireLast()
    const asked = after === undefined ? undefined : readPosition(after)
    if (after === undefined || asked === undefined) return pageWithoutEvents(last, after !== undefined)
    const page = this.#pageAfter(asked.number, after, limit)
    // Looked for after the events, because another process may remove it meanwhile.
    return this.#has.get(asked.number, asked.tag) === undefined ? pageWithoutEvents(last, true) : page
  }

  /** The oldest events, for followers that verify JWTs by themselves. */
  readOldest(limit: number): RevocationPage {
    const last = this.#requireLast()
    const page = this.#pageAfter(-1, writePosition(last), limit)
    // Read after the events, because another process may remove some meanwhile.
    const { at } = this.#since.get() as { readonly at: number }
    return { ...page, since: at }
  }

  onAppended(listener: () => void): () => void {
    // Two callers may give the same function.
    const own = (): void => listener()
    this.#listeners.add(own)
    this.#polling ??= this.#poll()
    return () => {
      this.#listeners.delete(own)
      if (this.#listeners.size > 0) return
      clearInterval(this.#polling)
      this.#polling = undefined
    }
  }

  /** Looks for events of other processes while somebody listens. */
  #poll(): ReturnType<typeof setInterval> {
    let seen = writePosition(this.#requireLast())
    const polling = setInterval(() => {
      try {
        const last = writePosition(this.#requireLast())
        if (last === seen) return
        seen = last
      } catch {
        // A database that is busy or closed is asked again. Readers get its error.
        return
      }
      for (const listener of this.#listeners) listener()
    }, POLL_MS)
    ;(polling as { unref?: () => void }).unref?.()
    return polling
  }

  #pageAfter(number: number, after: string, limit: number): RevocationPage {
    const most = Math.min(limit, MAX_PAGE_EVENTS)
    const { rows } = this.#read.get(number, most + 1) as { readonly rows: string }
    return toPage(after, JSON.parse(rows) as LogRow[], most)
  }

  #lastRow(): LogPosition | undefined {
    return this.#last.get() as LogPosition | undefined
  }

  #requireLast(): LogPosition {
    const last = this.#lastRow()
    if (last === undefined) throw new Error('the table introspection_revocations is empty: create the store again')
    return last
  }

  /** Writes the row where a log begins. */
  #open(): LogPosition {
    const origin = { number: 0, tag: randomTag() }
    this.#append.run(origin.number, origin.tag, null, this.#now(), null, null, null)
    return origin
  }

  #cancel(): void {
    try {
      this.#rollback.run()
    } catch {
      // There is no transaction: the database could not begin it, or has ended it itself.
    }
  }
}
