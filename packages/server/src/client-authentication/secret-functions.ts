/** The functions that find secrets of callers, as far as an endpoint has seen them. */
import { SecretUnavailableError } from '@token-introspection/core'
import type { FindValue } from '@token-introspection/core/options'
import { hmacSha256 } from '#crypto'
import type { ClientSecret } from './client-secret.ts'

/** Finds the secrets of a caller. */
type FindSecrets = FindValue<readonly ClientSecret[]>

/** The most functions that are remembered. The latest ones take the places of others. */
const MAX_FUNCTIONS = 1024

/** The number of characters of a claimed identifier that count, because an attacker chooses its length. */
const MAX_ID_LENGTH = 256

/**
 * Stands in for the function of a caller that has none.
 *
 * A caller whose function fails is answered 503, after a call of its function. If a made-up identifier got another answer, or cost no call,
 * everybody could find out registered identifiers while a vault is down. So each identifier without a function has that of some
 * caller, always the same one, and nobody outside can tell which.
 */
export class SecretFunctions {
  readonly #functions: FindSecrets[] = []
  readonly #seen = new WeakSet<FindSecrets>()
  #next = 0
  #hash: ((text: string) => Uint8Array | Promise<Uint8Array>) | undefined

  /** Remembers the function of a caller. */
  note(find: FindSecrets): void {
    if (this.#seen.has(find)) return
    this.#seen.add(find)
    this.#functions[this.#next] = find
    this.#next = (this.#next + 1) % MAX_FUNCTIONS
  }

  /**
   * Why the function that stands in for an identifier fails. `undefined` if it does not, or if no caller has a function.
   *
   * @param ask - calls the function.
   */
  async failureFor(id: string, ask: AskFunction = failureOf): Promise<SecretUnavailableError | undefined> {
    if (this.#functions.length === 0) return undefined
    // Made with the first use, because Workers have no randomness before the first request.
    this.#hash ??= hmacSha256(crypto.getRandomValues(new Uint8Array(32)))
    const octets = await this.#hash(id.slice(0, MAX_ID_LENGTH))
    const place = new DataView(octets.buffer, octets.byteOffset).getUint32(0) % this.#functions.length
    return await ask(this.#functions[place] as FindSecrets)
  }
}

/** Calls a function, and tells why it fails. `undefined` if it does not. */
export type AskFunction = (find: FindSecrets) => Promise<SecretUnavailableError | undefined>

/**
 * Creates the calls of one attempt: each function is called once, whichever identifiers it belongs to or stands in for. Otherwise a
 * function that hangs would cost registered identifiers more time than others.
 */
export function createAskOnce(): AskFunction {
  const asked = new Map<FindSecrets, Promise<SecretUnavailableError | undefined>>()
  return (find) => {
    const failure = asked.get(find) ?? failureOf(find)
    asked.set(find, failure)
    return failure
  }
}

/** Why a function fails. `undefined` if it does not. */
export async function failureOf(find: FindSecrets): Promise<SecretUnavailableError | undefined> {
  try {
    await find()
    return undefined
  } catch (error) {
    if (error instanceof SecretUnavailableError) return error
    throw error
  }
}
