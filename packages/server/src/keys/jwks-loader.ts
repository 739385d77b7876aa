/** Seam: the public keys of a registered party, by value or from its `jwks_uri` (RFC 7591 §2). */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { JSONWebKeySet } from 'jose'

/** Where a party's keys are; at most one of the two is given. */
export interface KeyHolder {
  readonly jwks?: JSONWebKeySet | undefined
  readonly jwksUri?: string | undefined
}

/** Loads and remembers key sets. */
export interface JwksLoader {
  /**
   * The key set of a party.
   *
   * @param refresh - ask its `jwks_uri` again, because no key of the remembered set fits; bounded by a cooldown.
   * @throws or rejects when there is none to be had.
   */
  load(holder: KeyHolder, refresh?: boolean): MaybePromise<JSONWebKeySet>
}
