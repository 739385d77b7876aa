/** A registered secret, and whether it still works (RFC 7591 §3.2.1). */
import { NUMERIC_DATE_LIMIT, quote } from '@token-introspection/core'
import { createFinder, type FindValue, OptionGroup } from '@token-introspection/core/options'
import type { Warn } from '../events/warning.ts'

/** A secret that expires. */
export interface ExpiringSecret {
  /** The secret, or its hash with `clientAuthentication.verifySecret`. */
  readonly secret: string
  /**
   * The time from which it is refused, in whole seconds since the epoch. `0`: never. It is the `client_secret_expires_at` of a
   * registration (RFC 7591 §3.2.1).
   */
  readonly expiresAt: number
}

/** A secret without an expiry, or with one. */
export type ClientSecret = string | ExpiringSecret

/** Finds the secrets of a caller. */
export type FindClientSecrets = () => readonly ClientSecret[] | Promise<readonly ClientSecret[]>

/** The registered secrets of a caller. */
interface Holder {
  readonly id: string
  readonly clientSecrets?: readonly ClientSecret[] | FindClientSecrets | undefined
}

/** What the check of a matching secret needs. */
export interface SecretExpiryStep {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly warn: Warn
}

/** The time before its expiry in which the use of a secret causes a warning: one week. */
const WARN_SECONDS = 604_800

/**
 * Reads the secrets of an entry.
 *
 * @returns frozen copies, or a function that finds them, or `undefined` when the entry has none.
 * @throws TypeError naming the secret that is wrong, by its place in the list.
 */
export function readClientSecrets(
  group: OptionGroup,
): readonly ClientSecret[] | FindValue<readonly ClientSecret[]> | undefined {
  const given = group.raw('clientSecrets')
  if (given === undefined) return undefined
  const path = group.path('clientSecrets')
  return typeof given === 'function' ? finderOf(given as () => unknown, path) : readList(given, path)
}

/** The finder of each function. An entry that a registry returns for each request has the same function again. */
const finders = new WeakMap<() => unknown, FindValue<readonly ClientSecret[]>>()

function finderOf(find: () => unknown, path: string): FindValue<readonly ClientSecret[]> {
  const known = finders.get(find)
  if (known !== undefined) return known
  const finder = createFinder(find, { path, wanted: 'list of secrets', read: (found) => readList(found, path) })
  finders.set(find, finder)
  // An entry that was read before has the finder itself.
  finders.set(finder, finder)
  return finder
}

function readList(given: unknown, path: string): readonly ClientSecret[] {
  // Copied first, because `map` skips the holes of an array and a copy has `undefined` there.
  const list: readonly unknown[] = Array.isArray(given) ? [...(given as unknown[])] : []
  if (list.length === 0) throw new TypeError(`${path}: must be an array with at least one secret`)
  return Object.freeze(list.map((entry, index) => readClientSecret(entry, `${path}[${index}]`)))
}

/** The secrets of a caller. None, while a function has yet to find them: then nothing that is presented is one of them. */
export function secretsOf(caller: Pick<Holder, 'clientSecrets'> | undefined | null): readonly ClientSecret[] {
  const secrets = caller?.clientSecrets ?? []
  return typeof secrets === 'function' ? [] : secrets
}

function readClientSecret(entry: unknown, path: string): ClientSecret {
  if (typeof entry === 'string' && entry !== '') return entry
  if (typeof entry !== 'object') throw new TypeError(`${path}: must be a non-empty string, or { secret, expiresAt }`)
  const group = new OptionGroup(path, entry, ['secret', 'expiresAt'])
  const secret = group.string('secret')
  if (secret === undefined) throw group.error('secret', 'is required')
  if (!group.has('expiresAt')) throw group.error('expiresAt', 'is required; 0 for a secret that never expires')
  // The limit finds milliseconds, which would make the secret work for thousands of years.
  const expiresAt = group.integer('expiresAt', { default: 0, min: 0, max: NUMERIC_DATE_LIMIT - 1 })
  return Object.freeze({ secret, expiresAt })
}

/** The text of a registered secret: the secret itself, or its hash. */
export function textOf(registered: ClientSecret): string {
  return typeof registered === 'string' ? registered : registered.secret
}

/** Whether a registered secret has expired. */
export function hasExpired(registered: ClientSecret, nowMs: number): boolean {
  return nowMs >= expiryOf(registered) * 1000
}

/**
 * Whether a text is still a registered secret of a caller, and has not expired. If it expires within a week, a warning is
 * reported.
 *
 * @param text - a registered secret or hash that fits what the caller presented.
 */
export function isGoodSecret(caller: Holder, text: string, { now, warn }: SecretExpiryStep): boolean {
  const expiresAt = lastExpiryOf(caller, text)
  if (expiresAt === undefined) return false
  if (expiresAt === Number.POSITIVE_INFINITY) return true
  const leftSeconds = expiresAt - now() / 1000
  if (leftSeconds <= 0) return false
  if (leftSeconds <= WARN_SECONDS) {
    warn(
      'client-secret-expires',
      `${quote(caller.id)} uses a secret that expires at ${toText(expiresAt)}. Give it another one before that time`,
    )
  }
  return true
}

/** The time at which a text stopped or stops working as a secret of a caller, for the operator. `undefined`: never. */
export function describeExpiry(caller: Holder, text: string | undefined): string | undefined {
  const expiresAt = text === undefined ? undefined : lastExpiryOf(caller, text)
  return expiresAt === undefined || expiresAt === Number.POSITIVE_INFINITY ? undefined : toText(expiresAt)
}

/** The last expiry of every entry with this text, because an entry may be registered twice. `undefined` without such an entry. */
function lastExpiryOf(caller: Holder, text: string): number | undefined {
  let last: number | undefined
  for (const registered of secretsOf(caller)) {
    if (textOf(registered) === text) last = Math.max(last ?? 0, expiryOf(registered))
  }
  return last
}

function expiryOf(registered: ClientSecret): number {
  if (typeof registered === 'string' || registered.expiresAt === 0) return Number.POSITIVE_INFINITY
  return registered.expiresAt
}

function toText(expiresAt: number): string {
  return new Date(expiresAt * 1000).toISOString()
}
