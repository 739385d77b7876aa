/** Options of step `jwt`. */
import { type JsonObject, REGISTERED_MEMBERS, type SignatureAlgorithm } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { JSONWebKeySet } from 'jose'
import { JwtKeysUnavailableError } from '../errors.ts'
import { type KeyContext, resolveAlgorithms, resolveKeys } from '../keys/key-options.ts'
import type { TokenKind } from '../policy/policy.ts'
import type { JwtStep } from './answer-locally.ts'
import { createFaultReporter, type JwtReport } from './jwt-fault.ts'
import { typeName } from './read-claims.ts'

/**
 * What is done with JWTs, and with tokens that are none:
 *
 * - `local`: JWTs are verified, and nothing is ever asked; an opaque token is inactive.
 * - `local-or-introspect`: JWTs are verified and not asked about; opaque tokens are introspected.
 * - `local-then-introspect`: JWTs are verified, and those that are good are introspected as well; opaque tokens are introspected.
 */
export type JwtMode = 'local' | 'local-or-introspect' | 'local-then-introspect'

/** Which algorithms are believed. */
export type JwtProfile = 'rfc9068' | 'fapi2'

/** The members that a server may have under another claim name. */
export type JwtAliases = {
  readonly [Member in 'client_id' | 'jti' | 'scope' | 'sub' | 'username']?: string | undefined
}

/** The claims that servers use for something else than the registered member. */
export type JwtRenames = { readonly [Claim in 'permissions' | 'username']?: string | undefined }

/**
 * Option group `jwt`: verify JWT access tokens of the `issuer` with its keys (RFC 9068). Without it every token is
 * introspected, whatever it looks like.
 *
 * A token is taken for a JWT when it can be read as one. One whose `iss` is not the `issuer` option, or that is not good,
 * is inactive and is sent nowhere, in every mode. Its claims become the answer, which is judged, cached and guarded as an
 * answer of the authorization server is; a claim called `active` counts for nothing.
 *
 * Keys are fetched and kept as for `response.jwt`: again after ten minutes or for a `kid` that is not there, at most every
 * 30 seconds, and the last ones serve for up to a day. With none to be had a call fails with `ERR_JWT_KEYS_UNAVAILABLE`.
 *
 * Security: in the modes other than `local-then-introspect` a JWT that was revoked stays active until it expires.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 *
 * export const introspection = new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *   jwt: { mode: 'local-then-introspect' },
 *   cache: { maxAgeSeconds: 30 },
 *   policy: { audience: 'https://orders.example.com' },
 * })
 * ```
 * @see [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068.html#section-4)
 */
export interface JwtOptions {
  /** What is done with JWTs, and with tokens that are none: see {@link JwtMode}. Required; a preset may have it. */
  readonly mode?: JwtMode | undefined
  /**
   * The signature algorithms that are believed; best the one your server signs with. Default those of `profile`. `none` and
   * the algorithms with a shared secret cannot be given.
   */
  readonly algorithms?: readonly SignatureAlgorithm[] | undefined
  /**
   * What `algorithms` may hold. Default `rfc9068`, everything with a public key. `fapi2` leaves PS256, ES256 and EdDSA with
   * Ed25519 (FAPI 2.0 Security Profile §5.4.1).
   */
  readonly profile?: JwtProfile | undefined
  /** The issuer's public keys, when they never change. Give this or `jwksUri`, or neither. */
  readonly jwks?: JSONWebKeySet | undefined
  /**
   * What JWTs have in `iss`, where it is not the `issuer` option, such as `http://fs.example.com/adfs/services/trust` at AD FS;
   * compared character for character. `response.acceptedIssuers` has to list it. Default the `issuer` option.
   */
  readonly issuer?: string | undefined
  /** Where the issuer's public keys are. Default the `jwks_uri` of its metadata. */
  readonly jwksUri?: string | undefined
  /**
   * What the header may have in `typ`, without case and with or without `application/`. Default `at+jwt` alone. The types
   * of JWTs that are known to be no access tokens cannot be given.
   *
   * Security: `JWT` says nothing. With it, ID tokens and whatever else the server signs are kept out by their claims alone:
   * by `nonce`, `at_hash`, `events` and the like, by `requiredClaims` and `kindClaims`, by the audience, and by `policy.tokenKind`.
   */
  readonly types?: readonly string[] | undefined
  /** Takes JWTs without `typ`, as Amazon Cognito has them. Default `false`. The risk is that of `JWT` in `types`. */
  readonly acceptUntyped?: boolean | undefined
  /**
   * Claims a token must have besides `iss` and `exp`, by their registered name. Default those of RFC 9068 §2.2: `aud`, `sub`,
   * `client_id`, `iat` and `jti`. A list without one of them is for servers that do not write it.
   */
  readonly requiredClaims?: readonly string[] | undefined
  /**
   * Claims that only access tokens of this server have, such as `nbf` at Spring Authorization Server. A JWT whose `typ` is
   * not `at+jwt` is taken for another kind when it lacks one of them. Default none.
   */
  readonly kindClaims?: readonly string[] | undefined
  /**
   * Names the server uses for registered members, such as `{ client_id: 'azp' }`. A claim that has its registered name
   * is left alone. What `response.aliases` and `response.tolerate` say holds for JWTs too. Default none.
   */
  readonly aliases?: JwtAliases | undefined
  /** Names to give to claims that mean something else than the member of that name, such as `permissions`. Default none. */
  readonly renames?: JwtRenames | undefined
  /**
   * The claim that stands for `aud` in tokens without one, such as `client_id` at Amazon Cognito; the audience of guards
   * is then the client. Default none.
   */
  readonly audienceFrom?: string | undefined
}

