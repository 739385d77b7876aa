/** Issues opaque tokens, and exchanges refresh tokens for new ones. */
import type { IssuedTokens } from './issued-tokens.ts'
import { saveTokens } from './issued-tokens.ts'
import { type RefreshOutcome, type RefreshRequest, refreshTokens, requireConsuming } from './refresh-tokens.ts'
import { type TokenGrant, toRecords } from './token-grant.ts'
import { readTokenIssuerOptions, type TokenIssuerOptions } from './token-issuer-options.ts'

/** The issuer that {@link createTokenIssuer} creates. */
export interface TokenIssuer<Claims extends object = object> {
  /**
   * Mints an access token, saves its record, and returns the body of the response (RFC 6749 §5.1). With `refreshToken`, the client gets a
   * refresh token as well, and both have the same `grantId`.
   *
   * Nothing here decides whether the client may have the token: authenticate the client, and ask the user, before you call it.
   *
   * @throws TypeError naming the member that is wrong.
   * @throws the error of the store, if it cannot save. The client then has no token.
   */
  issue(grant: TokenGrant<Claims>): Promise<IssuedTokens<Claims>>
  /**
   * Exchanges a refresh token for a new access token and a new refresh token (RFC 6749 §6). The old one cannot be used again.
   *
   * If it is used again, somebody else has it: {@link WritableTokenStore.revokeGrant} then ends every token of the grant, those of the thief
   * and those of the client, and the user has to log in again (RFC 9700 §4.14.2). Of two requests at once one succeeds, and the other
   * ends the grant. `graceSeconds` allows some repetitions for some seconds.
   *
   * A request that is refused for another reason uses nothing up, and ends nothing.
   *
   * @throws TypeError naming the member that is wrong, such as a lifetime. What comes from the client is refused by a value.
   * @throws the error of the store. Answer 503. The client may then try again: the old refresh token is consumed last. If the store has
   *   consumed it and only its answer was lost, that repetition counts as a second use.
   */
  refresh(request: RefreshRequest): Promise<RefreshOutcome<Claims>>
}

/**
 * Creates an issuer of opaque tokens over a token store. Any store with `save` will do; refresh tokens need
 * {@link ConsumingTokenStore.consume} too. Tokens have 256 random bits. The store keeps their digests alone.
 *
 * @throws TypeError naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { createMemoryTokenStore } from '@token-introspection/server'
 * import { createTokenIssuer } from '@token-introspection/server/tokens'
 *
 * const tokens = createTokenIssuer({ store: createMemoryTokenStore(), accessTokenPrefix: 'acme_at_' })
 *
 * const { response } = await tokens.issue({
 *   client_id: 'web',
 *   sub: 'alice',
 *   aud: 'https://orders.example.com',
 *   scope: 'orders:read orders:write',
 *   expiresInSeconds: 300,
 *   refreshToken: { expiresInSeconds: 30 * 86_400 },
 * })
 *
 * const outcome = await tokens.refresh({
 *   refresh_token: response.refresh_token ?? '',
 *   client_id: 'web', // that has just authenticated
 *   scope: 'orders:read', // less than was granted
 *   expiresInSeconds: 300,
 * })
 * console.log(outcome.issued ? outcome.response : outcome.error) // 200 with the first, 400 with the second
 * ```
 *
 * @see [RFC 6749 §5.1](https://www.rfc-editor.org/rfc/rfc6749.html#section-5.1)
 */
export function createTokenIssuer<Claims extends object = object>(
  options: TokenIssuerOptions<Claims>,
): TokenIssuer<Claims> {
  const settings = readTokenIssuerOptions(options)
  return {
    async issue(grant) {
      const records = toRecords(grant, settings.now(), settings.randomText)
      if (records.refresh !== undefined) requireConsuming(settings)
      return await saveTokens(records, settings)
    },
    async refresh(request) {
      requireConsuming(settings)
      return (await refreshTokens(request, settings)) as RefreshOutcome<Claims>
    },
  }
}
