/** The OAuth client: tokens are issued to it, and it calls the revocation endpoint (RFC 7009 §2.1). */
import type { EntryReader, FindRegistered, Registered } from './registered.ts'

/** A confidential client of this authorization server. Its identifier is the `client_id` of the tokens issued to it. */
export interface OAuthClient extends Registered {}

/** Finds a client by its identifier. */
export type FindOAuthClient = FindRegistered<OAuthClient>

/** Reads the entries of a registry. Clients have only an identifier and credentials. */
export const oauthClientReader: EntryReader<OAuthClient> = { known: [], toCaller: (registered) => registered }
