/** The log of revocations in SQLite. Events are appended in the transaction of their revocation. */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import {
  MAX_PAGE_EVENTS,
  type RevocationKeys,
  type RevocationKind,
  type RevocationPage,
} from '@token-introspection/core/revocations'
import { isKeptOf, type KnownSecret, type LogSecretSettings } from '../known-secret.ts'
import { type LogRow, pageWithoutEvents, toPage } from '../log-page.ts'
import { type LogPosition, readPosition, writePosition } from '../log-position.ts'
import { randomTag } from '../random-text.ts'
import type { RevocationLog, RevocationReceipt } from '../revocation-log.ts'
import { receiptAt, receiptOfEarlier } from '../revocation-receipt.ts'
import { APPEND, END, EVENTS_PER_TRIM, HAS, LAST, READ, SINCE, TRIM } from './log-statements.ts'
import { LogSecret } from './log-secret.ts'
import type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts'
import { createTransaction, type Transact } from './transaction.ts'

/** How often a process with listeners looks for events of other processes, in milliseconds. */
const POLL_MS = 5

/** The last row, with what is kept of the secret of the log. */
interface LastRow extends LogPosition {
  readonly secret: string | null
}

/** Appends one event. Only within {@link SqliteRevocationLog.write}. */
export type AppendEvent = (kind: RevocationKind, key: string, cut: number | null) => void

/** What a log needs beside its tables. */
export interface SqliteLogSettings extends LogSecretSettings {
  readonly retentionSeconds: number
}

/** A log in the tables of the store. */
export class SqliteRevocationLog implements RevocationLog {
  readonly #secret: LogSecret
  readonly #now: () => number
  readonly #retentionSeconds: number
  readonly #transact: Transact
  readonly #last: SqliteStatement
  readonly #append: SqliteStatement
  readonly #end: SqliteStatement
  readonly #has: SqliteStatement
  readonly #read: SqliteStatement
  readonly #trim: SqliteStatement
  readonly #since: SqliteStatement
  readonly #listeners = new Set<() => void>()
  #polling: ReturnType<typeof setInterval> | undefined

  constructor(database: SqliteDatabase, settings: SqliteLogSettings, now: () => number) {
    this.#now = now
    this.#retentionSeconds = settings.retentionSeconds
    this.#transact = createTransaction(database)
    this.#last = database.prepare(LAST)
    this.#append = database.prepare(APPEND)
    this.#end = database.prepare(END)
    this.#has = database.prepare(HAS)
    this.#read = database.prepare(READ)
    this.#trim = database.prepare(TRIM)
    this.#since = database.prepare(SINCE)
    this.#secret = new LogSecret(database, settings, {
      hasEvents: () => this.#lastRow()?.number !== 0,
      restart: () => this.#restart(),
    })
    this.#transact(() => this.#lastRow() ?? this.#open())
  }

  readonly keyOf: RevocationKeys = (kind, identifier) =>
    andThen(this.#secret.known(), ({ keyOf }) => keyOf(kind, identifier))

  /** The secret for the keys of the events of one write. */
  secretForWrite(): MaybePromise<KnownSecret> {
    return this.#secret.lastKnown()
  }

  /**
   * Runs a write and its appends in one transaction. A write that throws leaves nothing. If the log has another secret, the events
   * have the wrong keys. Then each of them ends the log instead, and a new one begins.
   *
   * @param secret - the one of the keys.
   * @returns the receipt of the last event, or of an earlier revocation if the write appended nothing.
   */
  write(secret: KnownSecret, work: (append: AppendEvent) => void): RevocationReceipt {
    let appended: LogPosition | undefined
    this.#transact(() => {
      const found = this.#last.get() as LastRow | undefined
      const hasKeys = isKeptOf(secret, found?.secret)
      if (!hasKeys) this.#secret.forget()
      let last: LogPosition = found ?? this.#open()
      work((kind, key, cut) => {
        if (!hasKeys) {
          appended = last = this.#restart()
          return
        }
        const next = { number: last.number + 1, tag: randomTag() }
        const now = this.#now()
        this.#append.run(next.number, next.tag, writePosition(last), now, cut, kind, key)
        if (next.number % EVENTS_PER_TRIM === 0) this.#trim.run(now - this.#retentionSeconds)
        appended = last = next
      })
    })
    if (appended === undefined) return receiptOfEarlier(this)
    for (const listener of this.#listeners) listener()
    return receiptAt(writePosition(appended))
  }

  has(position: string): MaybePromise<boolean> {
    const asked = readPosition(position)
    if (asked === undefined) return false
    // Without the secret of the log, the keys of an answer are wrong.
    return andThen(
      this.#secret.known(),
      (secret) => this.#secret.isCurrent(secret) && this.#has.get(asked.number, asked.tag) !== undefined,
    )
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

  /** Ends the log and begins a new one: every follower sees a gap. */
  #restart(): LogPosition {
    this.#end.run()
    return this.#open()
  }

  /** Writes the row where a log begins. */
  #open(): LogPosition {
    const origin = { number: 0, tag: randomTag() }
    this.#append.run(origin.number, origin.tag, null, this.#now(), null, null, null)
    return origin
  }
}
