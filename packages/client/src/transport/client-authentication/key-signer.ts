/** Signs JWTs with a private key of this resource server, or with the one that a function finds. */
import { MethodMistake } from './method-mistake.ts'
import type { CryptoKey, JWK, KeyObject } from 'jose'
import type { Findable } from './authenticate-with-found-secret.ts'
import { foundCredential } from './found-credential.ts'

/**
 * A private key: a CryptoKey, a KeyObject of `node:crypto`, a JWK, or PKCS #8 as PEM. RSA keys need at least 2048 bits.
 */
export type PrivateKey = CryptoKey | KeyObject | JWK | string

/** Signs claims as a JWT with this `typ`. */
export type SignClaims = (claims: object, typ: string) => Promise<string>

/** What the signer needs beside the key. */
export interface KeySignerSettings {
  readonly alg: string
  /** The `kid` of the header. Default that of a JWK, else none. */
  readonly keyId?: string | undefined
  /** The identifier of this resource server, for error messages. */
  readonly clientId: string
}

/**
 * Creates a function that signs. It imports the key with the first signature, and again when the function has found another key.
 *
 * @throws TypeError for a value that is certainly not a private key. The returned function rejects with a `TypeError` for a key that
 * does not fit the algorithm, and with `SecretUnavailableError` when the function finds no such key.
 */
export function createKeySigner(key: Findable<PrivateKey>, { alg, keyId, clientId }: KeySignerSettings): SignClaims {
  let current = typeof key === 'function' ? undefined : readKey(key, alg)
  return async (claims, typ) => {
    const { SignJWT } = await import('jose')
    const signWith = async (found: PrivateKey): Promise<string> => {
      if (current === undefined || current.key !== found) current = readKey(found, alg)
      const read = current
      try {
        return await new SignJWT({ ...claims })
          .setProtectedHeader(headerOf(alg, typ, keyId ?? read.keyId))
          .sign(await (read.imported ??= read.importKey()))
      } catch {
        // A library's message about a key may quote the key.
        throw new MethodMistake(`key: is not a private key for ${alg}, or too short; see the option algorithm`)
      }
    }
    return typeof key === 'function' ? foundCredential(key, signWith, { option: 'key', clientId }) : signWith(key)
  }
}

/** The header of a JWT that this resource server signs. */
export function headerOf(alg: string, typ: string, kid: string | undefined) {
  return { alg, typ, ...(kid !== undefined && { kid }) }
}

function keyIdOf(key: PrivateKey): string | undefined {
  const kid: unknown = isJwk(key) ? key.kid : undefined
  return typeof kid === 'string' ? kid : undefined
}

function isJwk(key: unknown): key is JWK {
  return typeof key === 'object' && key !== null && typeof (key as JWK).kty === 'string'
}

/** A private key, read once. */
interface ReadKey {
  /** The key as it was given. */
  readonly key: PrivateKey
  readonly keyId: string | undefined
  readonly importKey: () => Promise<CryptoKey | KeyObject | JWK>
  imported?: Promise<CryptoKey | KeyObject | JWK>
}

/** Refuses values that are certainly not a private key. Others are checked when the key is imported. */
function readKey(key: PrivateKey, alg: string): ReadKey {
  return { key, keyId: keyIdOf(key), importKey: readImport(key, alg) }
}

function readImport(key: PrivateKey, alg: string): ReadKey['importKey'] {
  if (typeof key === 'string') {
    if (!key.includes('-----BEGIN PRIVATE KEY-----')) throw new TypeError('key: must be PKCS #8 when it is PEM')
    return async () => (await import('jose')).importPKCS8(key, alg)
  }
  if (isJwk(key)) {
    if (typeof key.d !== 'string') throw new TypeError('key: must be a private key')
    const copy = { ...key }
    return () => Promise.resolve(copy)
  }
  if ((key as { type?: unknown } | null | undefined)?.type !== 'private') {
    throw new TypeError('key: must be a private CryptoKey, KeyObject, JWK or PKCS #8 PEM')
  }
  return () => Promise.resolve(key)
}
