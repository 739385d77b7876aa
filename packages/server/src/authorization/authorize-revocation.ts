/** Step `authorization`: may this client revoke this token? (RFC 7009 §2.1) */
import type { OAuthClient } from '../client-authentication/oauth-client.ts'
import { AuthorizationTokenOwnerError } from '../errors.ts'
import type { FoundToken } from '../lookup/find-token.ts'
import type { TokenRecord } from '../stores/token-record.ts'

/**
 * The record of a token that was issued to the client, or `undefined` when there is nothing to revoke.
 *
 * @throws AuthorizationTokenOwnerError for a token of another client, or a record without `client_id`.
 */
export function authorizeRevocation(client: OAuthClient, { record }: FoundToken): TokenRecord | undefined {
  if (record !== undefined && record.client_id !== client.id) {
    throw new AuthorizationTokenOwnerError('the token was not issued to this client')
  }
  return record
}
