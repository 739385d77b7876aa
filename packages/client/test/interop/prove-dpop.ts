/** A proof of possession for one request to a token endpoint (RFC 9449 §4.2). */
import { randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'

/** Creates a proof with a new key. `jkt` is the thumbprint that the server binds tokens to. */
export async function proveDpop(tokenEndpoint: string): Promise<{ readonly proof: string; readonly jkt: string }> {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  const proof = await new SignJWT({ htm: 'POST', htu: tokenEndpoint, jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
    .setIssuedAt()
    .sign(privateKey)
  return { proof, jkt: await calculateJwkThumbprint(jwk) }
}
