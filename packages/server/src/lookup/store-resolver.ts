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
  /** The name of the resolver in events and explanations. Default `store`. */
  readonly name?: string | undefined
  /** The kinds of token in the store. Default: both. */
  readonly kinds?: readonly TokenKind[] | undefined
}

/**
 * Creates a resolver with a token store, for several stores or for a store beside other resolvers. For one store alone set
 * `lookup.store`.
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

/** Whether a store recognises a revoked JWT by more than its text. Only stores with `isRevoked` do. */
function keepsTombstones(store: Partial<WritableTokenStore>): boolean {
  return typeof store.isRevoked === 'function'
}

/**
 * Marks the record of a JWT as revoked if the JWT was revoked with another signature. Such a revocation is stored under the
 * digest of the signed part, and only the revocation of a verified token writes it.
 */
function withRevocation<Claims extends object>(
  record: TokenRecord<Claims> | null,
  lookup: TokenLookup,
  store: TokenStore<Claims>,
): MaybePromise<TokenRecord<Claims> | null> {
  // A store in plain JavaScript may return any value. A later check refuses it.
  if (typeof record !== 'object' || record === null || record.revoked) return record
  const { token } = lookup
  const signed = signedContent(token)
  // An opaque token has only one text.
  if (signed === token) return record
  return andThen(digestToken(signed), (digest) =>
    andThen(store.find(digest, lookup), (other) => (other?.revoked ? { ...record, revoked: true } : record)),
  )
}

/** Reads the option `kinds` of a resolver. */
function resolveKinds(group: OptionGroup): readonly TokenKind[] | undefined {
  const kinds = group.strings('kinds')
  if (kinds?.length === 0 || kinds?.some((kind) => kind !== 'access_token' && kind !== 'refresh_token')) {
    throw group.error('kinds', 'must hold access_token, refresh_token or both')
  }
  return kinds as readonly TokenKind[] | undefined
}
