/** Options of the assertion methods, `private_key_jwt` and `client_secret_jwt`. */
import { quote } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { Warn } from '../events/warning.ts'
import type { AssertionStep } from './authenticate-by-assertion.ts'
import { HMAC_ALGORITHMS } from './client-secret-jwt.ts'
import { ASYMMETRIC_ALGORITHMS, FAPI2_ALGORITHMS } from './private-key-jwt.ts'

/** Option group `clientAuthentication.assertion`: what a client assertion must be like (RFC 7523 §3). */
export interface AssertionOptions {
  /**
   * Further values that may stand in `aud`, beside the issuer: the URL of this endpoint or of the token endpoint, for callers
   * that cannot be changed. `aud` may then also be an array of several, such as the issuer and the token endpoint that
   * openid-client 4 and 5 send, as long as every value is the issuer or listed here. Default none: `aud` is the issuer alone.
   * Setting it is reported once as a warning.
   *
   * Security: a caller that takes such a URL from the metadata of a malicious authorization server makes assertions that
   * are good at yours. The issuer as the only audience rules that out. List URLs of your own server and nothing else: an
   * assertion that also names a server you do not list is refused, because that server could use it at yours.
   */
  readonly legacyAudiences?: readonly string[] | undefined
  /**
   * Signature algorithms. Default every RS, PS and ES algorithm, EdDSA and Ed25519, and HS256, HS384, HS512 where
   * `client_secret_jwt` is enabled; with `fapi2` PS256, ES256, EdDSA and Ed25519. `none` cannot be had.
   */
  readonly algorithms?: readonly string[] | undefined
  /**
   * Seconds until `exp`, and since `iat`, at most. Default 300, from 10 to 3600. Authlib, zitadel/oidc and keystonemiddleware
   * make assertions that are good for 3600.
   *
   * Security: an assertion that was intercepted before it arrived can be used for as long; each is remembered as long.
   */
  readonly maxLifetimeSeconds?: number | undefined
  /** Seconds the clocks of callers may be off. Default 5, from 0 to 60. */
  readonly clockToleranceSeconds?: number | undefined
  /**
   * Take `exp`, `iat` and `nbf` as strings of digits too, which OpenStack's keystonemiddleware sends; its assertions also need
   * `maxLifetimeSeconds: 3600`. Default `false`.
   */
  readonly allowStringDates?: boolean | undefined
  /** What the FAPI 2.0 Security Profile asks beyond that: its algorithms, and `aud` as a string, no array. Default `false`. */
  readonly fapi2?: boolean | undefined
}

/** The defaults of the group. */
export const assertionDefaults = Object.freeze({
  maxLifetimeSeconds: 300,
  clockToleranceSeconds: 5,
  allowStringDates: false,
  fapi2: false,
})

/** The group, for an issuer. */
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
