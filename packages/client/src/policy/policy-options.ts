/** Options of step `policy`: the requirements of a guard, and their defaults. */
import type { AuthorizationDetails, WantedAuthorizationDetail, WantedPermission } from '@token-introspection/core'
import type { GuardRequest } from '../token/guard-request.ts'
import type { ConfirmationOptions } from './confirmation/confirmation-options.ts'
import type { SenderConstraint } from './confirmation/confirmation.ts'
import type { TokenKind } from './policy.ts'
import type { ScopeImplications } from './scope-implications.ts'
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

/** The names of the options that a guard inherits from its client. */
export const INHERITED_OPTIONS = [
  'audience',
  'realm',
  'tokenKind',
  'acceptedTokenTypes',
  'scopeImplications',
  'senderConstraint',
  'resourceMetadata',
] as const

/** The names of the options of a guard. */
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
