/** Loads the keys of a caller. A failure becomes an error that is answered 503. */
import { quote, sayCause, withoutQuery } from '@token-introspection/core'
import type { JSONWebKeySet } from 'jose'
import { ClientAuthenticationKeysError } from '../errors.ts'
import type { JwksLoader, KeyHolder } from '../keys/jwks-loader.ts'

/** A caller by its identifier, or an attester by its issuer. */
export type NamedKeyHolder = KeyHolder & { readonly id?: string; readonly issuer?: string }

/** The key set of a caller or an attester; see {@link JwksLoader} for `refresh`. */
export async function loadKeys(holder: NamedKeyHolder, loader: JwksLoader, refresh = false): Promise<JSONWebKeySet> {
  try {
    return await loader.load(holder, refresh)
  } catch (cause) {
    const from = holder.jwksUri === undefined ? '' : ` from ${withoutQuery(holder.jwksUri)}`
    throw new ClientAuthenticationKeysError(
      `the keys of ${quote(holder.id ?? holder.issuer)} could not be loaded${from}: ${sayCause(cause)}. Have them published there, ` +
        'reachable from this server, or register them as jwks',
      { cause },
    )
  }
}
