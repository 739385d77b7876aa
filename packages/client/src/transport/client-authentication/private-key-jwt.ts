/** `private_key_jwt`: an assertion signed with a private key, so that the server stores no secret (RFC 7523). */
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { type AssertionClaims, assertionAuthentication } from './assertion-authentication.ts'
import type { Findable } from './authenticate-with-found-secret.ts'
import { ASSERTION_OPTIONS, type AssertionOptions, type AssertionTyp } from './assertion-options.ts'
import { type ClientAuthentication, checkClientId } from './client-authentication.ts'
import { foundCredential } from './found-credential.ts'
import { createKeySigner, headerOf, type PrivateKey } from './key-signer.ts'

/**
 * A signature algorithm with a key pair, by its registered name. FAPI 2.0 allows `PS256`, `ES256`, `EdDSA` and
 * `Ed25519`.
 */
export type AssertionAlgorithm = SignatureAlgorithm

/** Options of {@link privateKeyJwt}. */
export interface PrivateKeyJwtOptions extends AssertionOptions {
  /** The algorithm this client is registered with. Default `RS256`, which every server supports (RFC 7523 §5). */
  readonly algorithm?: AssertionAlgorithm | undefined
  /** The `kid` by which the server finds the public key. Default that of the JWK, else none. */
  readonly keyId?: string | undefined
}

/** A key that another system keeps, such as a KMS. */
export interface AssertionSigner {
  /** The algorithm of the key. */
  readonly algorithm: AssertionAlgorithm
  /** The `kid` by which the server finds the public key. */
  readonly keyId?: string | undefined
  /**
   * Returns the signature of these octets in the form of JWS. For ECDSA that is `R` and `S` one after the other, not
   * DER (RFC 7518 §3.4). It counts towards the deadline of the call.
   */
  readonly sign: (data: Uint8Array) => Promise<Uint8Array>
}

/**
 * Authenticates with `private_key_jwt`, the recommended method (RFC 9700 §2.5). The authorization server stores no
 * secret with which somebody could impersonate this resource server, and you can rotate keys on your own. Every request
 * has an assertion of its own, only for the issuer, valid once and for one minute.
 *
 * @param key - the key, or a function that finds it with each request. The client imports it once for as long as it is the same.
 * @throws TypeError that names an argument that is missing or unknown; when the client is created, if it has no issuer
 * and there is no `audience`; with the first request, if the key does not fit the algorithm. With a request
 * `SecretUnavailableError`, when the function fails, or returns no private key for the algorithm.
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs'
 * import { IntrospectionClient, privateKeyJwt } from '@token-introspection/client'
 *
 * new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: privateKeyJwt('orders-api', readFileSync('orders.key.pem', 'utf8'), {
 *     algorithm: 'ES256',
 *     keyId: '2026-11',
 *   }),
 * })
 * ```
 * @see [RFC 7523 §3](https://www.rfc-editor.org/rfc/rfc7523.html#section-3)
 */
export function privateKeyJwt(
  clientId: string,
  key: Findable<PrivateKey>,
  options: PrivateKeyJwtOptions = {},
): ClientAuthentication {
  checkClientId(clientId)
  const group = new OptionGroup('', options, ['algorithm', 'keyId', ...ASSERTION_OPTIONS])
  const alg = group.oneOf('algorithm', SIGNATURE_ALGORITHMS, 'RS256')
  const keyId = group.string('keyId')
  const sign = createKeySigner(key, { alg, keyId, clientId })
  return assertionAuthentication({ method: 'private_key_jwt', clientId, sign }, group)
}

/**
 * Authenticates with `private_key_jwt` and a key that another system keeps. Otherwise like {@link privateKeyJwt}.
 *
 * @throws TypeError that names an argument that is missing or unknown. With a request `SecretUnavailableError`, when `sign` fails
 * or returns no octets.
 * @example
 * ```ts
 * import { privateKeyJwtFromSigner } from '@token-introspection/client'
 *
 * export function fromKms(kms: { sign(keyId: string, data: Uint8Array): Promise<Uint8Array> }) {
 *   return privateKeyJwtFromSigner('orders-api', {
 *     algorithm: 'PS256',
 *     keyId: '2026-11',
 *     sign: (data) => kms.sign('alias/orders-api', data),
 *   })
 * }
 * ```
 */
export function privateKeyJwtFromSigner(
  clientId: string,
  signer: AssertionSigner,
  options: AssertionOptions = {},
): ClientAuthentication {
  checkClientId(clientId)
  const given = new OptionGroup('signer', signer, ['algorithm', 'keyId', 'sign'])
  const alg = SIGNATURE_ALGORITHMS.find((known) => known === given.raw('algorithm'))
  if (alg === undefined) throw given.error('algorithm', `must be one of ${SIGNATURE_ALGORITHMS.join(', ')}`)
  const kid = given.string('keyId')
  const signData = given.function<AssertionSigner['sign']>('sign')
  if (signData === undefined) throw given.error('sign', 'is required')
  const sign = async (claims: AssertionClaims, typ: AssertionTyp): Promise<string> => {
    const { base64url } = await import('jose')
    const header = JSON.stringify(headerOf(alg, typ, kid))
    const signed = `${base64url.encode(header)}.${base64url.encode(JSON.stringify(claims))}`
    const data = new TextEncoder().encode(signed)
    const encode = (signature: Uint8Array): string => {
      if (!ArrayBuffer.isView(signature)) throw new TypeError('signer.sign: must return the octets of the signature')
      return base64url.encode(signature)
    }
    return `${signed}.${await foundCredential(() => signData(data), encode, { option: 'signer.sign', clientId })}`
  }
  return assertionAuthentication(
    { method: 'private_key_jwt', clientId, sign },
    new OptionGroup('', options, ASSERTION_OPTIONS),
  )
}
