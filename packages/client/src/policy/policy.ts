/** What a guard requires of a token. */
import type {
  AuthorizationDetails,
  GrantsPermission,
  RegisteredMembers,
  TokenKindRule,
} from '@token-introspection/core'
import type { ConfirmationStep, SenderConstraint } from './confirmation/confirmation.ts'
import type { PassedValues } from './passed-values.ts'

/** What is judged: an active answer. */
export type JudgedToken = Readonly<RegisteredMembers> & {
  /** Members that the answer had, and nobody can read. */
  readonly unreadableMembers?: readonly string[] | undefined
  readonly [member: string]: unknown
}

/** How an authorization server says that a token is an access token. */
export type TokenKind = TokenKindRule

/** What scope a token must have. */
export interface ScopeRule {
  /** Lists of scope tokens: all of one list, whichever it is. */
  readonly alternatives: readonly (readonly string[])[]
  /** Decides by itself, instead of the lists. */
  readonly accepts?: ((scope: readonly string[]) => boolean) | undefined
  /** What a challenge says is wanted. */
  readonly wanted: string | undefined
}

/** What a guard requires, read from its options. */
export interface Policy {
  /** What says that the token is an access token; `undefined` leaves it at refusing what says that it is none. */
  readonly tokenKind: TokenKind | undefined
  /** Further values of `token_type` that are taken, in lower case. */
  readonly acceptedTokenTypes: ReadonlySet<string> | undefined
  /** Issuers, one of which the token must name; `undefined` leaves it at those that the client accepts. */
  readonly issuers: ReadonlySet<string> | undefined
  /** Audiences of this resource server, one of which the token must have; `false` when it is checked elsewhere. */
  readonly audience: readonly string[] | false
  /** How the token must be bound to its sender, besides that a bound one must be proved. */
  readonly senderConstraint: SenderConstraint | undefined
  readonly confirmation: ConfirmationStep
  readonly scope: ScopeRule
  /** Values of `aud` and `scope` that have passed already. */
  readonly passed?: { readonly audience: PassedValues; readonly scope: PassedValues } | undefined
  readonly authorizationDetails: ((details: AuthorizationDetails) => boolean) | undefined
  readonly permission: GrantsPermission | undefined
  /** In order of preference; one of them is enough. */
  readonly acrValues: readonly string[] | undefined
  readonly maxAuthenticationAgeSeconds: number | undefined
}
