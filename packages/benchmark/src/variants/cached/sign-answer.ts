/** A signed answer (RFC 9701) and the key to verify it. */
import { type CryptoKey, exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose'
import { answerJson, CLIENT_ID, ISSUER } from '../../fixture.ts'

/** The algorithm whose signatures are cheapest to verify, so that the comparison is hardest to win. */
export const SIGNED_ALG = 'RS256'
export const SIGNED_TYP = 'token-introspection+jwt'

/** The answer that the authorization server sends, and the keys that it publishes. */
export interface SignedAnswer {
  readonly jwt: string
  readonly publicKey: CryptoKey
  readonly jwks: JSONWebKeySet
}

/** Signs the answer of the fixture. */
export async function signAnswer(): Promise<SignedAnswer> {
  const { privateKey, publicKey } = await generateKeyPair(SIGNED_ALG)
  const jwt = await new SignJWT({ token_introspection: JSON.parse(answerJson()) as unknown })
    .setProtectedHeader({ alg: SIGNED_ALG, kid: 'key-1', typ: SIGNED_TYP })
    .setIssuer(ISSUER)
    .setAudience(CLIENT_ID)
    .setIssuedAt()
    .sign(privateKey)
  const key = { ...(await exportJWK(publicKey)), alg: SIGNED_ALG, kid: 'key-1', use: 'sig' }
  return { jwt, publicKey, jwks: { keys: [key] } }
}
