/** Finds tokens in a token store, by digest. */
import { OptionGroup } from '@token-introspection/core/options'
import type { TokenKind, TokenResolver } from './token-resolver.ts'
import type { TokenStore } from './token-store.ts'

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
    resolve: (lookup) => store.find(lookup.digest, lookup),
  }
}

/** The option `kinds` of a resolver. */
export function resolveKinds(group: OptionGroup): readonly TokenKind[] | undefined {
  const kinds = group.strings('kinds')
  if (kinds?.length === 0 || kinds?.some((kind) => kind !== 'access_token' && kind !== 'refresh_token')) {
    throw group.error('kinds', 'must hold access_token, refresh_token or both')
  }
  return kinds as readonly TokenKind[] | undefined
}
