/** A secret as an option: the secret itself, or a function that finds it with its first use. */
import { SecretUnavailableError } from '../errors.ts'
import type { MaybePromise } from '../promises/maybe-promise.ts'
import type { OptionGroup } from './option-group.ts'

/** Finds a secret. A secret that was found is kept. After a failure, or when the function does not answer, the next call tries again. */
export type FindSecret = () => MaybePromise<string>

/** A key made of a shorter text could be guessed. */
const MIN_LENGTH = 32

/** A function that has not answered for this many milliseconds is called again by the next use, because its connection may be dead. */
const PATIENCE_MS = 5000

/** A call of the function that is under way. */
interface Finding {
  readonly sinceMs: number
  readonly secret: Promise<string>
}

/**
 * Reads an option that is a secret of at least 32 characters, or a function that returns one or a promise of it. The function is
 * not called before the secret is needed, so a build that loads the module needs no secrets.
 *
 * @param nowMs - milliseconds of a clock that is never set back. Default: that of the process.
 * @throws TypeError that names the option, when it is neither, or a secret that is too short. What it returns rejects
 * with `SecretUnavailableError` when the function fails or returns something else.
 */
export function resolveSecret(
  group: OptionGroup,
  name: string,
  nowMs: () => number = () => performance.now(),
): FindSecret | undefined {
  const given = group.raw(name)
  if (typeof given === 'function') return findOnce(given as () => unknown, group.path(name), nowMs)
  const secret = group.string(name)
  if (secret === undefined) return undefined
  if (secret.length < MIN_LENGTH) throw group.error(name, `must have at least ${MIN_LENGTH} characters`)
  return () => secret
}

function findOnce(find: () => unknown, path: string, nowMs: () => number): FindSecret {
  let known: string | undefined
  let finding: Finding | undefined

  const unavailable = (cause: unknown): SecretUnavailableError =>
    new SecretUnavailableError(
      `${path}: the function finds no secret of at least ${MIN_LENGTH} characters. Is the variable or the vault that it reads there?`,
      { cause },
    )

  async function wait(found: Promise<unknown>): Promise<string> {
    try {
      const secret = await found
      if (!isSecret(secret))
        throw new TypeError(`the function must return a secret of at least ${MIN_LENGTH} characters`)
      return (known = secret)
    } catch (error) {
      throw unavailable(error)
    }
  }

  /** Later callers wait for this call, until it has failed. */
  async function share(secret: Promise<string>): Promise<string> {
    const own = { sinceMs: nowMs(), secret }
    finding = own
    try {
      return await secret
    } finally {
      // A later call may be under way.
      if (finding === own) finding = undefined
    }
  }

  // It never throws: a caller may have begun other work, whose promises it would leave behind.
  return () => {
    if (known !== undefined) return known
    if (finding !== undefined && nowMs() - finding.sinceMs < PATIENCE_MS) return finding.secret
    let found: unknown
    try {
      found = find()
    } catch (error) {
      return Promise.reject(unavailable(error))
    }
    if (isSecret(found)) return (known = found)
    return share(wait(Promise.resolve(found)))
  }
}

function isSecret(found: unknown): found is string {
  return typeof found === 'string' && found.length >= MIN_LENGTH
}
