/** The secret of the log in PostgreSQL. The sequencer compares it with that of each event. */
import { andThen, isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { RevocationKeys } from '@token-introspection/core/revocations'
import {
  findGivenSecret,
  isKept,
  isWholeSecret,
  type KnownSecret,
  knowSecret,
  type LogSecretSettings,
  makeKeptSecret,
  UNKNOWN_SECRET,
} from '../known-secret.ts'
import { KEEP_SECRET, SECRET } from './log-statements.ts'
import type { PostgresPool } from './postgres-pool.ts'
import { runStatement } from './run-statement.ts'

/** Finds the secret, and makes one if there is none. */
export class LogSecret {
  readonly #pool: PostgresPool
  readonly #settings: LogSecretSettings
  /** Seconds since the epoch. */
  readonly #now: () => number
  /** What this process keeps in the database if there is no secret yet. */
  #own: MaybePromise<string> | undefined
  #known: MaybePromise<KnownSecret> | undefined

  constructor(pool: PostgresPool, settings: LogSecretSettings, now: () => number) {
    this.#pool = pool
    this.#settings = settings
    this.#now = now
  }

  /** The secret as the database had it when this process last asked. */
  known(): MaybePromise<KnownSecret> {
    return (this.#known ??= this.#find())
  }

  /** The key of an event without a number, after the id of its secret. */
  readonly eventKeyOf: RevocationKeys = (kind, identifier) =>
    andThen(this.known(), ({ id, keyOf }) => andThen(keyOf(kind, identifier), (key) => id + key))

  /**
   * Asks the database at the next use if it has another secret now.
   *
   * @param id - the id that the database gave with an answer. `null` if it has no secret.
   */
  compare(id: string | null): void {
    const known = this.#known
    if (known !== undefined && !isPromise(known) && known.id !== id) this.#known = undefined
  }

  async #find(): Promise<KnownSecret> {
    try {
      const given = await findGivenSecret(this.#settings.keySecret)
      const known = knowSecret(await this.#findKept(given), given)
      this.#known = known === UNKNOWN_SECRET ? undefined : known
      return known
    } catch (error) {
      // The next caller tries again.
      this.#known = undefined
      throw error
    }
  }

  async #findKept(given: string | undefined): Promise<string | undefined> {
    const kept = await this.#readKept()
    if (this.#settings.isAdopted) return kept
    const own = await (this.#own ??= makeKeptSecret(given))
    if (isKept(kept, own)) return kept
    await runStatement(this.#pool, KEEP_SECRET, [own, this.#now()])
    // Of several processes that make a secret at once, one keeps its own.
    return isWholeSecret(own) ? await this.#readKept() : own
  }

  async #readKept(): Promise<string | undefined> {
    const [row] = await runStatement<{ secret: string }>(this.#pool, SECRET, [])
    return row?.secret
  }
}
