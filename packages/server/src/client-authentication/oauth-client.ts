/** The OAuth client: the party tokens are issued to, which calls the revocation endpoint (RFC 7009 §2.1). */
import type { CheckRegistration } from './check-registration.ts'
import { type FindRegistered, type Registered, registeredList } from './registered.ts'

/** A confidential client of this authorization server; its identifier is the `client_id` of the tokens issued to it. */
export interface OAuthClient extends Registered {}

/** Finds a client by its identifier. */
export type FindOAuthClient = FindRegistered<OAuthClient>

/**
 * A registry over a fixed list.
 *
 * @param check - throws for an entry whose credentials cannot be used.
 */
export function oauthClientList(list: unknown, path: string, check: CheckRegistration): FindOAuthClient {
  return registeredList(list, path, [], (registered, group) => {
    check(registered, group)
    return registered
  })
}
