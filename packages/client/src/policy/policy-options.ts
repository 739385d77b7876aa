/** Options of step `policy`: the requirements of a guard, and their defaults. */
import {
  type AuthorizationDetails,
  isIssuer,
  isScopeToken,
  parseScope,
  readTokenKind,
  readTokenTypes,
  readWantedDetail,
  readWantedPermission,
  type WantedAuthorizationDetail,
  type WantedPermission,
  type UrlRules,
} from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import { positionFault } from '../revocations/position-fault.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import { type ConfirmationOptions, resolveConfirmation } from './confirmation/confirmation-options.ts'
import type { ConfirmationStep, SenderConstraint } from './confirmation/confirmation.ts'
import { NO_OFFLINE_ACCESS, OFFLINE_ACCESS } from './offline-access.ts'
import type { Policy, ScopeRule, TokenKind } from './policy.ts'
import {
  FLAT_HIERARCHY,
  readScopeImplications,
  type ScopeHierarchy,
  type ScopeImplications,
} from './scope-implications.ts'
import type { ActiveIntrospectionResult } from '../result/introspection-result.ts'

/** Step `policy`: the requirements of all guards, unless a guard has its own. */
export interface PolicyOptions {
  /**
   * The audience of this resource server, or several; the token must have one of them. `false` means that your code
   * checks the audience elsewhere. There is no default: a guard without an audience throws a TypeError (RFC 9700 §2.3).
   */
  readonly audience?: string | readonly string[] | false | undefined
  /** The `realm` of challenges. Default `protected resource`. */
  readonly realm?: string | undefined
  /**
   * How this server marks access tokens, such as `{ member: 'token_use', oneOf: ['access_token'] }`. A token with
   * another value, or without the member, is refused with the reason `token_kind`. Default none: then a token is
   * refused when `token_type`, `token_use`, `token_usage` or `typ` names another kind, or when one of the first three
   * has a value that is not known for access tokens. `false` switches the client's rule off for a guard.
   */
  readonly tokenKind?: TokenKind | false | undefined
  /**
   * Further values of `token_type` for access tokens of this server, compared without case, such as `JWT`. `Bearer`,
   * `DPoP`, `access_token`, its URI of RFC 8693 and a missing `token_type` are always accepted. Any other value is
   * refused with the reason `token_kind`. Default none. The values of a guard replace those of the client.
   */
  readonly acceptedTokenTypes?: readonly string[] | undefined
  /**
   * Scopes that imply others: with `{ 'files:write': ['files:read'] }`, a token with `files:write` passes a guard for
   * `files:read`. What an implied scope implies counts too. A predicate in `scope` gets the implied scopes with those of
   * the token. Challenges still name the scopes that the guard requires, which are the least that is enough. A scope that
   * implies itself, through others or not, is a TypeError. Default none. The value of a guard replaces that of the client.
   */
  readonly scopeImplications?: ScopeImplications | undefined
  /**
   * The token must be bound to its sender: by `dpop`, by `certificate`, or by `any` of them. Default none: then a bound
   * token still needs its proof, and an unbound token is accepted as a bearer token.
   */
  readonly senderConstraint?: SenderConstraint | undefined
  /**
   * The URL of the metadata of this protected resource, for challenges (RFC 9728 §5.1). Its clients find out by challenges
   * what to ask for, so a 401 names the scope of the guard too, if another token would help. Default none.
   */
  readonly resourceMetadata?: string | undefined
}

/** Step `policy` of a client: the requirements of its guards, and the bindings that they can verify. */
export interface ClientPolicyOptions extends PolicyOptions, ConfirmationOptions {}

/**
 * Scope that a guard requires: all of `'a b'` or of `['a', 'b']`, all of one of several lists such as `{ anyOf: ['a b', 'c'] }`, or
 * a predicate on the token's scope.
 */
export type RequiredScope =
  | string
  | readonly string[]
  | { readonly anyOf: readonly string[] }
  | ((scope: readonly string[]) => boolean)

/** Authorization details that a guard requires: one object that grants everything, or a predicate on all of them. */
export type RequiredAuthorizationDetails = WantedAuthorizationDetail | ((details: AuthorizationDetails) => boolean)

/**
 * A check of your own, which runs after all others. Only `true` lets the request pass; otherwise the guard answers 403.
 */
