/** Options of the methods `Bearer` and `DPoP`. */
import { isScope } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { AccessTokenStep, FindCallerAccessToken } from './access-token.ts'
import { ASYMMETRIC_ALGORITHMS, FAPI2_ALGORITHMS } from './private-key-jwt.ts'

/** Option group `clientAuthentication.accessToken`: callers that authenticate with an access token (RFC 7662 §2.1). */
export interface AccessTokenOptions {
  /** Finds the token that a caller authenticates with. The endpoint checks afterwards whether the caller may use it. */
  readonly find: FindCallerAccessToken
  /** The scope that the token needs: one or more scope tokens. Default `introspection`. */
  readonly scope?: string | undefined
  /** The `aud` value that the token needs. Default: the issuer. */
  readonly audience?: string | undefined
  /**
   * The status for a token without the scope. Default 401, as RFC 7662 §2.3 says for this endpoint. RFC 6750 §3.1 says 403 for
   * resources in general.
   */
  readonly insufficientScopeStatus?: 401 | 403 | undefined
  /**
   * The URL of this endpoint as callers know it. Required for `DPoP`. The endpoint never takes it from the request, because
   * anybody can choose the `Host` field.
   */
  readonly endpoint?: string | undefined
  /** Signature algorithms of DPoP proofs. Default PS256, ES256, EdDSA and Ed25519. */
  readonly dpopAlgorithms?: readonly string[] | undefined
  /** How far the `iat` of a DPoP proof may be from now, in seconds. Default 60, from 5 to 300. */
  readonly dpopMaxAgeSeconds?: number | undefined
}

/** The defaults of the group. */
export const accessTokenDefaults = Object.freeze({
  scope: 'introspection',
  insufficientScopeStatus: 401,
  dpopAlgorithms: FAPI2_ALGORITHMS,
  dpopMaxAgeSeconds: 60,
} as const)

/** Resolves the group. `undefined` when the options do not have it. */
export function resolveAccessToken(
  options: unknown,
  path: string,
  { issuer, takesDpop }: { readonly issuer: string | undefined; readonly takesDpop: boolean },
): Omit<AccessTokenStep, 'challenges'> | undefined {
  if (options === undefined) return undefined
  const group = new OptionGroup(path, options, [
    'find',
    'scope',
    'audience',
    'insufficientScopeStatus',
    'endpoint',
    'dpopAlgorithms',
    'dpopMaxAgeSeconds',
  ])
  const find = group.function<FindCallerAccessToken>('find')
  if (find === undefined) throw group.error('find', 'is required')
  const scope = group.string('scope') ?? accessTokenDefaults.scope
  if (!isScope(scope)) throw group.error('scope', 'must be scope tokens with one space between them (RFC 6749 §3.3)')
  const audience = group.string('audience') ?? issuer
  if (audience === undefined) throw group.error('audience', 'is required without an issuer')
  const status = group.raw('insufficientScopeStatus') ?? accessTokenDefaults.insufficientScopeStatus
  if (status !== 401 && status !== 403) throw group.error('insufficientScopeStatus', 'must be 401 or 403')
  const endpoint = group.string('endpoint')
  if (endpoint === undefined ? takesDpop : !URL.canParse(endpoint)) {
    throw group.error('endpoint', 'must be the URL of this endpoint, for DPoP')
  }
  const algorithms = group.strings('dpopAlgorithms') ?? accessTokenDefaults.dpopAlgorithms
  if (
    algorithms.length === 0 ||
    algorithms.some((name) => !(ASYMMETRIC_ALGORITHMS as readonly string[]).includes(name))
  ) {
    throw group.error('dpopAlgorithms', `must hold some of ${ASYMMETRIC_ALGORITHMS.join(', ')}`)
  }
  const maxAgeSeconds = group.number('dpopMaxAgeSeconds', {
    default: accessTokenDefaults.dpopMaxAgeSeconds,
    min: 5,
    max: 300,
  })
  return { find, scope, audience, insufficientScopeStatus: status, dpop: { endpoint, algorithms, maxAgeSeconds } }
}
