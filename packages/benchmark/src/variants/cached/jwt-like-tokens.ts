/** Tokens as long as a JWT access token. */
import { createHash } from 'node:crypto'
import { TOKEN_COUNT } from '../../fixture.ts'

const LENGTH = 1024

/** Tokens of 1,024 characters with the same beginning, like JWTs of one issuer. They are the same in every process. */
export function createJwtLikeTokens(): string[] {
  const header = Buffer.from('{"alg":"RS256","typ":"at+jwt","kid":"key-1"}').toString('base64url')
  return Array.from({ length: TOKEN_COUNT }, (_, index) => {
    const digests = Array.from({ length: 24 }, (__, part) =>
      createHash('sha256').update(`long token ${index} ${part}`).digest('base64url'),
    )
    return `${header}.${digests.slice(0, 16).join('')}.${digests.slice(16).join('')}`.slice(0, LENGTH)
  })
}
