/** Seam: the public keys of a registered party, by value or from its `jwks_uri` (RFC 7591 §2). */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { JSONWebKeySet } from 'jose'

/** Where the keys of a party are. At most one of the two is set. */
export interface KeyHolder {
  readonly jwks?: JSONWebKeySet | undefined
  readonly jwksUri?: string | undefined
}

/** Loads and remembers key sets. */
export interface JwksLoader {
  /**
   * Returns the key set of a party.
   *
   * @param refresh - fetch again, because no key of the remembered set fits. A cooldown limits this.
   * @throws or rejects when no key set is available.
   */
  load(holder: KeyHolder, refresh?: boolean): MaybePromise<JSONWebKeySet>
}
