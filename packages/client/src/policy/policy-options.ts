/** Options of step `policy`: what a guard requires, and what it requires unless told otherwise. */
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
import type { GuardRequest } from '../token/guard-request.ts'
import { type ConfirmationOptions, resolveConfirmation } from './confirmation/confirmation-options.ts'
import type { ConfirmationStep, SenderConstraint } from './confirmation/confirmation.ts'
import { PassedValues } from './passed-values.ts'
import type { JudgedToken, Policy, ScopeRule, TokenKind } from './policy.ts'

/** Step `policy`: what a guard requires, unless the guard says otherwise. */
export interface PolicyOptions {
  /**
   * The audience of this resource server, or several; the token must have one of them. `false` means that it is
   * checked elsewhere. There is no default: a guard without an audience is a mistake (RFC 9700 §2.3).
   */
  readonly audience?: string | readonly string[] | false | undefined
  /** The `realm` of challenges. Default `protected resource`. */
  readonly realm?: string | undefined
  /**
   * What this server says of access tokens, such as `{ member: 'token_use', oneOf: ['access_token'] }`: a token of
   * which it says something else, or nothing, is refused with the reason `token_kind`. Default none, and then a token is
   * refused when `token_type`, `token_use`, `token_usage` or `typ` says that it is another kind, or when one of the first
   * three says something that is not known to be an access token. `false` is for a guard that does without what the client
   * has.
   */
  readonly tokenKind?: TokenKind | false | undefined
  /**
   * Further values of `token_type` that access tokens of this server have, compared without case, such as `JWT`. `Bearer`,
   * `DPoP`, `access_token`, its URI of RFC 8693 and a missing `token_type` are always taken; any other value is refused with
   * the reason `token_kind`. Default none. What a guard names replaces what the client names.
   */
  readonly acceptedTokenTypes?: readonly string[] | undefined
  /**
   * The token must be bound to its sender: by `dpop`, by `certificate`, or by `any` of them. Default none, and then a bound
   * token must still be proved, and one that nothing binds is taken as a bearer token.
   */
  readonly senderConstraint?: SenderConstraint | undefined
  /** The URL of the metadata of this protected resource, for challenges (RFC 9728 §5.1). Default none. */
  readonly resourceMetadata?: string | undefined
}

/** Step `policy` of a client: what its guards require, and what they can verify. */
export interface ClientPolicyOptions extends PolicyOptions, ConfirmationOptions {}

/** Scope that a guard requires: all of `'a b'`, all of one of several such lists, or what a function says of the token's. */
export type RequiredScope = string | { readonly anyOf: readonly string[] } | ((scope: readonly string[]) => boolean)

/** Authorization details that a guard requires: one object that has all of it, or what a function says of them all. */
export type RequiredAuthorizationDetails = WantedAuthorizationDetail | ((details: AuthorizationDetails) => boolean)

/** A check of your own, after all others. Only `true` lets the request pass; otherwise it is refused with 403. */
export type CustomCheck = (token: JudgedToken, request: GuardRequest) => boolean | Promise<boolean>

/** Options of one guard. */
export interface GuardOptions extends PolicyOptions {
  /** Scope the token must have. Default none. */
  readonly scope?: RequiredScope | undefined
  /** Issuers, one of which the token must name. Default what the client accepts, a token without `iss` included. */
  readonly issuer?: string | readonly string[] | undefined
  /**
   * Authentication context classes in order of preference, one of which the user must have logged in with (RFC 9470).
   * Default none.
   */
  readonly acrValues?: string | readonly string[] | undefined
  /** Seconds since the user logged in, at most (RFC 9470). Default any. */
  readonly maxAuthenticationAgeSeconds?: number | undefined
  /**
   * What `authorization_details` must grant (RFC 9396): every value given here, by one object. Rights of several objects are
   * never added up. A member that RFC 9396 §2.2 does not name is a TypeError; compare those of your API in a function.
   * Default nothing.
   */
  readonly authorizationDetails?: RequiredAuthorizationDetails | undefined
  /** What `permissions` of a requesting party token must grant (UMA 2.0), by one of them and now. Default nothing. */
  readonly permission?: WantedPermission | undefined
  /** A check of your own. Default none. */
  readonly check?: CustomCheck | undefined
  /** Whether requests without a token pass: see {@link OptionalGuardOptions}. Default `false`. */
  readonly optional?: false | undefined
  /**
   * Seconds an answer may be old on this route, within what the `cache` option allows; 0 asks now. Default what the
   * `cache` option says.
   */
  readonly maxAgeSeconds?: number | undefined
}

/**
 * Options of a guard that lets requests without a token pass. A token that is presented must still be good:
 * `decision.token` is `undefined` only when there was none.
 */
export interface OptionalGuardOptions extends Omit<GuardOptions, 'optional'> {
  readonly optional: true
}

/** The defaults of the step. */
export const policyDefaults = Object.freeze({ realm: 'protected resource' })

