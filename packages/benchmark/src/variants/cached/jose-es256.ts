/** jose verifies JWT access tokens that are signed with ES256. */
import { verifyAccessTokens } from './verify-access-tokens.ts'

verifyAccessTokens('ES256')
