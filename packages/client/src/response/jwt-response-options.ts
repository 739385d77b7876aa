/** Options of step `response`: answers as JWTs (RFC 9701). */
import type { SignatureAlgorithm, UrlRules } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { JSONWebKeySet } from 'jose'
import { ResponseKeysUnavailableError } from '../errors.ts'
import { resolveAlgorithms, resolveKeys } from '../keys/key-options.ts'
import type { Deadlines } from '../transport/deadline.ts'
import type { Send } from '../transport/transport.ts'
import { type DecryptionKey, resolveDecryptionKeys } from './decryption-key.ts'
import type { JwtResponseRules } from './read-jwt-response.ts'
import type { Tolerance } from './tolerance-options.ts'

/** The `alg` of an answer that can be verified: those with public keys (RFC 9701 §6). */
export type JwtResponseAlgorithm = SignatureAlgorithm

/** Which algorithms are believed. */
export type JwtResponseProfile = 'rfc9701' | 'fapi2'

/**
 * Option group `response.jwt`: ask for signed answers and take no others (RFC 9701). Needs the option `issuer`.
 *
 * Requests then have `Accept: application/token-introspection+jwt`. An answer counts when a key of the issuer signed it,
 * when it says that it is an answer, by that issuer, for us, and made just now. Plain JSON is refused with
 * `ERR_RESPONSE_UNTRUSTED`, and so is everything else that does not hold; errors are JSON as ever. With `decryptionKeys`
 * answers may be encrypted as well, and are then signed inside.
 *
 * The keys are fetched with the client's own transport, and again after ten minutes or when an answer names one that is
 * not there, at most every 30 seconds. While they cannot be fetched the last ones are used for up to a day; without any,
 * a call fails with `ERR_RESPONSE_KEYS_UNAVAILABLE`.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 *
 * export const introspection = new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *   response: { jwt: { algorithms: ['ES256'] } },
 * })
 * ```
 * @see [RFC 9701](https://www.rfc-editor.org/rfc/rfc9701.html)
 */
export interface JwtResponseOptions {
  /**
   * The signature algorithms that are believed; best the one this resource server is registered with. Default those of
   * `profile`. `none` and the algorithms with a shared secret cannot be given.
   */
  readonly algorithms?: readonly JwtResponseAlgorithm[] | undefined
  /**
   * What `algorithms` may hold. Default `rfc9701`: everything with a public key. `fapi2` leaves PS256, ES256 and EdDSA
   * with Ed25519 (FAPI 2.0 Security Profile §5.4.1).
   */
  readonly profile?: JwtResponseProfile | undefined
  /** The issuer's public keys, when they never change. Give this or `jwksUri`, or neither. */
  readonly jwks?: JSONWebKeySet | undefined
  /** Where the issuer's public keys are. Default the `jwks_uri` of its metadata. */
  readonly jwksUri?: string | undefined
  /** The keys answers are encrypted for. Default none, and encrypted answers are refused. */
  readonly decryptionKeys?: readonly DecryptionKey[] | undefined
  /** What the answers call this resource server in `aud`. Default the identifier of `clientAuthentication`. */
  readonly audience?: string | undefined
  /**
   * Seconds that may have gone by since an answer was made, besides `response.leewaySeconds`. Default 60, from 1 to 600.
   *
   * Security: for this long, whoever can change what crosses the connection can send an answer again, also for another
   * token, because a signed answer does not say which token it is about (RFC 9701 §5). TLS is what prevents that.
   */
  readonly maxAgeSeconds?: number | undefined
}

/** The defaults of the group. */
export const jwtResponseDefaults = Object.freeze({ profile: 'rfc9701', maxAgeSeconds: 60 } as const)

/** What the group takes from the rest of the client. */
export interface JwtResponseContext {
  readonly issuer: string | undefined
  readonly clientId: string | undefined
  readonly leewaySeconds: number
  readonly tolerance?: Tolerance | undefined
  readonly urlRules: UrlRules
  readonly send: Send
  readonly deadlines: Deadlines
  /** Where the metadata says that the keys are. */
  readonly findJwksUri: () => Promise<string>
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
}

/** Resolves the group; `undefined` when answers are JSON. */
export function resolveJwtResponse(options: unknown, context: JwtResponseContext): JwtResponseRules | undefined {
  if (options === undefined) return undefined
  const group = new OptionGroup('response.jwt', options, [
    'algorithms',
    'profile',
    'jwks',
    'jwksUri',
    'decryptionKeys',
    'audience',
    'maxAgeSeconds',
  ])
  const { issuer, leewaySeconds, tolerance } = context
  if (issuer === undefined) throw new TypeError('response.jwt: needs the issuer option, whose signature is wanted')
  const audience = group.string('audience') ?? context.clientId
  if (audience === undefined) {
    throw group.error('audience', 'is required, because clientAuthentication has no client identifier')
  }
  const algorithms = resolveAlgorithms(group, jwtResponseDefaults.profile)
  const decryptionKeys = resolveDecryptionKeys(group)
  const maxAgeSeconds = group.number('maxAgeSeconds', { default: jwtResponseDefaults.maxAgeSeconds, min: 1, max: 600 })
  const keyNames = decryptionKeys.map(({ alg, kid = null }) => [alg, kid])
  const whereKeysAre = group.string('jwksUri') ?? group.raw('jwks') ?? null
  return {
    issuer,
    audience,
    leewaySeconds,
    tolerance,
    algorithms,
    keys: resolveKeys(group, { ...context, Unavailable: ResponseKeysUnavailableError }),
    decryptionKeys,
    maxAgeSeconds,
    manner: [algorithms, audience, whereKeysAre, keyNames, maxAgeSeconds, leewaySeconds],
  }
}