/** What every guard of a client inherits. */
export interface InheritedPolicy {
  readonly audience: readonly string[] | false | undefined
  readonly realm: string
  readonly tokenKind: TokenKind | undefined
  readonly acceptedTokenTypes: ReadonlySet<string> | undefined
  readonly senderConstraint: SenderConstraint | undefined
  readonly resourceMetadata: string | undefined
  readonly confirmation: ConfirmationStep
}

const INHERITED_OPTIONS = [
  'audience',
  'realm',
  'tokenKind',
  'acceptedTokenTypes',
  'senderConstraint',
  'resourceMetadata',
] as const

/**
 * The options of the client.
 *
 * @param nowMs - milliseconds since the epoch.
 */
export function resolvePolicyDefaults(options: OptionGroup, nowMs: () => number): InheritedPolicy {
  const group = new OptionGroup('policy', options.raw('policy'), [...INHERITED_OPTIONS, 'dpop', 'certificate'])
  const none: InheritedPolicy = {
    audience: undefined,
    realm: policyDefaults.realm,
    tokenKind: undefined,
    acceptedTokenTypes: undefined,
    senderConstraint: undefined,
    resourceMetadata: undefined,
    confirmation: resolveConfirmation(group, nowMs),
  }
  return Object.freeze(readInherited(group, none))
}

function readInherited(group: OptionGroup, above: InheritedPolicy): InheritedPolicy {
  const tokenKind = readTokenKind(group, 'tokenKind')
  return {
    audience: resolveAudience(group) ?? above.audience,
    realm: resolveRealm(group) ?? above.realm,
    tokenKind: tokenKind === false ? undefined : (tokenKind ?? above.tokenKind),
    acceptedTokenTypes: readTokenTypes(group, 'acceptedTokenTypes') ?? above.acceptedTokenTypes,
    senderConstraint: resolveSenderConstraint(group, above.confirmation) ?? above.senderConstraint,
    resourceMetadata: resolveResourceMetadata(group) ?? above.resourceMetadata,
    confirmation: above.confirmation,
  }
}

/** What the options of a guard come to. */
export interface ResolvedGuard {
  readonly policy: Policy
  readonly realm: string
  readonly resourceMetadata: string | undefined
  readonly check: CustomCheck | undefined
  readonly optional: boolean
  readonly maxAgeSeconds: number | undefined
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
] as const

/** Reads the options of one guard on top of the client's. */
export function resolveGuardOptions(
  options: GuardOptions | OptionalGuardOptions,
  inherited: InheritedPolicy,
): ResolvedGuard {
  const group = new OptionGroup('guard', options, GUARD_OPTIONS)
  const { audience, realm, tokenKind, acceptedTokenTypes, senderConstraint, resourceMetadata, confirmation } =
    readInherited(group, inherited)
  if (audience === undefined) {
    throw group.error('audience', "is required: this resource server's own identifier, or false to check it elsewhere")
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
      scope: resolveScope(group),
      passed: { audience: new PassedValues(), scope: new PassedValues() },
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
  })
}

function resolveScope(group: OptionGroup): ScopeRule {
  const given = group.raw('scope')
  if (given === undefined) return Object.freeze({ alternatives: [[]], wanted: undefined })
  if (typeof given === 'function') {
    return Object.freeze({ alternatives: [], accepts: given as ScopeRule['accepts'], wanted: undefined })
  }
  const lists =
    typeof given === 'object' && given !== null && !Array.isArray(given)
      ? new OptionGroup(group.path('scope'), given, ['anyOf']).strings('anyOf')
      : [group.string('scope') as string]
  if (lists === undefined || lists.length === 0) throw group.error('scope', 'must name at least one scope')
  const alternatives = lists.map((list) => {
    const tokens = parseScope(list)
    // Spaces alone are no way to ask for nothing.
    if (tokens.length === 0 || !tokens.every(isScopeToken)) {
      throw group.error('scope', 'must be scope tokens with a space between them')
    }
    return Object.freeze(tokens)
  })
  return Object.freeze({ alternatives: Object.freeze(alternatives), wanted: alternatives[0]?.join(' ') })
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
  // It is compared and asked nothing, so it may be one that the transport is allowed to reach by http.
  if (issuers?.every((issuer) => isIssuer(issuer, anyHttp(issuers))) === false) {
    throw group.error('issuer', 'must be an https or http URL without query and fragment (RFC 8414 §2)')
  }
  return issuers && new Set(issuers)
}

function anyHttp(urls: readonly string[]): UrlRules {
  return { allowHttpOrigins: new Set(urls.filter((url) => URL.canParse(url)).map((url) => new URL(url).origin)) }
}

/** A challenge names them with a space between (RFC 9470 §3). */
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
    throw group.error('senderConstraint', 'needs policy.dpop or policy.certificate, to verify what it demands')
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

/** A realm that no challenge could carry is refused where it is given, not at the first refused request. */
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
