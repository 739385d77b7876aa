/** Tokens that were issued, and the body of the response that brings them to the client. */
import type { TokenRecord } from '../stores/token-record.ts'
import { validateTokenRecord } from '../stores/validate-token-record.ts'
import type { GrantedRecords } from './token-grant.ts'
import type { TokenIssuerSettings } from './token-issuer-options.ts'

/** The body of a successful response of the token endpoint (RFC 6749 §5.1). Send it with `Cache-Control: no-store`. */
export interface TokenResponse {
  readonly access_token: string
  /** `DPoP` for a token that is bound to a DPoP key (RFC 9449 §5), otherwise `Bearer`. */
  readonly token_type: string
  /** The lifetime of the access token in seconds. */
  readonly expires_in: number
  readonly scope?: string
  readonly refresh_token?: string
}

/** A refresh token and its record. */
export interface IssuedRefreshToken<Claims extends object = object> {
  /** Security: everybody who has it can use it. Do not log it. */
  readonly token: string
  readonly record: TokenRecord<Claims>
}

/** What {@link TokenIssuer.issue} returns. */
export interface IssuedTokens<Claims extends object = object> {
  /** The access token. Security: everybody who has it can use it. Do not log it. */
  readonly token: string
  /** The record of the access token, as it was saved. */
  readonly record: TokenRecord<Claims>
  /** The refresh token, if there is one. */
  readonly refresh: IssuedRefreshToken<Claims> | undefined
  /** The body of the response to the client. */
  readonly response: TokenResponse
}

/**
 * Mints the tokens, saves them, and makes the response.
 *
 * The refresh token is saved last. If a save fails, the client gets no token.
 */
export async function saveTokens<Claims extends object>(
  { access, refresh }: GrantedRecords<Claims>,
  { store, mint }: TokenIssuerSettings,
): Promise<IssuedTokens<Claims>> {
  const token = await mint('access_token')
  const refreshToken = refresh && (await mint('refresh_token'))
  // Both are checked before one is saved.
  validateTokenRecord(token, access)
  if (refresh !== undefined) validateTokenRecord(refreshToken ?? '', refresh)
  await store.save(token, access)
  if (refresh === undefined || refreshToken === undefined) {
    return { token, record: access, refresh: undefined, response: toResponse(token, access) }
  }
  await store.save(refreshToken, refresh)
  return {
    token,
    record: access,
    refresh: { token: refreshToken, record: refresh },
    response: { ...toResponse(token, access), refresh_token: refreshToken },
  }
}

function toResponse(access_token: string, { cnf, token_type, exp = 0, iat = 0, scope }: TokenRecord): TokenResponse {
  return {
    access_token,
    token_type: token_type ?? (cnf?.jkt === undefined ? 'Bearer' : 'DPoP'),
    expires_in: exp - iat,
    ...(scope && { scope }),
  }
}
