/** The secret of the log in SQLite. It is compared in the transaction of each event. */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import {
  isKept,
  isKeptOf,
  type KnownSecret,
  knowSecret,
  type LogSecretSettings,
  makeKeptSecret,
  UNKNOWN_SECRET,
} from '../known-secret.ts'
import { KEEP_SECRET, SECRET } from './log-statements.ts'
import type { SqliteDatabase, SqliteStatement } from './sqlite-database.ts'
import { createTransaction, type Transact } from './transaction.ts'

/** Finds the secret, and makes one if there is none. */
export class LogSecret {
  readonly #given: string | undefined
  readonly #transact: Transact
  readonly #find: SqliteStatement
  readonly #keep: SqliteStatement
  readonly #restart: () => void
  /** What this process keeps in the database if there is no secret yet. `undefined` if it keeps none. */
  readonly #own: MaybePromise<string> | undefined
  #known = UNKNOWN_SECRET

  /** @param restart - ends the log and begins a new one. */
  constructor(database: SqliteDatabase, settings: LogSecretSettings, restart: () => void) {
    this.#given = settings.keySecret
    this.#transact = createTransaction(database)
    this.#find = database.prepare(SECRET)
    this.#keep = database.prepare(KEEP_SECRET)
    this.#restart = restart
    this.#own = settings.isAdopted ? undefined : makeKeptSecret(settings.keySecret)
    // Without Web Crypto it is known at once. A process that finds the log then finds the secret, too.
    if (typeof this.#own === 'string') this.#keepOwn(this.#own)
  }

  /** The secret that the log has now. */
  known(): MaybePromise<KnownSecret> {
    if (this.isCurrent(this.#known)) return this.#known
    if (this.#own === undefined) return (this.#known = knowSecret(this.#kept(), undefined))
    return andThen(this.#own, (own) => (this.#known = knowSecret(this.#keepOwn(own), this.#given)))
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
      this.#restart()
      return own
    })
  }

  #kept(): string | undefined {
    return (this.#find.get() as { readonly secret: string } | undefined)?.secret
  }
}
