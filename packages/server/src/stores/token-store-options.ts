/** The options that every token store has. */
import { toNumericDate } from '@token-introspection/core'
import type { OptionGroup } from '@token-introspection/core/options'
import {
  readRevocationLogOptions,
  type RevocationLogOptions,
  type RevocationLogSettings,
} from './revocation-log-options.ts'

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
   * Security: set it to the longest lifetime of your JWTs, in every process that revokes. A JWT that lives longer is usable again when the store removes
   * the revocation of its grant, session, user or client.
   */
  readonly unstoredLifetimeSeconds?: number | undefined
  /**
   * Keeps a log of revocations, for resource servers that follow the revocation feed. `true`, or settings. Default: no log. With
   * it the store has {@link WritableTokenStore.revocations}, and every revocation appends its event in the same write. The log
   * has digests, kinds and times: no token, and no name of a user or client.
   *
   * Turn it on in every process that writes to the database, before anybody follows the log. A store without it appends its events to a
   * log that another process keeps in the same database. If it cannot, because the others were given `keySecret`, it ends the log when it
   * revokes, and followers trust nothing that they remember for longer than without a log.
   */
  readonly revocationLog?: true | RevocationLogOptions | undefined
}

/** The names of {@link TokenStoreOptions} that every store takes. */
export const TOKEN_STORE_OPTIONS = ['now', 'unstoredLifetimeSeconds'] as const

/** Reads the options that every store has. `now` then gives whole seconds. */
export function readTokenStoreOptions(group: OptionGroup): {
  readonly now: () => number
  readonly unstoredLifetimeSeconds: number
  readonly revocationLog: RevocationLogSettings | undefined
} {
  const clock = group.function<() => number>('now') ?? Date.now
  const unstoredLifetimeSeconds = group.integer('unstoredLifetimeSeconds', { default: 3600, min: 0, max: 315_360_000 })
  return {
    now: () => toNumericDate(clock()),
    unstoredLifetimeSeconds,
    revocationLog: readRevocationLogOptions(group, unstoredLifetimeSeconds),
  }
}
