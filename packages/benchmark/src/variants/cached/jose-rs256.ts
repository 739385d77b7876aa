/** jose verifies JWT access tokens that are signed with RS256. */
import { verifyAccessTokens } from './verify-access-tokens.ts'

verifyAccessTokens('RS256')