export type CustomCheck<Claims extends object = object> = (
  token: ActiveIntrospectionResult<Claims>,
  request: GuardRequest,
) => boolean | Promise<boolean>

/** Options of one guard. `Claims` is the type of the client's extension claims, for `check`. */
export interface GuardOptions<Claims extends object = object> extends PolicyOptions {
  /**
   * Scope that the token must have. A challenge names all of it at once; of several lists, the first. `offline_access` is
   * a TypeError in a list, because it asks for a refresh token and no resource needs it. Default none.
   */
  readonly scope?: RequiredScope | undefined
  /**
   * Issuers, one of which the token must name. Default the issuers that the client accepts, and tokens without `iss`.
   */
  readonly issuer?: string | readonly string[] | undefined
  /**
   * Authentication context classes in order of preference. The user must have logged in with one of them (RFC 9470).
   * Default none.
   */
  readonly acrValues?: string | readonly string[] | undefined
  /** The highest number of seconds since the user logged in (RFC 9470). Default any. */
  readonly maxAuthenticationAgeSeconds?: number | undefined
  /**
   * The rights that `authorization_details` must grant (RFC 9396): one object must have every value given here. Rights
   * of several objects are never added up. A member that RFC 9396 §2.2 does not name is a TypeError; compare members of
   * your API in a function. Default none.
   */
  readonly authorizationDetails?: RequiredAuthorizationDetails | undefined
  /** The rights that one entry of `permissions` of a requesting party token must grant now (UMA 2.0). Default none. */
  readonly permission?: WantedPermission | undefined
  /** A check of your own. Default none. */
  readonly check?: CustomCheck<Claims> | undefined
  /** Whether requests without a token pass: see {@link OptionalGuardOptions}. Default `false`. */
  readonly optional?: false | undefined
  /**
   * How many seconds old an answer may be on this route, at most what the `cache` option allows; 0 asks now. Default
   * the limit of the `cache` option.
   */
  readonly maxAgeSeconds?: number | undefined
  /**
   * The position of a revocation that every answer must know of, or a function that gives the latest one: see
   * {@link IntrospectOptions.notOlderThan}. It needs the client's option `revocations`. Default none.
   */
  readonly notOlderThan?: string | (() => string | undefined) | undefined
}

/**
 * Options of a guard that lets requests without a token pass. A token that a request presents must still be good:
 * `decision.token` is `undefined` only when there was no token.
 */
export interface OptionalGuardOptions<Claims extends object = object> extends Omit<GuardOptions<Claims>, 'optional'> {
  readonly optional: true
}

/** The defaults of the step. */
export const policyDefaults = Object.freeze({ realm: 'protected resource' })

/** The settings that every guard of a client inherits. */
export interface InheritedPolicy {
  readonly audience: readonly string[] | false | undefined
  readonly realm: string
  readonly tokenKind: TokenKind | undefined
  readonly acceptedTokenTypes: ReadonlySet<string> | undefined
  readonly scopeHierarchy: ScopeHierarchy
  readonly senderConstraint: SenderConstraint | undefined
  readonly resourceMetadata: string | undefined
  readonly confirmation: ConfirmationStep
}

const INHERITED_OPTIONS = [
  'audience',
  'realm',
  'tokenKind',
  'acceptedTokenTypes',
  'scopeImplications',
  'senderConstraint',
  'resourceMetadata',
] as const

/**
 * The options of the client.
 *
 * @param urlRules - which origins of this API may use plain http.
 * @param nowMs - milliseconds since the epoch.
 */
export function resolvePolicyDefaults(options: OptionGroup, urlRules: UrlRules, nowMs: () => number): InheritedPolicy {
  const group = new OptionGroup('policy', options.raw('policy'), [...INHERITED_OPTIONS, 'dpop', 'certificate'])
  const none: InheritedPolicy = {
    audience: undefined,
    realm: policyDefaults.realm,
    tokenKind: undefined,
    acceptedTokenTypes: undefined,
    scopeHierarchy: FLAT_HIERARCHY,
    senderConstraint: undefined,
    resourceMetadata: undefined,
    confirmation: resolveConfirmation(group, urlRules, nowMs),
  }
  const inherited = readInherited(group, none)
  return Object.freeze({ ...inherited, audience: resolveAudience(options) ?? inherited.audience })
}

