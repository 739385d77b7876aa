/** Loads the keys of a caller. A failure becomes an error that is answered 503. */
import type { JSONWebKeySet } from 'jose'
import { ClientAuthenticationKeysError } from '../errors.ts'
import type { JwksLoader, KeyHolder } from '../keys/jwks-loader.ts'

/** The key set of a caller; see {@link JwksLoader} for `refresh`. */
export async function loadKeys(holder: KeyHolder, loader: JwksLoader, refresh = false): Promise<JSONWebKeySet> {
  try {
    return await loader.load(holder, refresh)
  } catch (cause) {
    throw new ClientAuthenticationKeysError('the keys of the caller could not be loaded', { cause })
  }
}
