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

/** The `alg` of a signed answer that the client can verify: an algorithm with public keys (RFC 9701 §6). */
export type JwtResponseAlgorithm = SignatureAlgorithm

/** A choice of accepted algorithms. */
export type JwtResponseProfile = 'rfc9701' | 'fapi2'

/**
 * Option group `response.jwt`: request signed answers and refuse all others (RFC 9701). Needs the option `issuer`.
 *
 * Requests then have `Accept: application/token-introspection+jwt`. An answer must be signed by a key of the issuer,
 * have the type of an introspection response, name that issuer and this client, and be made just now. Plain JSON, and
 * an answer that fails one of these checks, is refused with `ERR_RESPONSE_UNTRUSTED`. Errors are JSON as before. With
 * `decryptionKeys` answers may be encrypted, with the signed answer inside.
 *
 * The client fetches the keys with its own transport. It fetches them again after ten minutes or when an answer names
 * an unknown key, at most every 30 seconds. While they cannot be fetched, it uses the last ones for up to a day.
 * Without any keys a call fails with `ERR_RESPONSE_KEYS_UNAVAILABLE`.
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
   * The accepted signature algorithms. Best give the one that this resource server is registered with. Default those of
   * `profile`. `none` and algorithms with a shared secret are not allowed.
   */
  readonly algorithms?: readonly JwtResponseAlgorithm[] | undefined
  /**
   * The algorithms that `algorithms` may hold. Default `rfc9701`: every algorithm with a public key. `fapi2` allows
   * PS256, ES256, and EdDSA with Ed25519 (FAPI 2.0 Security Profile §5.4.1).
   */
  readonly profile?: JwtResponseProfile | undefined
  /** The issuer's public keys, when they never change. Give this or `jwksUri`, or neither. */
  readonly jwks?: JSONWebKeySet | undefined
  /** The URL of the issuer's public keys. Default the `jwks_uri` of its metadata. */
  readonly jwksUri?: string | undefined
  /**
   * The private keys for encrypted answers. Default none: encrypted answers are refused.
   *
   * A function returns the keys, or a promise of them. It is called with the first encrypted answer, and again with the first one
   * after a minute. So a build needs no keys, and you can change them without a restart. While it fails, or does not answer for 5
   * seconds, the calls with an encrypted answer fail with `SecretUnavailableError`, and a guard answers 503.
   */
  readonly decryptionKeys?:
    | readonly DecryptionKey[]
    | (() => readonly DecryptionKey[] | Promise<readonly DecryptionKey[]>)
    | undefined
  /** The name of this resource server in the `aud` of answers. Default the identifier of `clientAuthentication`. */
  readonly audience?: string | undefined
  /**
   * The highest age of an answer in seconds, in addition to `response.leewaySeconds`. Default 60, from 1 to 600.
   *
   * Security: a signed answer does not name its token (RFC 9701 §5). During this time, an attacker who controls the
   * connection could send an old answer for another token. TLS prevents that.
   */
  readonly maxAgeSeconds?: number | undefined
}

/** The defaults of the group. */
export const jwtResponseDefaults = Object.freeze({ profile: 'rfc9701', maxAgeSeconds: 60 } as const)

/** The settings of the client that this group needs. */
export interface JwtResponseContext {
  readonly issuer: string | undefined
  readonly clientId: string | undefined
  readonly leewaySeconds: number
  readonly tolerance?: Tolerance | undefined
  readonly urlRules: UrlRules
  readonly send: Send
  readonly deadlines: Deadlines
  /** Finds the URL of the keys in the metadata. */
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
  if (issuer === undefined)
    throw new TypeError('response.jwt: needs the issuer option, because the issuer must sign the answers')
  const audience = group.string('audience') ?? context.clientId
  if (audience === undefined) {
    throw group.error('audience', 'is required, because clientAuthentication has no client identifier')
  }
  const algorithms = resolveAlgorithms(group, jwtResponseDefaults.profile)
  const decryptionKeys = resolveDecryptionKeys(group)
  const maxAgeSeconds = group.number('maxAgeSeconds', { default: jwtResponseDefaults.maxAgeSeconds, min: 1, max: 600 })
  const whereKeysAre = group.string('jwksUri') ?? group.raw('jwks') ?? null
  return {
    issuer,
    audience,
    leewaySeconds,
    tolerance,
    algorithms,
    keys: resolveKeys(group, { ...context, Unavailable: ResponseKeysUnavailableError }),
    findDecryptionKeys: decryptionKeys.find,
    maxAgeSeconds,
    manner: [algorithms, audience, whereKeysAre, decryptionKeys.names, maxAgeSeconds, leewaySeconds],
  }
}
