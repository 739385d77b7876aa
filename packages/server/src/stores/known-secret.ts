/** The secret of the keys of events. Every process that writes to a log or answers from its store needs the same one. */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { createRevocationKeys, type RevocationKeys } from '@token-introspection/core/revocations'
import type { FindSecret } from '@token-introspection/core/options'
import { randomText } from './random-text.ts'

/** Characters of the id of a secret. The database recognizes by it the secret with which a process made the keys of its events. */
export const SECRET_ID_LENGTH = 8

/** The octets of a random secret: 256 bits and the id. */
const SECRET_OCTETS = 39

/** The secret that a process was given, or the function that finds it. `undefined`: the processes make one. */
export type KeySecret = string | FindSecret | undefined

/** Which secret a process uses. */
export interface LogSecretSettings {
  readonly keySecret: KeySecret
  /** Whether another process has made the log. Then this one makes no secret, and replaces none. */
  readonly isAdopted: boolean
}

/** The secret of a log as a process knows it. */
export interface KnownSecret {
  /** How the text that the database keeps of the secret begins. */
  readonly id: string
  readonly keyOf: RevocationKeys
}

/** Of a process that was not given the secret of the others. No secret has this id, so each of its events ends the log. */
export const UNKNOWN_SECRET: KnownSecret = { id: '', keyOf: () => '' }

/** The secret that a process was given. It rejects when the function does not find it. */
export function findGivenSecret(keySecret: KeySecret): MaybePromise<string | undefined> {
  return typeof keySecret === 'function' ? keySecret() : keySecret
}

/** Makes what the database keeps of the secret of a process. Of a secret that was given this is the id alone, which does not tell the secret. */
export function makeKeptSecret(given: string | undefined): MaybePromise<string> {
  if (given === undefined) return randomText(SECRET_OCTETS)
  // It is the same in every process that was given the secret.
  return andThen(createRevocationKeys(given)('token', 'id'), (key) => key.slice(0, SECRET_ID_LENGTH))
}

/** Whether the database keeps the secret itself, because the processes made it. A process that was given none adopts it. */
export function isWholeSecret(kept: string): boolean {
  return kept.length > SECRET_ID_LENGTH
}

/** Whether a secret is the one of which this is kept. */
export function isKeptOf({ id }: KnownSecret, kept: string | null | undefined): boolean {
  return kept?.slice(0, SECRET_ID_LENGTH) === id
}

/** Whether a process uses the kept secret instead of its own: they are the same, or processes made both. */
export function isKept(kept: string | undefined, own: string): kept is string {
  return kept === own || (kept !== undefined && isWholeSecret(kept) && isWholeSecret(own))
}

/**
 * Makes keys with the secret of the log.
 *
 * @param kept - what the database keeps of it. `undefined` if there is nothing.
 * @param given - the secret that this process was given, if `kept` was made of it.
 */
export function knowSecret(kept: string | undefined, given: string | undefined): KnownSecret {
  if (kept === undefined || (given === undefined && !isWholeSecret(kept))) return UNKNOWN_SECRET
  return { id: kept.slice(0, SECRET_ID_LENGTH), keyOf: createRevocationKeys(given ?? kept) }
}
