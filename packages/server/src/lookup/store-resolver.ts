/** Finds tokens in a token store, by digest. */
import { signedContent } from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { OptionGroup } from '@token-introspection/core/options'
import type { TokenLookup } from '../stores/token-lookup.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import type { TokenKind, TokenResolver } from './token-resolver.ts'
import { digestToken, type TokenStore, type WritableTokenStore } from '../stores/token-store.ts'

/** Options of {@link createStoreResolver}. */
export interface StoreResolverOptions<Claims extends object = object> {
  readonly store: TokenStore<Claims>
  /** What events and explanations call it. Default `store`. */
  readonly name?: string | undefined
  /** The kinds of token it holds, when it does not hold both. */
  readonly kinds?: readonly TokenKind[] | undefined
}

/**
 * Creates a resolver over a token store, for when there are several, or other resolvers beside it. With one store alone,
 * give `lookup.store`.
 *
 * @throws TypeError naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { createMemoryTokenStore, createStoreResolver } from '@token-introspection/server'
 *
 * const accessTokens = createMemoryTokenStore()
 * const refreshTokens = createMemoryTokenStore()
 * export const lookup = {
 *   resolvers: [
 *     createStoreResolver({ store: accessTokens, name: 'access', kinds: ['access_token'] }),
 *     createStoreResolver({ store: refreshTokens, name: 'refresh', kinds: ['refresh_token'] }),
 *   ],
 * }
 * ```
 */
export function createStoreResolver<Claims extends object = object>(
  options: StoreResolverOptions<Claims>,
): TokenResolver<Claims> {
  const group = new OptionGroup('', options, ['store', 'name', 'kinds'])
  const store = group.seam<TokenStore<Claims>>('store', 'find')
  if (store === undefined) throw group.error('store', 'is required')
  return {
    name: group.string('name') ?? 'store',
    kinds: resolveKinds(group),
    resolve: keepsTombstones(store)
      ? (lookup) => andThen(store.find(lookup.digest, lookup), (record) => withRevocation(record, lookup, store))
      : (lookup) => store.find(lookup.digest, lookup),
  }
}

/** Only stores with `isRevoked` know a revoked JWT by more than its text. */
function keepsTombstones(store: Partial<WritableTokenStore>): boolean {
  return typeof store.isRevoked === 'function'
}

/**
 * The record of a token, revoked where it is a JWT that was revoked under another signature. Such a revocation is kept under
 * the digest of what is signed, which only the revocation of a token that was verified writes.
 */
function withRevocation<Claims extends object>(
  record: TokenRecord<Claims> | null,
  lookup: TokenLookup,
  store: TokenStore<Claims>,
): MaybePromise<TokenRecord<Claims> | null> {
  // A store in plain JavaScript may give anything, which is refused later.
  if (typeof record !== 'object' || record === null || record.revoked) return record
  const { token } = lookup
  const signed = signedContent(token)
  // An opaque token has one text.
  if (signed === token) return record
  return andThen(digestToken(signed), (digest) =>
    andThen(store.find(digest, lookup), (other) => (other?.revoked ? { ...record, revoked: true } : record)),
  )
}

/** The option `kinds` of a resolver. */
function resolveKinds(group: OptionGroup): readonly TokenKind[] | undefined {
  const kinds = group.strings('kinds')
  if (kinds?.length === 0 || kinds?.some((kind) => kind !== 'access_token' && kind !== 'refresh_token')) {
    throw group.error('kinds', 'must hold access_token, refresh_token or both')
  }
  return kinds as readonly TokenKind[] | undefined
}
