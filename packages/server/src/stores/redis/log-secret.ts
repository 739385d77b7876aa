/** The secret of the log in Redis. Each script compares it. */
import { runRedisScript, type RevocationStreamKeys, type SendRedisCommand } from '@token-introspection/core/redis'
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { OPEN_LOG } from './log-scripts.ts'
import {
  findGivenSecret,
  isWholeSecret,
  type KeySecret,
  type KnownSecret,
  knowSecret,
  type LogSecretSettings,
  makeKeptSecret,
} from '../known-secret.ts'
import { randomTag } from '../random-text.ts'

/** Finds the secret, and makes one if there is none. */
export class LogSecret {
  readonly #send: SendRedisCommand
  readonly #keys: RevocationStreamKeys
  readonly #given: KeySecret
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
      const given = await findGivenSecret(this.#given)
      const own = await (this.#own ??= makeKeptSecret(given))
      const { secret, stream, last } = this.#keys
      const values = [own, randomTag(), Number(this.#isAdopted)]
      const stored = (await runRedisScript(this.#send, OPEN_LOG, [secret, stream, last], values)) as string
      if (this.#isAdopted && !isWholeSecret(stored)) {
        throw new Error(`other processes were given the secret of ${stream}, and this one was not`)
      }
      return (this.#known = knowSecret(stored, given))
    } catch (error) {
      this.#known = undefined
      throw error
    }
  }
}
