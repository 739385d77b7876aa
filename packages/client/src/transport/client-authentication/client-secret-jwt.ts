/** `client_secret_jwt`: an assertion signed with the secret, which is not sent itself (OpenID Connect Core §9). */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { OptionGroup } from '@token-introspection/core/options'
import { type AssertionClaims, assertionAuthentication } from './assertion-authentication.ts'
import { ASSERTION_OPTIONS, type AssertionOptions, type AssertionTyp } from './assertion-options.ts'
import type { Findable } from './authenticate-with-found-secret.ts'
import { type ClientAuthentication, checkClientId, checkSecretCredentials } from './client-authentication.ts'
import { foundCredential } from './found-credential.ts'

/** Octets of the hash of each algorithm, which are the shortest allowed key (RFC 7518 §3.2). */
const HASH_BYTES = { HS256: 32, HS384: 48, HS512: 64 } as const

/** Options of {@link clientSecretJwt}. */
export interface ClientSecretJwtOptions extends AssertionOptions {
  /** The algorithm this client is registered with. Default `HS256`. */
  readonly algorithm?: keyof typeof HASH_BYTES | undefined
}

/**
 * Authenticates with `client_secret_jwt`. The client does not send the secret, but the server has to store it in clear
 * text to verify. Prefer {@link privateKeyJwt} when the server supports it (RFC 9700 §2.5).
 *
 * @param clientSecret - its UTF-8 octets are the key. It needs at least as many octets as the hash: 32 for `HS256`. It may be a
 * function that finds the secret with each request.
 * @throws TypeError that names the argument that is empty, too short or unknown; when the client is created, if it has
 * no issuer and there is no `audience`. With a request `SecretUnavailableError`, when the function fails or its secret is unusable.
 * @example
 * ```ts
 * import { clientSecretJwt, IntrospectionClient } from '@token-introspection/client'
 *
 * new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: clientSecretJwt('orders-api', 'a secret of at least thirty-two octets'),
 * })
 * ```
 * @see [OpenID Connect Core §9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication)
 */
export function clientSecretJwt(
  clientId: string,
  clientSecret: Findable<string>,
  options: ClientSecretJwtOptions = {},
): ClientAuthentication {
  checkClientId(clientId)
  const group = new OptionGroup('', options, ['algorithm', ...ASSERTION_OPTIONS])
  const alg = group.oneOf('algorithm', ['HS256', 'HS384', 'HS512'], 'HS256')
  const findKey = keyFinder(clientId, clientSecret, alg)
  const sign = async (claims: AssertionClaims, typ: AssertionTyp): Promise<string> => {
    const { SignJWT } = await import('jose')
    const key = await findKey()
    return new SignJWT({ ...claims }).setProtectedHeader({ alg, typ }).sign(key)
  }
  return assertionAuthentication({ method: 'client_secret_jwt', clientId, sign }, group)
}

/** A secret that was given is checked at once, and one that a function finds with each request. */
function keyFinder(
  clientId: string,
  clientSecret: Findable<string>,
  alg: keyof typeof HASH_BYTES,
): () => MaybePromise<Uint8Array> {
  if (typeof clientSecret === 'function') {
    const by = { option: 'clientSecret', clientId }
    return () => foundCredential(clientSecret, (secret) => keyOf(clientId, secret, alg), by)
  }
  const key = keyOf(clientId, clientSecret, alg)
  return () => key
}

/** The key of a secret, if it is long enough for the algorithm. */
function keyOf(clientId: string, clientSecret: unknown, alg: keyof typeof HASH_BYTES): Uint8Array {
  checkSecretCredentials(clientId, clientSecret)
  const key = new TextEncoder().encode(clientSecret as string)
  if (key.length < HASH_BYTES[alg]) {
    throw new TypeError(`clientSecret: needs at least ${HASH_BYTES[alg]} octets for ${alg} (RFC 7518 §3.2)`)
  }
  return key
}
