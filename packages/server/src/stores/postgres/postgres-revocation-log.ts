/** The log of revocations in PostgreSQL. Revocations write events without a number; a sequencer numbers them afterwards. */
import { andThen } from '@token-introspection/core/maybe-promise'
import { MAX_PAGE_EVENTS, type RevocationKeys, type RevocationPage } from '@token-introspection/core/revocations'
import type { LogSecretSettings } from '../known-secret.ts'
import { type LogRow, pageWithoutEvents, toPage } from '../log-page.ts'
import { type LogPosition, readPosition, writePosition } from '../log-position.ts'
import { randomTag } from '../random-text.ts'
import type { RevocationLog, RevocationReceipt } from '../revocation-log.ts'
import { receiptOfEarlier } from '../revocation-receipt.ts'
import { beginLog, HAS, numberEvents, READ } from './log-statements.ts'
import type { PostgresPool } from './postgres-pool.ts'
import { runStatement } from './run-statement.ts'
import { LogSecret } from './log-secret.ts'
import { type NumberedEvents, Sequencer } from './sequencer.ts'
import { watchLog } from './watch-log.ts'

/**
 * Milliseconds that the sequencer rests after a run, unless somebody waits for the next one. Without a rest, each of many revocations would
 * cost a second transaction. With it, followers hear of some revocations this much later.
 */
const REST_MS = 5

/** How often the log is begun when other processes end it meanwhile. */
const MAX_TRIES = 8

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
export interface PostgresLogSettings extends LogSecretSettings {
  readonly retentionSeconds: number
}

/** A log in the tables of the store. */
export class PostgresRevocationLog implements RevocationLog {
  readonly #pool: PostgresPool
  readonly #secret: LogSecret
  readonly #listeners = new Set<() => void>()
  readonly #sequencer: Sequencer
  /** The name of this process in its notifications. */
  readonly #sender = randomTag()
  #endWatch: (() => void) | undefined

  constructor(pool: PostgresPool, settings: PostgresLogSettings, now: () => number) {
    this.#pool = pool
    this.#secret = new LogSecret(pool, settings, now)
    this.#sequencer = new Sequencer({
      numberEvents: async () => {
        for (let tries = 0; tries < MAX_TRIES; tries++) {
          const text = numberEvents(now() - settings.retentionSeconds, this.#sender)
          const row = lastResult(await pool.query({ text })).rows[0]
          if (row !== undefined) return this.#toNumberedEvents(row)
          // The secret comes before the log, so that a process which finds the log finds it, too.
          await this.#secret.known()
          await pool.query({ text: beginLog(now()) })
        }
        throw new Error(
          'the secret of the log changes all the time: give every process the same revocationLog.keySecret',
        )
      },
      onNumbered: () => this.#callListeners(),
      rest,
    })
  }

  readonly keyOf: RevocationKeys = (kind, identifier) =>
    andThen(this.#secret.known(), ({ keyOf }) => keyOf(kind, identifier))

  /** Makes the key of an event that a write inserts. */
  readonly eventKeyOf: RevocationKeys = (kind, identifier) => this.#secret.eventKeyOf(kind, identifier)

  /** Has the sequencer number an event after its commit. A receipt that is asked for the position does not let it rest. */
  receiptAfterCommit(): RevocationReceipt {
    // Without the catch, a run that fails while nobody waits would end the process. A question numbers the event later.
    const numbered = this.#sequencer.runSoon().catch(() => undefined)
    return {
      position: async () => {
        this.#sequencer.hurry()
        const last = await numbered
        return last === undefined ? await receiptOfEarlier(this).position() : writePosition(last)
      },
    }
  }

  async has(position: string): Promise<boolean> {
    const asked = readPosition(position)
    if (asked === undefined) return false
    const { id } = await this.#secret.known()
    const [row] = await runStatement<{ known: boolean; secret_id: string | null }>(this.#pool, HAS, [
      asked.number,
      asked.tag,
    ])
    if (row === undefined) return false
    this.#secret.compare(row.secret_id)
    // Without the secret of the log, the keys of an answer are wrong.
    return row.known && row.secret_id === id
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
      secret_id: string | null
      last: string | null
      since: string | null
      known: boolean
      events: string | null
    }>(this.#pool, READ, values)
    if (row === undefined) throw new Error('PostgreSQL gave no row for the log of revocations')
    const { pending, known, last, since, events } = row
    this.#secret.compare(row.secret_id)
    return {
      pending,
      known,
      since: since === null ? undefined : Number(since),
      last: last === null ? null : (JSON.parse(last) as LogPosition),
      rows: events === null ? [] : (JSON.parse(events) as LogRow[]),
    }
  }

  #toNumberedEvents(row: unknown): NumberedEvents {
    // `number` is text here, as every `bigint` is.
    const {
      number,
      tag,
      numbered,
      secret_id: secretId,
    } = row as {
      readonly number: string
      readonly tag: string
      readonly numbered: number
      readonly secret_id: string | null
    }
    this.#secret.compare(secretId)
    return { last: { number: Number(number), tag }, numbered }
  }

  #callListeners(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** `pg` gives an array for a message of several statements. */
function lastResult<Result extends object>(given: Result | readonly Result[]): Result {
  return [given].flat().at(-1) as Result
}

function rest(rested: () => void): () => void {
  const timer = setTimeout(rested, REST_MS)
  return () => clearTimeout(timer)
}
