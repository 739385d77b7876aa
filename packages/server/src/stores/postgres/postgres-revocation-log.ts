/** The log of revocations in PostgreSQL. Revocations write events without a number; a sequencer numbers them afterwards. */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import {
  createRevocationKeys,
  MAX_PAGE_EVENTS,
  type RevocationKeys,
  type RevocationPage,
} from '@token-introspection/core/revocations'
import { type LogRow, pageWithoutEvents, toPage } from '../log-page.ts'
import { type LogPosition, readPosition, writePosition } from '../log-position.ts'
import { NO_KEY } from '../no-key.ts'
import { randomTag, randomText } from '../random-text.ts'
import type { RevocationLog, RevocationReceipt } from '../revocation-log.ts'
import type { RevocationLogSettings } from '../revocation-log-options.ts'
import { receiptOfEarlier } from '../revocation-receipt.ts'
import { beginLog, FORGET_SECRET, HAS, KEEP_SECRET, numberEvents, READ, SECRET } from './log-statements.ts'
import type { PostgresPool } from './postgres-pool.ts'
import { runStatement } from './run-statement.ts'
import { type NumberedEvents, Sequencer } from './sequencer.ts'
import { watchLog } from './watch-log.ts'

/** The octets of a random secret: 256 bits. */
const SECRET_OCTETS = 32

/** What one read sees. */
interface LogReading {
  readonly last: LogPosition
  /** Whether the log has the row after which was asked. */
  readonly known: boolean
  /** When the oldest row was written. The log has every event after it. */
  readonly since: number | undefined
  readonly rows: readonly LogRow[]
}

/** What a log needs beside its tables. */
export interface PostgresLogSettings extends RevocationLogSettings {
  /** Whether another process has made the log. Then this one makes no secret, and its events have no keys if it finds none. */
  readonly isAdopted: boolean
}

/** A log in the tables of the store. */
export class PostgresRevocationLog implements RevocationLog {
  readonly #pool: PostgresPool
  readonly #settings: PostgresLogSettings
  readonly #listeners = new Set<() => void>()
  readonly #sequencer: Sequencer
  /** The name of this process in its notifications. */
  readonly #sender = randomTag()
  #keys: MaybePromise<RevocationKeys> | undefined
  #endWatch: (() => void) | undefined

  constructor(pool: PostgresPool, settings: PostgresLogSettings, now: () => number) {
    this.#pool = pool
    this.#settings = settings
    this.#sequencer = new Sequencer(
      async () => {
        const run = async () => {
          const text = numberEvents(now() - settings.retentionSeconds, this.#sender)
          return lastResult(await pool.query({ text })).rows[0]
        }
        const row = await run()
        if (row !== undefined) return toNumberedEvents(row)
        // The secret comes before the log, so that a process which finds the log finds it, too.
        await this.keyOf('check', '')
        await pool.query({ text: beginLog(now()) })
        return toNumberedEvents(await run())
      },
      () => this.#callListeners(),
    )
  }

  readonly keyOf: RevocationKeys = (kind, identifier) =>
    andThen((this.#keys ??= this.#createKeys()), (keys) => keys(kind, identifier))

  /** Starts the sequencer after the commit of an event. The receipt waits for it. */
  receiptAfterCommit(): RevocationReceipt {
    const run = this.#sequencer.run()
    // Without the catch, a run that fails while nobody waits would end the process. A question numbers the event later.
    const numbered = run.then(writePosition).catch(() => undefined)
    return { position: async () => (await numbered) ?? (await receiptOfEarlier(this).position()) }
  }

  async has(position: string): Promise<boolean> {
    const asked = readPosition(position)
    if (asked === undefined) return false
    return (await runStatement(this.#pool, HAS, [asked.number, asked.tag])).length > 0
  }

  async readAfter(after: string | undefined, limit: number): Promise<RevocationPage> {
    const asked = after === undefined ? undefined : readPosition(after)
    const most = Math.min(limit, MAX_PAGE_EVENTS)
    const { last, known, rows } = await this.#read(asked?.number ?? null, asked?.tag ?? null, most + 1)
    return known ? toPage(after as string, rows, most) : pageWithoutEvents(last, after !== undefined)
  }

  /** The oldest events, for followers that verify JWTs by themselves. */
  async readOldest(limit: number): Promise<RevocationPage> {
    const most = Math.min(limit, MAX_PAGE_EVENTS)
    const { last, rows, since } = await this.#read(-1, null, most + 1)
    return { ...toPage(writePosition(last), rows, most), since }
  }

  onAppended(listener: () => void): () => void {
    // Two callers may give the same function.
    const own = (): void => listener()
    this.#listeners.add(own)
    this.#endWatch ??= watchLog({
      pool: this.#pool,
      readLast: async () => (await this.readAfter(undefined, 1)).position,
      onAppended: () => this.#callListeners(),
      sender: this.#sender,
    })
    return () => {
      this.#listeners.delete(own)
      if (this.#listeners.size > 0) return
      this.#endWatch?.()
      this.#endWatch = undefined
    }
  }

  /** Reads in one snapshot. If it shows an event without a number, the sequencer runs first. */
  async #read(...values: [number: number | null, tag: string | null, limit: number]): Promise<LogReading> {
    const reading = await this.#readOnce(values)
    if (!reading.pending && reading.last !== null) return { ...reading, last: reading.last }
    const last = await this.#sequencer.run()
    // Events that are without a number now were committed after the question.
    return { ...(await this.#readOnce(values)), last }
  }

  async #readOnce(values: (number | string | null)[]) {
    const [row] = await runStatement<{
      pending: boolean
      last: string | null
      since: string | null
      known: boolean
      events: string | null
    }>(this.#pool, READ, values)
    if (row === undefined) throw new Error('PostgreSQL gave no row for the log of revocations')
    const { pending, known, last, since, events } = row
    return {
      pending,
      known,
      since: since === null ? undefined : Number(since),
      last: last === null ? null : (JSON.parse(last) as LogPosition),
      rows: events === null ? [] : (JSON.parse(events) as LogRow[]),
    }
  }

  async #createKeys(): Promise<RevocationKeys> {
    try {
      const secret = await this.#findSecret()
      if (secret !== undefined) return (this.#keys = createRevocationKeys(secret))
      this.#keys = undefined
      return () => NO_KEY
    } catch (error) {
      // The next caller tries again.
      this.#keys = undefined
      throw error
    }
  }

  /** A secret that was given is not kept in the database, and takes the place of a random one. */
  async #findSecret(): Promise<string | undefined> {
    const { isAdopted, keySecret } = this.#settings
    if (keySecret !== undefined) {
      await runStatement(this.#pool, FORGET_SECRET, [])
      return keySecret
    }
    if (!isAdopted) await runStatement(this.#pool, KEEP_SECRET, [randomText(SECRET_OCTETS)])
    const [row] = await runStatement<{ secret: string }>(this.#pool, SECRET, [])
    if (row === undefined && !isAdopted) {
      throw new Error('PostgreSQL gave no row for the secret of the log of revocations')
    }
    return row?.secret
  }

  #callListeners(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** `pg` gives an array for a message of several statements. */
function lastResult<Result extends object>(given: Result | readonly Result[]): Result {
  return [given].flat().at(-1) as Result
}

function toNumberedEvents(row: unknown): NumberedEvents {
  if (row === undefined) throw new Error('PostgreSQL gave no row for the last event of the log of revocations')
  // `number` is text here, as every `bigint` is.
  const { number, tag, numbered } = row as { number: string; tag: string; numbered: number }
  return { last: { number: Number(number), tag }, numbered }
}
