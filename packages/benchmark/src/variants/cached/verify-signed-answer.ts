/** A signed answer, verified again by jose with each request. */
import { jwtVerify } from 'jose'
import { CLIENT_ID, createTokens, ISSUER } from '../../fixture.ts'
import { measureHits } from '../../measure/hit-rounds.ts'
import { SIGNED_ALG, SIGNED_TYP, signAnswer } from './sign-answer.ts'

measureHits(async () => {
  const { jwt, publicKey } = await signAnswer()
  const expected = { algorithms: [SIGNED_ALG], typ: SIGNED_TYP, issuer: ISSUER, audience: CLIENT_ID }
  return {
    tokens: createTokens(),
    async check(header) {
      if (!header.startsWith('Bearer ')) return undefined
      const { payload } = await jwtVerify<{ token_introspection: { sub: string } }>(jwt, publicKey, expected)
      return payload.token_introspection
    },
  }
})
