/** Loads the keys of a caller. A failure becomes an error that is answered 503. */
import { quote, sayCause, withoutQuery } from '@token-introspection/core'
import type { JSONWebKeySet } from 'jose'
import { ClientAuthenticationKeysError } from '../errors.ts'
import type { JwksLoader, KeyHolder } from '../keys/jwks-loader.ts'

/** The key set of a caller; see {@link JwksLoader} for `refresh`. */
export async function loadKeys(
  holder: KeyHolder & { readonly id: string },
  loader: JwksLoader,
  refresh = false,
): Promise<JSONWebKeySet> {
  try {
    return await loader.load(holder, refresh)
  } catch (cause) {
    const from = holder.jwksUri === undefined ? '' : ` from ${withoutQuery(holder.jwksUri)}`
    throw new ClientAuthenticationKeysError(
      `the keys of the caller ${quote(holder.id)} could not be loaded${from}: ${sayCause(cause)}. Let the caller publish them there, ` +
        'reachable from this server, or register them as jwks',
      { cause },
    )
  }
}
