/** Seam: one way to find a token. Several are asked in order until one knows it. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { TokenLookup } from '../stores/token-lookup.ts'
import type { TokenRecord } from '../stores/token-record.ts'

/** Which kind of token a record is about. */
export type TokenKind = TokenRecord['kind']

/** One way to find a token. */
export interface TokenResolver<Claims extends object = object> {
  /** What events and explanations call it. */
  readonly name: string
  /** The kinds it can find, when it cannot find both: a hint puts those that can find what is hinted first. */
  readonly kinds?: readonly TokenKind[] | undefined
  /**
   * The record of the token, or `null` when this resolver does not know it, cannot read it, or lacks a parameter it would
   * need; the next one is asked then. Throw when it cannot tell: the caller is then answered 503. What is expired or
   * revoked may be given or not; it is checked afterwards.
   */
  resolve(lookup: TokenLookup): MaybePromise<TokenRecord<Claims> | null>
}
