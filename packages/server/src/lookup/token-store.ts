/** Seam: where tokens are kept. Stores know tokens by digest and never see the tokens themselves (RFC 9700 §4.9.3). */
import { sha256Base64Url } from '#crypto'
import type { TokenRecord } from './token-record.ts'

/**
 * A token store. A contract suite for it is published in `@token-introspection/testing`.
 */
export interface TokenStore<Claims extends object = object> {
  /**
   * The record of a token by its digest, `null` when there is none. Throw when the store cannot tell: the caller is
   * then answered 503. Returning `null` for a failure would log every user out.
   */
  find(digest: string): TokenRecord<Claims> | null | Promise<TokenRecord<Claims> | null>
}

/** A token store that can be written, as every built-in store can. */
export interface WritableTokenStore<Claims extends object = object> extends TokenStore<Claims> {
  /** Keeps a token under its digest. */
  save(token: string, record: TokenRecord<Claims>): Promise<void>
  /** Revokes one token; an unknown one is not an error (RFC 7009 §2.2). */
  revoke(token: string): Promise<void>
}

/** The digest a token is stored and found under: SHA-256, base64url. */
export function digestToken(token: string): string | Promise<string> {
  return sha256Base64Url(token)
}
