/** `client_secret_jwt`: an assertion signed with the secret, which itself is not sent (OpenID Connect Core §9). */
import { OptionGroup } from '@token-introspection/core/options'
import { type AssertionClaims, assertionAuthentication } from './assertion-authentication.ts'
import { ASSERTION_OPTIONS, type AssertionOptions, type AssertionTyp } from './assertion-options.ts'
import { type ClientAuthentication, checkSecretCredentials } from './client-authentication.ts'

/** Octets of the hash of each algorithm, the least its key may have (RFC 7518 §3.2). */
const HASH_BYTES = { HS256: 32, HS384: 48, HS512: 64 } as const

/** Options of {@link clientSecretJwt}. */
export interface ClientSecretJwtOptions extends AssertionOptions {
  /** The algorithm this client is registered with. Default `HS256`. */
  readonly algorithm?: keyof typeof HASH_BYTES | undefined
}

/**
 * Authenticates with `client_secret_jwt`: the secret stays here, but the server has to keep it in clear to verify. Prefer
 * {@link privateKeyJwt} where the server can take it (RFC 9700 §2.5).
 *
 * @param clientSecret - its UTF-8 octets are the key, as many of them as the hash has: 32 for `HS256`.
 * @throws TypeError naming what is empty, too short or unknown; when the client is created, if it has no issuer and no
 * `audience` was given.
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
  clientSecret: string,
  options: ClientSecretJwtOptions = {},
): ClientAuthentication {
  checkSecretCredentials(clientId, clientSecret)
  const group = new OptionGroup('', options, ['algorithm', ...ASSERTION_OPTIONS])
  const alg = group.oneOf('algorithm', ['HS256', 'HS384', 'HS512'], 'HS256')
  const key = new TextEncoder().encode(clientSecret)
  if (key.length < HASH_BYTES[alg]) {
    throw new TypeError(`clientSecret: needs at least ${HASH_BYTES[alg]} octets for ${alg} (RFC 7518 §3.2)`)
  }
  const sign = async (claims: AssertionClaims, typ: AssertionTyp): Promise<string> => {
    const { SignJWT } = await import('jose')
    return new SignJWT({ ...claims }).setProtectedHeader({ alg, typ }).sign(key)
  }
  return assertionAuthentication({ method: 'client_secret_jwt', clientId, sign }, group)
}
