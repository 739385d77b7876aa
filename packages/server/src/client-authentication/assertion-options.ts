/** Options of the assertion methods, `private_key_jwt` and `client_secret_jwt`. */
import { quote } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { Warn } from '../events/warning.ts'
import type { AssertionStep } from './authenticate-by-assertion.ts'
import { HMAC_ALGORITHMS } from './client-secret-jwt.ts'
import { ASYMMETRIC_ALGORITHMS, FAPI2_ALGORITHMS } from './private-key-jwt.ts'

/** Option group `clientAuthentication.assertion`: the rules for client assertions (RFC 7523 §3). */
export interface AssertionOptions {
  /**
   * Further values that `aud` may have besides the issuer: the URL of this endpoint or of the token endpoint, for callers
   * that you cannot change. `aud` may then also be an array of several values, such as the issuer and the token endpoint that
   * openid-client 4 and 5 send. Every value must be the issuer or listed here. Default: none, so `aud` must be the issuer
   * alone. A handler with this option reports one warning.
   *
   * Security: a malicious authorization server can publish your URL in its metadata. A caller that uses that metadata then
   * makes assertions that your server accepts. With the issuer as the only audience this attack fails. List only URLs of your
   * own server. The endpoint refuses an assertion that also names a server you did not list, because that server could use
   * the assertion at yours.
   */
  readonly legacyAudiences?: readonly string[] | undefined
  /**
   * Signature algorithms. Default: every RS, PS and ES algorithm, EdDSA and Ed25519, and HS256, HS384 and HS512 if
   * `client_secret_jwt` is enabled. With `fapi2`: PS256, ES256, EdDSA and Ed25519. `none` is not allowed.
   */
  readonly algorithms?: readonly string[] | undefined
  /**
   * The longest time until `exp` and since `iat`, in seconds. Default 300, from 10 to 3600. Authlib, zitadel/oidc and
   * keystonemiddleware make assertions with a lifetime of 3600 seconds.
   *
   * Security: an attacker who intercepts an assertion before it arrives can use it for this long. The replay store keeps each
   * assertion for the same time.
   */
  readonly maxLifetimeSeconds?: number | undefined
  /** How far the clocks of callers may be off, in seconds. Default 5, from 0 to 60. */
  readonly clockToleranceSeconds?: number | undefined
  /**
   * Whether `exp`, `iat` and `nbf` may also be strings of digits. OpenStack's keystonemiddleware sends such strings, and its
   * assertions also need `maxLifetimeSeconds: 3600`. Default `false`.
   */
  readonly allowStringDates?: boolean | undefined
  /** Whether to require the FAPI 2.0 Security Profile: its algorithms, and `aud` as a string, no array. Default `false`. */
  readonly fapi2?: boolean | undefined
}

/** The defaults of the group. */
export const assertionDefaults = Object.freeze({
  maxLifetimeSeconds: 300,
  clockToleranceSeconds: 5,
  allowStringDates: false,
  fapi2: false,
})

/** Resolves the group for an issuer. */
export function resolveAssertion(
  options: unknown,
  path: string,
  { issuer, takesHmac, warn }: { readonly issuer: string; readonly takesHmac: boolean; readonly warn: Warn },
): AssertionStep {
  const group = new OptionGroup(path, options, [
    'legacyAudiences',
    'algorithms',
    'maxLifetimeSeconds',
    'clockToleranceSeconds',
    'allowStringDates',
    'fapi2',
  ])
  const legacyAudiences = group.strings('legacyAudiences') ?? []
  if (legacyAudiences.length > 0) {
    warn(
      'legacy-audiences',
      `${group.path('legacyAudiences')} takes assertions whose aud is ${quote(legacyAudiences)}: a malicious authorization server that names such a URL as its own can use them here. Change the callers to send the issuer ${quote(issuer)} alone, then remove the option`,
    )
  }
  const fapi2 = group.boolean('fapi2', assertionDefaults.fapi2)
  const offered: readonly string[] = fapi2
    ? FAPI2_ALGORITHMS
    : [...ASYMMETRIC_ALGORITHMS, ...(takesHmac ? HMAC_ALGORITHMS : [])]
  const algorithms = group.strings('algorithms') ?? offered
  if (algorithms.length === 0 || algorithms.some((algorithm) => !offered.includes(algorithm))) {
    throw group.error('algorithms', `must hold some of ${offered.join(', ')}`)
  }
  return {
    audiences: new Set([issuer, ...legacyAudiences]),
    algorithms: new Set(algorithms),
    maxLifetimeSeconds: group.number('maxLifetimeSeconds', {
      default: assertionDefaults.maxLifetimeSeconds,
      min: 10,
      max: 3600,
    }),
    clockToleranceSeconds: group.number('clockToleranceSeconds', {
      default: assertionDefaults.clockToleranceSeconds,
      min: 0,
      max: 60,
    }),
    allowStringDates: group.boolean('allowStringDates', assertionDefaults.allowStringDates),
    fapi2,
  }
}
