/** The secret of the log in SQLite. It is compared in the transaction of each event. */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import {
  findGivenSecret,
  isKept,
  isKeptOf,
  isWholeSecret,
  type KeySecret,
  type KnownSecret,
  knowSecret,
  type LogSecretSettings,
  makeKeptSecret,
  UNKNOWN_SECRET,
} from '../known-secret.ts'
import { KEEP_SECRET, SECRET } from './log-statements.ts'
import type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts'
import { createTransaction, type Transact } from './transaction.ts'

/** The log whose secret it is. */
interface SecretHolder {
  /** Whether an event was appended since the log began. */
  readonly hasEvents: () => boolean
  /** Ends the log and begins a new one. */
  readonly restart: () => void
}

/** Finds the secret, and makes one if there is none. */
export class LogSecret {
  readonly #given: KeySecret
  readonly #transact: Transact
  readonly #find: SqliteStatement
  readonly #keep: SqliteStatement
  readonly #log: SecretHolder
  /** What this process keeps in the database if there is no secret yet. `undefined` if it keeps none. */
  #own: MaybePromise<string> | undefined
  readonly #isAdopted: boolean
  #known = UNKNOWN_SECRET

  constructor(database: SqliteDatabase, settings: LogSecretSettings, log: SecretHolder) {
    this.#given = settings.keySecret
    this.#transact = createTransaction(database)
    this.#find = database.prepare(SECRET)
    this.#keep = database.prepare(KEEP_SECRET)
    this.#log = log
    this.#isAdopted = settings.isAdopted
    // A function is called when the secret is needed.
    if (settings.isAdopted || typeof settings.keySecret === 'function') return
    this.#own = makeKeptSecret(settings.keySecret)
    // Without Web Crypto it is known at once. A process that finds the log then finds the secret, too.
    if (typeof this.#own === 'string') this.#keepOwn(this.#own)
  }

  /** The secret that the log has now. */
  known(): MaybePromise<KnownSecret> {
    if (this.isCurrent(this.#known)) return this.#known
    if (this.#isAdopted) return (this.#known = knowSecret(this.#kept(), undefined))
    return andThen(findGivenSecret(this.#given), (given) =>
      andThen((this.#own ??= makeKeptSecret(given)), (own) => (this.#known = knowSecret(this.#keepOwn(own), given))),
    )
  }

  /**
   * The secret that the log had when this process last asked, for the keys of events. The transaction of the events compares it, and
   * {@link LogSecret.forget} is called if it is another one.
   */
  lastKnown(): MaybePromise<KnownSecret> {
    return this.#known === UNKNOWN_SECRET ? this.known() : this.#known
  }

  /** Asks the database at the next use. */
  forget(): void {
    this.#known = UNKNOWN_SECRET
  }

  /** Whether the log has this secret still. */
  isCurrent(secret: KnownSecret): boolean {
    return isKeptOf(secret, this.#kept())
  }

  /** Keeps the secret of this process, unless there is one that it adopts. With another secret the keys are others, so the log ends. */
  #keepOwn(own: string): string {
    return this.#transact(() => {
      const kept = this.#kept()
      if (isKept(kept, own)) return kept
      this.#keep.run(own)
      // A function finds the secret when a log without events may have been read.
      const isFirst = kept === undefined && !isWholeSecret(own) && !this.#log.hasEvents()
      if (!isFirst) this.#log.restart()
      return own
    })
  }

  #kept(): string | undefined {
    return (this.#find.get() as { readonly secret: string } | undefined)?.secret
  }
}
