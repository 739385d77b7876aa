/** The option of a store that turns its log of revocations on. */
import { OptionGroup, resolveSecret } from '@token-introspection/core/options'
import { CUTOFF_KEPT_SECONDS } from './cutoff.ts'
import type { KeySecret } from './known-secret.ts'

/** Settings of the log of revocations of a store. */
export interface RevocationLogOptions {
  /**
   * The secret from which the keys of events are made, at least 32 characters. Default: the store makes a random one and keeps
   * it in the database, so that every process has the same. The store in memory makes a new one each time. Of a secret that was given,
   * the database keeps a short digest alone. A process with another secret ends the log, and a new one begins: every follower sees a gap.
   *
   * A function returns the secret, or a promise of it. It is called when the store first needs the secret, and not again once it has
   * found one: another secret would end the log. So a build needs no secret. While it fails, or does not answer for 5 seconds, the store
   * rejects what needs the secret with `SecretUnavailableError`, and the endpoints answer 503. In databases these are saves and revocations,
   * too.
   */
  readonly keySecret?: string | (() => string | Promise<string>) | undefined
  /**
   * How long the log keeps an event, in seconds. A follower that was away for longer asks about its tokens again. Default:
   * `unstoredLifetimeSeconds` and an hour. From 60 to 315363600. If processes say different times, the shortest counts.
   */
  readonly retentionSeconds?: number | undefined
}

/** The resolved settings. */
export interface RevocationLogSettings {
  readonly keySecret: KeySecret
  readonly retentionSeconds: number
}

const NAMES = ['keySecret', 'retentionSeconds']

/** Reads the option `revocationLog`. `undefined` without a log. */
export function readRevocationLogOptions(
  group: OptionGroup,
  unstoredLifetimeSeconds: number,
): RevocationLogSettings | undefined {
  const given = group.raw('revocationLog')
  if (given === undefined) return undefined
  if (given !== true && (typeof given !== 'object' || given === null || Array.isArray(given))) {
    throw group.error(
      'revocationLog',
      `must be true, or an object with ${NAMES.join(' and ')}, but is ${kindOf(given)}`,
    )
  }
  const log = new OptionGroup(group.path('revocationLog'), given === true ? {} : given, NAMES)
  const find = resolveSecret(log, 'keySecret', peppersOf(group))
  const kept = unstoredLifetimeSeconds + CUTOFF_KEPT_SECONDS
  return {
    keySecret: typeof log.raw('keySecret') === 'function' ? find : log.string('keySecret'),
    retentionSeconds: log.integer('retentionSeconds', {
      default: kept,
      min: 60,
      max: 315_360_000 + CUTOFF_KEPT_SECONDS,
    }),
  }
}

/** The peppers of the store by their places. Followers may know `keySecret`, so it must be no pepper. */
function peppersOf(group: OptionGroup): Readonly<Record<string, string>> {
  const given = group.raw('pepper')
  const peppers: Record<string, string> = {}
  for (const [index, pepper] of (Array.isArray(given) ? (given as unknown[]) : []).entries()) {
    if (typeof pepper === 'string') peppers[`pepper[${index}]`] = pepper
  }
  return peppers
}

/** What was given, with the remedy. A text may be a secret, so it is not repeated. */
function kindOf(given: unknown): string {
  if (given === false || given === null) return `${given}: leave the option out for a store without a log`
  if (Array.isArray(given)) return 'an array'
  return typeof given === 'string' ? 'a string: write { keySecret } for a secret of your own' : `a ${typeof given}`
}
