/** The source of the authorization server's public keys. */
import type { JSONWebKeySet } from 'jose'
import type { Deadline } from '../transport/deadline.ts'

/** The signing keys of an issuer. Each key set is an object of its own, so that two sets can be told apart. */
export interface KeySource {
  /**
   * The known keys.
   *
   * @throws the error of the step, when the keys are unavailable.
   */
  current(deadline: Deadline): Promise<JSONWebKeySet>
  /**
   * The keys after a new fetch, because none of `known` was right.
   *
   * @throws the error of the step, when the fetch failed, or the last one is too recent for another.
   */
  renew(known: JSONWebKeySet, deadline: Deadline): Promise<JSONWebKeySet>
  /** Whether the last fetch succeeded and is too recent for another. A key that is not in the set is then unknown. */
  isCurrent(): boolean
}

/** Keys that the options give by value. They cannot be fetched again. */
export function fixedKeySource(jwks: JSONWebKeySet): KeySource {
  return { current: () => Promise.resolve(jwks), renew: () => Promise.resolve(jwks), isCurrent: () => true }
}
