/** A secret as an option: the secret itself, or a function that finds it with its first use. */
import { createFinder, type FindValue } from './found-value.ts'
import type { OptionGroup } from './option-group.ts'

/** Finds a secret. A secret that was found is kept. After a failure, or when the function does not answer, the next call tries again. */
export type FindSecret = FindValue<string>

/** A key made of a shorter text could be guessed. */
export const MIN_SECRET_LENGTH = 32

/**
 * Reads an option that is a secret of at least 32 characters, or a function that returns one or a promise of it. The function is
 * not called before the secret is needed, so a build that loads the module needs no secrets. What it found is kept, because what was
 * made with this secret would be lost with another one.
 *
 * @param others - secrets that it must not be, by the names of their options. Only a function that finds one of them fails because of that: the
 * caller compares a secret that was given.
 * @throws TypeError that names the option, when it is neither, or a secret that is too short. What it returns rejects
 * with `SecretUnavailableError` when the function fails or returns something else.
 */
export function resolveSecret(
  group: OptionGroup,
  name: string,
  others: Readonly<Record<string, string>> = {},
): FindSecret | undefined {
  const given = group.raw(name)
  if (typeof given === 'function') {
    return createFinder(given as () => unknown, {
      path: group.path(name),
      wanted: `secret of at least ${MIN_SECRET_LENGTH} characters`,
      read: (found) => readSecret(found, others),
      keptMs: Number.POSITIVE_INFINITY,
    })
  }
  const secret = group.string(name)
  if (secret === undefined) return undefined
  if (secret.length < MIN_SECRET_LENGTH) throw group.error(name, `must have at least ${MIN_SECRET_LENGTH} characters`)
  return () => secret
}

function readSecret(found: unknown, others: Readonly<Record<string, string>>): string {
  if (typeof found === 'string' && found.length >= MIN_SECRET_LENGTH) {
    const [same] = Object.entries(others).find(([, secret]) => secret === found) ?? []
    if (same === undefined) return found
    throw new TypeError(`the function must return another secret than ${same}`)
  }
  throw new TypeError(`the function must return a secret of at least ${MIN_SECRET_LENGTH} characters`)
}
