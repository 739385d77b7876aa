/** Where the public keys of the authorization server come from. */
import type { JSONWebKeySet } from 'jose'
import type { Deadline } from '../transport/deadline.ts'

/** The keys an issuer signs with. Each set is an object of its own, so that two of them can be told apart. */
export interface KeySource {
  /**
   * The keys as far as they are known.
   *
   * @throws the error of its step, when there are none to be had.
   */
  current(deadline: Deadline): Promise<JSONWebKeySet>
  /**
   * The keys after another look, because none of `known` was the right one.
   *
   * @throws the error of its step, when the look failed, or the last one is too recent for another.
   */
  renew(known: JSONWebKeySet, deadline: Deadline): Promise<JSONWebKeySet>
  /** Whether the last look was a good one and is too recent for another: what is not there is not there. */
  isCurrent(): boolean
}

/** Keys that were given by value: there is nowhere to look again. */
export function fixedKeySource(jwks: JSONWebKeySet): KeySource {
  return { current: () => Promise.resolve(jwks), renew: () => Promise.resolve(jwks), isCurrent: () => true }
}
