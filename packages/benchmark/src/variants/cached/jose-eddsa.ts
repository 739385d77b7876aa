/** jose verifies JWT access tokens that are signed with EdDSA. */
import { verifyAccessTokens } from './verify-access-tokens.ts'

verifyAccessTokens('EdDSA')