function readInherited(group: OptionGroup, above: InheritedPolicy): InheritedPolicy {
  const tokenKind = readTokenKind(group, 'tokenKind')
  return {
    audience: resolveAudience(group) ?? above.audience,
    realm: resolveRealm(group) ?? above.realm,
    tokenKind: tokenKind === false ? undefined : (tokenKind ?? above.tokenKind),
    acceptedTokenTypes: readTokenTypes(group, 'acceptedTokenTypes') ?? above.acceptedTokenTypes,
    scopeHierarchy: readScopeImplications(group, 'scopeImplications') ?? above.scopeHierarchy,
    senderConstraint: resolveSenderConstraint(group, above.confirmation) ?? above.senderConstraint,
    resourceMetadata: resolveResourceMetadata(group) ?? above.resourceMetadata,
    confirmation: above.confirmation,
  }
}

/** The resolved options of a guard. */
export interface ResolvedGuard {
  readonly policy: Policy
  readonly realm: string
  readonly resourceMetadata: string | undefined
  readonly check: CustomCheck | undefined
  readonly optional: boolean
  readonly maxAgeSeconds: number | undefined
  readonly notOlderThan: (() => string | undefined) | undefined
}

/** The names of these options. */
export const GUARD_OPTIONS = [
  ...INHERITED_OPTIONS,
  'scope',
  'issuer',
  'acrValues',
  'maxAuthenticationAgeSeconds',
  'authorizationDetails',
  'permission',
  'check',
  'optional',
  'maxAgeSeconds',
  'notOlderThan',
] as const

/** Reads the options of one guard. They override those of the client. */
export function resolveGuardOptions<Claims extends object>(
  options: GuardOptions<Claims> | OptionalGuardOptions<Claims>,
  inherited: InheritedPolicy,
): ResolvedGuard {
  const group = new OptionGroup('guard', options, GUARD_OPTIONS)
  const {
    audience,
    realm,
    tokenKind,
    acceptedTokenTypes,
    scopeHierarchy,
    senderConstraint,
    resourceMetadata,
    confirmation,
  } = readInherited(group, inherited)
  if (audience === undefined) {
    throw group.error(
      'audience',
      'is required: the identifier of this resource server, or false if you check the audience elsewhere',
    )
  }
  const seconds = { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER }
  return Object.freeze({
    policy: Object.freeze({
      tokenKind,
      acceptedTokenTypes,
      issuers: resolveIssuers(group),
      audience,
      senderConstraint,
      confirmation,
      scope: resolveScope(group, scopeHierarchy),
      authorizationDetails: resolveAuthorizationDetails(group),
      permission: resolvePermission(group),
      acrValues: resolveAcrValues(group),
      maxAuthenticationAgeSeconds: group.has('maxAuthenticationAgeSeconds')
        ? group.integer('maxAuthenticationAgeSeconds', seconds)
        : undefined,
    }),
    realm,
    resourceMetadata,
    check: group.function<CustomCheck>('check'),
    optional: group.boolean('optional', false),
    maxAgeSeconds: group.has('maxAgeSeconds')
      ? group.number('maxAgeSeconds', { default: 0, min: 0, max: 86_400 })
      : undefined,
    notOlderThan: resolveNotOlderThan(group),
  })
}

function resolveNotOlderThan(group: OptionGroup): ResolvedGuard['notOlderThan'] {
  const given = group.raw('notOlderThan')
  if (given === undefined) return undefined
  const check = (value: unknown): string | undefined => {
    const fault = value === undefined ? undefined : positionFault(value)
    if (fault !== undefined) throw group.error('notOlderThan', fault)
    return value as string | undefined
  }
  if (typeof given === 'function') return () => check((given as () => unknown)())
  const position = check(given)
  return () => position
}

