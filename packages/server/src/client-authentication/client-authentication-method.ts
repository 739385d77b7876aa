/**
 * The names of client authentication methods (RFC 7591 §2, RFC 8705 §2, RFC 8414 §2,
 * draft-ietf-oauth-attestation-based-client-auth-11 §8).
 */

/** The methods that an endpoint can have, by registered name. `Bearer` and `DPoP` mean an access token (RFC 8414 §2). */
export const CLIENT_AUTHENTICATION_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'attest_jwt_client_auth',
  'Bearer',
  'DPoP',
] as const

/** A registered name of a client authentication method (RFC 7591 §2), or a scheme of an access token (RFC 8414 §2). */
export type ClientAuthenticationMethod = (typeof CLIENT_AUTHENTICATION_METHODS)[number]

/** A method that a caller may use: a registered one, or `custom` for your own. */
export type CallerMethod = ClientAuthenticationMethod | 'custom'

/** Every {@link CallerMethod}. */
export const CALLER_METHODS: readonly CallerMethod[] = [...CLIENT_AUTHENTICATION_METHODS, 'custom']

/** Methods for which a caller registers only its identifier. */
export const METHODS_WITHOUT_CREDENTIAL: ReadonlySet<CallerMethod> = new Set([
  'attest_jwt_client_auth',
  'Bearer',
  'DPoP',
  'custom',
])
