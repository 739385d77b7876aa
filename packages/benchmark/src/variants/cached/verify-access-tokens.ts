/** JWT access tokens (RFC 9068) verified by jose with each request, as its variants share it. */
import { generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { answerMembers, AUDIENCE, ISSUER } from '../../fixture.ts'
import { measureHits } from '../../measure/hit-rounds.ts'

/** Fewer than elsewhere, because each is signed first; what it costs to verify one does not depend on it. */
const JWT_COUNT = 1000

/** Turns a child program into one that verifies. */
export function verifyAccessTokens(alg: 'RS256' | 'ES256' | 'EdDSA'): void {
  measureHits(async () => {
    const { privateKey, publicKey } = await generateKeyPair(alg)
    const tokens: string[] = []
    while (tokens.length < JWT_COUNT) {
      const claims = { ...answerMembers(), iss: ISSUER, jti: `token-${tokens.length}` }
      tokens.push(await new SignJWT(claims).setProtectedHeader({ alg, typ: 'at+jwt' }).sign(privateKey))
    }
    const expected = { algorithms: [alg], typ: 'at+jwt', issuer: ISSUER, audience: AUDIENCE }
    return {
      tokens,
      async check(header) {
        if (!header.startsWith('Bearer ')) return undefined
        return (await jwtVerify(header.slice(7), publicKey, expected)).payload
      },
    }
  })
}