function resolveScope(group: OptionGroup, hierarchy: ScopeHierarchy): ScopeRule {
  const given = group.raw('scope')
  if (given === undefined) return Object.freeze({ alternatives: [[]], wanted: undefined })
  if (typeof given === 'function') {
    const accepts = given as NonNullable<ScopeRule['accepts']>
    return Object.freeze({
      alternatives: [],
      accepts: (scope: readonly string[]) => accepts(hierarchy.withImplied(scope)),
      wanted: undefined,
    })
  }
  const tokensOf = (list: string): readonly string[] => {
    const tokens = parseScope(list)
    // A scope of spaces alone would require nothing.
    if (tokens.length === 0 || !tokens.every(isScopeToken)) {
      throw group.error('scope', 'must be scope tokens with a space between them')
    }
    if (tokens.includes(OFFLINE_ACCESS)) throw group.error('scope', NO_OFFLINE_ACCESS)
    return tokens
  }
  const lists =
    typeof given === 'object' && given !== null && !Array.isArray(given)
      ? new OptionGroup(group.path('scope'), given, ['anyOf']).strings('anyOf')
      : oneOrMore(group, 'scope')
  if (lists === undefined || lists.length === 0) throw group.error('scope', 'must name at least one scope')
  const read = lists.map(tokensOf)
  // The elements of an array are one list together.
  const required = Array.isArray(given) ? [read.flat()] : read
  const alternatives = required.map((tokens) => Object.freeze(tokens.map((token) => hierarchy.enoughFor(token))))
  return Object.freeze({ alternatives: Object.freeze(alternatives), wanted: required[0]?.join(' ') })
}

function resolveAuthorizationDetails(group: OptionGroup): Policy['authorizationDetails'] {
  const given = group.raw('authorizationDetails')
  if (given === undefined) return undefined
  if (typeof given === 'function') return given as Policy['authorizationDetails']
  return readWantedDetail(group.path('authorizationDetails'), given)
}

function resolvePermission(group: OptionGroup): Policy['permission'] {
  return group.has('permission') ? readWantedPermission(group.path('permission'), group.raw('permission')) : undefined
}

function resolveIssuers(group: OptionGroup): ReadonlySet<string> | undefined {
  const issuers = oneOrMore(group, 'issuer')
  // The issuer is only compared and not called, so http is allowed here.
  if (issuers?.every((issuer) => isIssuer(issuer, anyHttp(issuers))) === false) {
    throw group.error('issuer', 'must be an https or http URL without query and fragment (RFC 8414 §2)')
  }
  return issuers && new Set(issuers)
}

function anyHttp(urls: readonly string[]): UrlRules {
  return { allowHttpOrigins: new Set(urls.filter((url) => URL.canParse(url)).map((url) => new URL(url).origin)) }
}

/** A challenge lists the classes with a space between them (RFC 9470 §3). */
function resolveAcrValues(group: OptionGroup): readonly string[] | undefined {
  const values = oneOrMore(group, 'acrValues')
  if (values?.every((value) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value)) === false) {
    throw group.error('acrValues', 'must be printable ASCII without spaces and quotes')
  }
  return values
}

function resolveSenderConstraint(group: OptionGroup, { dpop, certificate }: ConfirmationStep) {
  const words = ['dpop', 'certificate', 'any'] as const
  const word = group.has('senderConstraint') ? group.oneOf('senderConstraint', words, 'any') : undefined
  const [needsDpop, needsCertificate] = [word === 'dpop', word === 'certificate']
  if ((needsDpop && !dpop) || (needsCertificate && !certificate) || (word === 'any' && !dpop && !certificate)) {
    throw group.error(
      'senderConstraint',
      'needs policy.dpop or policy.certificate, because the guard must verify the binding',
    )
  }
  return word
}

function resolveResourceMetadata(group: OptionGroup): string | undefined {
  const url = group.string('resourceMetadata')
  if (url !== undefined && !(URL.canParse(url) && /^https?:\/\/[\x21\x23-\x5b\x5d-\x7e]+$/.test(url))) {
    throw group.error('resourceMetadata', 'must be an http or https URL')
  }
  return url
}

/** A realm that a challenge cannot carry is refused in the options, not at the first refused request. */
function resolveRealm(group: OptionGroup): string | undefined {
  const realm = group.string('realm')
  if (realm !== undefined && !/^[\x20-\x7e]*$/.test(realm)) throw group.error('realm', 'must be printable ASCII')
  return realm
}

function resolveAudience(group: OptionGroup): readonly string[] | false | undefined {
  return group.raw('audience') === false ? false : oneOrMore(group, 'audience')
}

/** One string, or a list of at least one. */
function oneOrMore(group: OptionGroup, name: string): readonly string[] | undefined {
  const given = group.raw(name)
  if (typeof given === 'string' && given !== '') return Object.freeze([given])
  const list = group.strings(name)
  if (list?.length === 0) throw group.error(name, 'must name at least one')
  return list
}
