/** Keys that options take: for signatures, and for encrypted answers. */
import { exportJWK, exportPKCS8, generateKeyPair } from 'jose'

export const pair = await generateKeyPair('ES256', { extractable: true })
const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'a', alg: 'ES256' }
const encryptionPair = await generateKeyPair('ECDH-ES', { extractable: true })
const encryption = { ...(await exportJWK(encryptionPair.publicKey)), kid: 'e', use: 'enc' }
export const decryption = await exportJWK(encryptionPair.privateKey)
export const jwks = { keys: [jwk, encryption] }
export const pkcs8 = await exportPKCS8(pair.privateKey)
