/** Options of step `response` for JWT answers, and the checks of what protected resources register (RFC 9701). */
import { OptionGroup } from '@token-introspection/core/options'
import type { ProtectedResource } from '../client-authentication/protected-resource.ts'
import type { KeyHolder } from '../keys/jwks-loader.ts'
import type { EncryptionStep } from './encrypt-response.ts'
import { chooseEncryptionKey, RESPONSE_ENCRYPTION_ALGS, RESPONSE_ENCRYPTION_ENCS } from './encryption-key.ts'
import { SameSecond } from './same-second.ts'
import { chooseSigningKey, type SigningStep } from './sign-response.ts'
import { FAPI2_SIGNING_ALGS, RESPONSE_SIGNING_ALGS, type ResponseSigningAlg } from './signing-algorithms.ts'
import { resolveSigningKeys, type SigningKey } from './signing-key.ts'

/**
 * Option group `response.jwt`: signed JWT answers for callers whose `Accept` field asks for them, and encrypted ones for
 * protected resources that register encryption (RFC 9701 §4, §5, §6).
 *
 * If an answer cannot be signed or encrypted, the handler answers 500 or 503, never JSON. It also signs inactive answers. It
 * signs the same answer for the same protected resource once per second.
 *
 * @example
 * ```ts
 * import { generateKeyPairSync } from 'node:crypto'
 * import type { JwtResponseOptions } from '@token-introspection/server'
 *
 * const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
 *
 * export const jwt: JwtResponseOptions = {
 *   keys: [{ alg: 'ES256', kid: '2026-11', key: privateKey }],
 *   defaultSigningAlg: 'ES256',
 * }
 * ```
 * @see [RFC 9701](https://www.rfc-editor.org/rfc/rfc9701.html)
 */
export interface JwtResponseOptions {
  /**
   * The signing keys, of one or several algorithms. Read once. Include a key that will sign later, with `signsFrom`, so that
   * you can publish it before it is used.
   */
  readonly keys: readonly SigningKey[]
  /**
   * Which algorithms may sign. Default `rfc9701`: every asymmetric one. `fapi2` allows only PS256, ES256 and EdDSA with
   * Ed25519. A key for another algorithm is then a `TypeError` (FAPI 2.0 Security Profile §5.4.1).
   */
  readonly profile?: JwtResponseProfile | undefined
  /**
   * The algorithm for protected resources without `introspectionSignedResponseAlg`. Default `RS256`, as RFC 9701 §6 says. With
   * `fapi2`, which forbids RS256, it is the algorithm of the first key. Without a key for it the handler throws a `TypeError`
   * when it is created.
   */
  readonly defaultSigningAlg?: ResponseSigningAlg | undefined
}

/** Which algorithms may sign. */
export type JwtResponseProfile = 'rfc9701' | 'fapi2'

/** The defaults of the group. */
export const jwtResponseDefaults = Object.freeze({ profile: 'rfc9701', defaultSigningAlg: 'RS256' } as const)

/** What JWT answers need. */
export type JwtResponseStep = SigningStep & EncryptionStep

/** The number of remembered JWTs of one second. Each is about one kilobyte. */
const MAX_REMEMBERED = 1000

/** Resolves the group. `undefined` when the handler offers no JWTs. */
export function resolveJwtResponse(
  options: unknown,
  step: Pick<JwtResponseStep, 'issuer' | 'timeoutMs' | 'now' | 'jwks'>,
): JwtResponseStep | undefined {
  if (options === undefined) return undefined
  const group = new OptionGroup('response.jwt', options, ['keys', 'profile', 'defaultSigningAlg'])
  const profile = group.oneOf<JwtResponseProfile>('profile', ['rfc9701', 'fapi2'], jwtResponseDefaults.profile)
  const algs = profile === 'fapi2' ? FAPI2_SIGNING_ALGS : RESPONSE_SIGNING_ALGS
  const keys = resolveSigningKeys(group.raw('keys'), group.path('keys'), algs)
  const unstated = profile === 'fapi2' ? (keys[0]?.alg as ResponseSigningAlg) : jwtResponseDefaults.defaultSigningAlg
  const defaultSigningAlg = group.oneOf('defaultSigningAlg', algs, unstated)
  if (chooseSigningKey(keys, defaultSigningAlg, step.now()) === undefined) {
    throw group.error(
      'defaultSigningAlg',
      `no key signs with ${defaultSigningAlg} now, which protected resources without an algorithm need. Add a key, or set another algorithm`,
    )
  }
  return {
    ...step,
    keys,
    defaultSigningAlg,
    signed: new SameSecond(MAX_REMEMBERED),
    encrypted: new SameSecond(MAX_REMEMBERED),
  }
}

/**
 * Checks the preferences of a protected resource in a fixed list, so that a mistake shows at start-up and not as a 500.
 */
export function checkJwtPreferences(
  preferences: Pick<
    ProtectedResource,
    | 'introspectionSignedResponseAlg'
    | 'introspectionEncryptedResponseAlg'
    | 'introspectionEncryptedResponseEnc'
    | 'requireJwtResponse'
  > &
    KeyHolder,
  group: OptionGroup,
  step: JwtResponseStep | undefined,
): void {
  const { introspectionSignedResponseAlg: signingAlg, introspectionEncryptedResponseAlg: alg } = preferences
  if (step === undefined) {
    const wanted = PREFERENCES.find((name) => group.has(name) && group.raw(name) !== false)
    if (wanted !== undefined) throw group.error(wanted, 'needs response.jwt')
    return
  }
  if (signingAlg !== undefined && chooseSigningKey(step.keys, signingAlg, step.now()) === undefined) {
    throw group.error('introspectionSignedResponseAlg', 'no key of response.jwt.keys signs with it now')
  }
  if (alg === undefined) {
    if (!group.has('introspectionEncryptedResponseEnc')) return
    throw group.error('introspectionEncryptedResponseEnc', 'needs introspectionEncryptedResponseAlg (RFC 9701 §6)')
  }
  group.oneOf('introspectionEncryptedResponseAlg', RESPONSE_ENCRYPTION_ALGS, alg)
  group.oneOf('introspectionEncryptedResponseEnc', RESPONSE_ENCRYPTION_ENCS, RESPONSE_ENCRYPTION_ENCS[0])
  const { jwks, jwksUri } = preferences
  if (jwks === undefined && jwksUri === undefined) {
    throw group.error('introspectionEncryptedResponseAlg', 'needs jwks or jwksUri with the encryption key')
  }
  if (jwks !== undefined && chooseEncryptionKey(jwks, alg) === undefined) {
    throw group.error('jwks', `has no key for ${alg}`)
  }
}

const PREFERENCES = [
  'requireJwtResponse',
  'introspectionSignedResponseAlg',
  'introspectionEncryptedResponseAlg',
  'introspectionEncryptedResponseEnc',
] as const

/** The metadata of the authorization server about JWT answers (RFC 9701 §7). */
export function jwtResponseMetadata(step: JwtResponseStep) {
  const algs = new Set(step.keys.filter((key) => key.signsFrom <= step.now()).map((key) => key.alg))
  return {
    introspection_signing_alg_values_supported: [...algs],
    introspection_encryption_alg_values_supported: [...RESPONSE_ENCRYPTION_ALGS],
    introspection_encryption_enc_values_supported: [...RESPONSE_ENCRYPTION_ENCS],
  }
}
