/** The requirements of a guard. */
import type {
  AuthorizationDetails,
  GrantsPermission,
  RegisteredMembers,
  TokenKindRule,
} from '@token-introspection/core'
import type { ConfirmationStep, SenderConstraint } from './confirmation/confirmation.ts'
import type { PassedValues } from './passed-values.ts'

/** The active answer that is judged. */
export type JudgedToken = Readonly<RegisteredMembers> & {
  /** Names of members that the answer had in an unreadable form. */
  readonly unreadableMembers?: readonly string[] | undefined
  readonly [member: string]: unknown
}

/** How an authorization server marks its access tokens. */
export type TokenKind = TokenKindRule

/** A required scope: the scope tokens of which the token must have one. They are the scope itself and those that imply it. */
export type EnoughScopes = readonly string[]

/** The scope that a token must have. */
export interface ScopeRule {
  /** Lists of required scopes. The token must have all of at least one list. */
  readonly alternatives: readonly (readonly EnoughScopes[])[]
  /** Decides in place of the lists. */
  readonly accepts?: ((scope: readonly string[]) => boolean) | undefined
  /** The scope that a challenge names. */
  readonly wanted: string | undefined
  /** The scopes that are enough for a further one, which a single request needs. Default that scope alone. */
  readonly enoughFor?: ((wanted: string) => EnoughScopes) | undefined
}

/** What a guard requires, read from its options. */
export interface Policy {
  /** The mark of access tokens. With `undefined`, only tokens that name another kind are refused. */
  readonly tokenKind: TokenKind | undefined
  /** Further accepted values of `token_type`, in lower case. */
  readonly acceptedTokenTypes: ReadonlySet<string> | undefined
  /** Issuers, one of which the token must name. With `undefined`, those that the client accepts. */
  readonly issuers: ReadonlySet<string> | undefined
  /**
   * Audiences of this resource server, one of which the token must have; `false` when your code checks the audience
   * elsewhere.
   */
  readonly audience: readonly string[] | false
  /** The binding that a token must have. A bound token always needs its proof. */
  readonly senderConstraint: SenderConstraint | undefined
  readonly confirmation: ConfirmationStep
  readonly scope: ScopeRule
  /** Values of `aud` and `scope` that have passed before. Guards have them, watched connections do not. */
  readonly passed?: { readonly audience: PassedValues; readonly scope: PassedValues } | undefined
  readonly authorizationDetails: ((details: AuthorizationDetails) => boolean) | undefined
  readonly permission: GrantsPermission | undefined
  /** In order of preference. The login must have one of them. */
  readonly acrValues: readonly string[] | undefined
  readonly maxAuthenticationAgeSeconds: number | undefined
}
