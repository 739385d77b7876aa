/** Issuing opaque tokens, and refreshing them. */
export { createTokenIssuer, type TokenIssuer } from './create-token-issuer.ts'
export type { IssuedRefreshToken, IssuedTokens, TokenResponse } from './issued-tokens.ts'
export type { RefreshRefusalReason } from './judge-refresh.ts'
export type { RefreshOutcome, RefreshRequest, RefusedRefresh } from './refresh-tokens.ts'
export type { RefreshTokenGrant, TokenGrant } from './token-grant.ts'
export type { TokenIssuerOptions } from './token-issuer-options.ts'
