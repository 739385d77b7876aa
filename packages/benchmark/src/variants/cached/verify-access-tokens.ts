/** JWT access tokens (RFC 9068), verified by jose with each request. Several variants share this code. */
import { generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { answerMembers, AUDIENCE, ISSUER } from '../../fixture.ts'
import { measureHits } from '../../measure/hit-rounds.ts'

/** Fewer tokens than elsewhere, because each must be signed first. Their number does not change the cost of verification. */
const JWT_COUNT = 1000

/** Turns the process into a child program that verifies tokens. */
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
