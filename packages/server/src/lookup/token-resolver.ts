/** Seam: one way to find a token. The handler asks several in order until one finds the token. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { TokenLookup } from '../stores/token-lookup.ts'
import type { TokenRecord } from '../stores/token-record.ts'

/** The kind of token that a record is about. */
export type TokenKind = TokenRecord['kind']

/** One way to find a token. */
export interface TokenResolver<Claims extends object = object> {
  /** The name in events and explanations. */
  readonly name: string
  /** The kinds it can find. Default: both. The resolvers for a hinted kind are asked first. */
  readonly kinds?: readonly TokenKind[] | undefined
  /**
   * Returns the record of the token, or `null` when this resolver does not know it, cannot read it, or lacks a parameter that it
   * needs. The next resolver is asked then. Throw when the resolver cannot find out: the caller is then answered 503. Expired and
   * revoked tokens may be returned or not, because the handler checks both afterwards.
   */
  resolve(lookup: TokenLookup): MaybePromise<TokenRecord<Claims> | null>
}