/** The defaults of the group. */
export const jwtDefaults = Object.freeze({ profile: 'rfc9068', acceptUntyped: false } as const)

const MODES = ['local', 'local-or-introspect', 'local-then-introspect'] as const
const REQUIRED_CLAIMS = ['aud', 'sub', 'client_id', 'iat', 'jti'] as const
/** Profiles of JWT with a type of their own, none of them an access token (RFC 8725 §3.12). */
const OTHER_TYPES = new Set([
  'token-introspection+jwt',
  'dpop+jwt',
  'secevent+jwt',
  'statuslist+jwt',
  'client-authentication+jwt',
  'oauth-client-attestation+jwt',
  'oauth-client-attestation-pop+jwt',
  'txntoken+jwt',
  'logout+jwt',
  'oauth-authz-req+jwt',
  'kb+jwt',
  'entity-statement+jwt',
])

/** What the group takes from the rest of the client. */
export interface JwtContext extends Omit<KeyContext, 'Unavailable'> {
  readonly issuer: string | undefined
  readonly leewaySeconds: number
  /** Issuers an answer may name; `undefined` accepts any. */
  readonly acceptedIssuers: ReadonlySet<string> | undefined
  /** What answers of this server say of access tokens, which its JWTs need not say. */
  readonly answerKind: TokenKind | undefined
  /** Puts right what is forgiven in answers of this server. */
  readonly right: ((claims: JsonObject) => JsonObject) | undefined
  readonly report: (told: JwtReport) => void
}

/** The step, from the options of the client; `undefined` when every token is introspected. */
export function resolveJwt(options: OptionGroup, context: JwtContext): JwtStep | undefined {
  if (!options.has('jwt')) return undefined
  const group = new OptionGroup('jwt', options.raw('jwt'), [
    'mode',
    'issuer',
    'algorithms',
    'profile',
    'jwks',
    'jwksUri',
    'types',
    'acceptUntyped',
    'requiredClaims',
    'kindClaims',
    'aliases',
    'renames',
    'audienceFrom',
  ])
  const { issuer, acceptedIssuers, leewaySeconds, answerKind, right, report, nowMs } = context
  if (issuer === undefined) throw new TypeError('jwt: needs the issuer option, whose tokens are verified')
  const inTokens = group.string('issuer') ?? issuer
  if (acceptedIssuers?.has(inTokens) === false) {
    throw new TypeError(`response.acceptedIssuers: must have ${JSON.stringify(inTokens)}, whose JWTs are verified`)
  }
  const mode = group.raw('mode')
  if (mode === undefined) throw group.error('mode', `is required: one of ${MODES.join(', ')}`)
  const which = group.oneOf<JwtMode>('mode', MODES, 'local')
  const asksAboutGood = which === 'local-then-introspect'
  const rules = {
    issuer: inTokens,
    algorithms: resolveAlgorithms(group, jwtDefaults.profile),
    types: resolveTypes(group),
    acceptUntyped: group.boolean('acceptUntyped', jwtDefaults.acceptUntyped),
    requiredClaims: group.strings('requiredClaims') ?? REQUIRED_CLAIMS,
    kindClaims: group.strings('kindClaims') ?? [],
    aliases: resolveNames(group, 'aliases', ['client_id', 'jti', 'scope', 'sub', 'username']),
    renames: resolveNames(group, 'renames', ['permissions', 'username']),
    audienceFrom: group.string('audienceFrom'),
    leewaySeconds,
    // Where the server is asked as well, its answer says the kind.
    presumedKind: asksAboutGood ? undefined : answerKind,
  }
  return Object.freeze({
    rules: { ...rules, right, keys: resolveKeys(group, { ...context, Unavailable: JwtKeysUnavailableError }) },
    asksAboutOpaque: which !== 'local',
    asksAboutGood,
    onFault: createFaultReporter(report, nowMs),
    manner: [which, rules, group.string('jwksUri') ?? group.raw('jwks') ?? null],
  })
}

function resolveTypes(group: OptionGroup): readonly string[] {
  const types = (group.strings('types') ?? ['at+jwt']).map(typeName)
  const wrong = types.find((type) => OTHER_TYPES.has(type))
  if (wrong !== undefined) throw group.error('types', `must not have ${wrong}, which is no type of access tokens`)
  return Object.freeze(types)
}

function resolveNames(
  group: OptionGroup,
  name: string,
  known: readonly string[],
): readonly (readonly [string, string])[] {
  const names = new OptionGroup(group.path(name), group.raw(name), known)
  return known.flatMap((from) => {
    const to = names.string(from)
    if (to === undefined) return []
    if (REGISTERED_MEMBERS.has(to)) throw names.error(from, 'must not be a member that is registered itself')
    return [[from, to] as const]
  })
}
