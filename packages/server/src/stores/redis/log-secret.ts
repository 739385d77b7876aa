/** The secret of the keys of events. Every process that writes to the log or answers from the store needs the same one. */
import { createRevocationKeys, type RevocationKeys } from '@token-introspection/core/revocations'
import { runRedisScript, type RevocationStreamKeys, type SendRedisCommand } from '@token-introspection/core/redis'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { OPEN_LOG } from './log-scripts.ts'
import { randomTag, randomText } from '../random-text.ts'
import { SECRET_ID_LENGTH } from './log-end-script.ts'

/** The secret as this process knows it. */
export interface KnownSecret {
  /** How the stored secret begins. */
  readonly id: string
  readonly keyOf: RevocationKeys
}

/** Characters of a random secret: 256 bits and the id. */
const OCTETS = 39

/** Which secret it is. */
export interface LogSecretSettings {
  /** The secret that this process was given. */
  readonly keySecret: string | undefined
  /** Whether another process has made the log. Then this one replaces no secret. */
  readonly isAdopted: boolean
}

/** Finds the secret, and makes one if there is none. */
export class LogSecret {
  readonly #send: SendRedisCommand
  readonly #keys: RevocationStreamKeys
  readonly #given: string | undefined
  readonly #isAdopted: boolean
  /** What this process keeps in Redis if there is no secret yet. A secret that was given is not kept there. */
  #own: MaybePromise<string> | undefined
  #known: MaybePromise<KnownSecret> | undefined

  constructor(send: SendRedisCommand, keys: RevocationStreamKeys, { keySecret, isAdopted }: LogSecretSettings) {
    this.#send = send
    this.#keys = keys
    this.#given = keySecret
    this.#isAdopted = isAdopted
  }

  /** Begins a log if there is none. */
  known(): MaybePromise<KnownSecret> {
    return (this.#known ??= this.#open())
  }

  /**
   * Asks Redis at the next use, because the log is gone or has another secret.
   *
   * @param used - what was found to be wrong. Another call may have asked already.
   */
  forget(used: MaybePromise<KnownSecret> | undefined = this.#known): void {
    if (this.#known === used) this.#known = undefined
  }

  async #open(): Promise<KnownSecret> {
    try {
      const own = await (this.#own ??= this.#makeOwn())
      const { secret, stream, last } = this.#keys
      const values = [own, randomTag(), Number(this.#isAdopted)]
      const stored = (await runRedisScript(this.#send, OPEN_LOG, [secret, stream, last], values)) as string
      if (this.#isAdopted && stored.length <= SECRET_ID_LENGTH) {
        throw new Error(`other processes were given the secret of ${stream}, and this one was not`)
      }
      const keyOf = createRevocationKeys(this.#given ?? stored)
      return (this.#known = { id: stored.slice(0, SECRET_ID_LENGTH), keyOf })
    } catch (error) {
      this.#known = undefined
      throw error
    }
  }

  #makeOwn(): MaybePromise<string> {
    if (this.#given === undefined) return randomText(OCTETS)
    // Says nothing about the secret, and is the same in every process that was given it.
    return andThen(createRevocationKeys(this.#given)('token', 'id'), (key) => key.slice(0, SECRET_ID_LENGTH))
  }
}
