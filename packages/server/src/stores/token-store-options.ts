/** The options that every token store has. */
import { toNumericDate } from '@token-introspection/core'
import type { OptionGroup } from '@token-introspection/core/options'

/** Options of every token store in this package. */
export interface TokenStoreOptions {
  /**
   * Milliseconds since the epoch. Default `Date.now`. By this clock the store removes expired tokens and dates a
   * revocation.
   */
  readonly now?: (() => number) | undefined
  /**
   * The longest lifetime, in seconds, of tokens that the store does not hold, such as JWT access tokens. The store keeps
   * a revocation of many tokens for that time and an hour. Default 3600, from 0 to 315360000. Use 0 if there are no such tokens.
   *
   * Security: set it to the longest lifetime of your JWTs. A JWT that lives longer is usable again when the store removes
   * the revocation of its grant, session, user or client.
   */
  readonly unstoredLifetimeSeconds?: number | undefined
}

/** The names of {@link TokenStoreOptions}. */
export const TOKEN_STORE_OPTIONS = ['now', 'unstoredLifetimeSeconds'] as const

/** Reads the options that every store has. `now` then gives whole seconds. */
export function readTokenStoreOptions(group: OptionGroup): {
  readonly now: () => number
  readonly unstoredLifetimeSeconds: number
} {
  const clock = group.function<() => number>('now') ?? Date.now
  return {
    now: () => toNumericDate(clock()),
    unstoredLifetimeSeconds: group.integer('unstoredLifetimeSeconds', { default: 3600, min: 0, max: 315_360_000 }),
  }
}
