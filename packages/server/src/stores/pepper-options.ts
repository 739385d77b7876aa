/** The option `pepper` of the stores in databases. */
import { MIN_SECRET_LENGTH, type OptionGroup } from '@token-introspection/core/options'
import type { KeySecret } from './known-secret.ts'
import { createPepper, NO_PEPPER, type Pepper } from './pepper.ts'

/** The option `pepper`, which every store in a database has. */
export interface PepperOptions {
  /**
   * Secrets of at least 32 characters, kept outside the database. The store keeps each token under a keyed digest: the HMAC-SHA-256 of
   * its digest under the first secret. Default: the digest itself, which everybody can compute who has the token.
   *
   * With a pepper, a copy of the database does not tell whether it has a given token, and somebody who can only write to the database
   * cannot plant a token. The store finds and revokes tokens under every secret of the list, and saves new ones under the first. A token that is saved
   * again stays under its secret. `null` in the list stands for tokens without a pepper.
   *
   * To change the pepper, add the new one behind the current one in every process: `[current, next]`. Then put it first: `[next, current]`.
   * Remove the old one when the last token has expired that was saved or revoked before the second step. To begin with
   * a pepper, `current` is `null`: `[null, next]`, `[next, null]`, `[next]`. From 1 to 4 elements, of which at least one is a secret.
   *
   * Security: when you remove a pepper too early, its tokens are inactive, and JWTs that were revoked under it are usable again. Use another
   * secret than `revocationLog.keySecret`, which resource servers may have.
   */
  readonly pepper?: readonly (string | null)[] | undefined
}

/** Each pepper costs a question. */
const MAX_PEPPERS = 4

/**
 * Reads the option.
 *
 * @param keySecret - the secret of the log. The function that finds it compares it with the peppers itself.
 * @throws TypeError naming what is wrong.
 */
export function readPeppers(group: OptionGroup, keySecret: KeySecret): readonly [Pepper, ...Pepper[]] {
  const given = group.raw('pepper')
  if (given === undefined) return [NO_PEPPER]
  if (!Array.isArray(given)) {
    throw group.error('pepper', `must be an array of secrets, the current one first, but is ${kindOf(given)}`)
  }
  // Copied first, because `some` skips the holes of an array and a copy has `undefined` there.
  const secrets: unknown[] = [...(given as unknown[])]
  if (secrets.length > MAX_PEPPERS || !secrets.some((secret) => typeof secret === 'string')) {
    throw group.error('pepper', `must have 1 to ${MAX_PEPPERS} elements, and at least one secret`)
  }
  const [first, ...others] = secrets.map((secret, index) => {
    const path = `pepper[${index}]`
    if (secrets.indexOf(secret) !== index) throw group.error(path, 'must differ from the elements before it')
    if (secret === null) return NO_PEPPER
    if (typeof secret !== 'string' || secret.length < MIN_SECRET_LENGTH) {
      throw group.error(
        path,
        `must be a secret of at least ${MIN_SECRET_LENGTH} characters, or null for tokens without a pepper`,
      )
    }
    if (secret === keySecret) throw group.error(path, 'must be another secret than revocationLog.keySecret')
    return createPepper(secret)
  })
  return [first as Pepper, ...others]
}

/** What was given. A text may be a secret, so it is not repeated. */
function kindOf(given: unknown): string {
  if (given === null) return 'null'
  return typeof given === 'object' ? 'an object' : `a ${typeof given}`
}
