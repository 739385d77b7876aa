/** Options of step `lookup`. */
import { OptionGroup } from '@token-introspection/core/options'
import type { IsActive, IsMinted, LookupStep } from './find-token.ts'
import { createStoreResolver } from './store-resolver.ts'
import type { TokenResolver } from './token-resolver.ts'
import type { TokenStore } from '../stores/token-store.ts'

/** Step `lookup`: where the handler finds tokens. Give exactly one of `store` and `resolvers`. */
export interface LookupOptions<Claims extends object = object> {
  /** The token store, if every token is in it. */
  readonly store?: TokenStore<Claims> | undefined
  /**
   * Several ways to find a token. The handler tries them in this order until one finds the token. Resolvers for the hinted kind
   * come first, but the hint excludes none (RFC 7662 §2.1).
   */
  readonly resolvers?: readonly TokenResolver<Claims>[] | undefined
  /**
   * Says whether a token was minted here. Other tokens are inactive without a search. `isMinted` of a token mint is such a
   * function. A throw is answered 503. Security: it must recognise every existing token, including those in earlier formats.
   */
  readonly isMinted?: IsMinted | undefined
  /**
   * The final decision about a token that is neither expired nor revoked: whether its user is enabled, its client registered and
   * its session alive, if another system knows that (RFC 7662 §4). Every result except `true` means inactive. A throw is answered
   * 503. The handler calls it after `authorization.allow`, and only for tokens that the caller may see. Other callers must not
   * notice how long it takes, or that it fails.
   */
  readonly isActive?: IsActive | undefined
}

/** Resolves the step, and the store if it was given. */
export function resolveLookup(
  options: unknown,
  surroundings: Pick<LookupStep, 'now' | 'timeoutMs' | 'warn' | 'maxTokenLength'>,
): LookupStep & { readonly store: TokenStore | undefined } {
  const group = new OptionGroup('lookup', options, ['store', 'resolvers', 'isMinted', 'isActive'])
  group.requireOneOf('store', 'resolvers')
  const store = group.seam<TokenStore>('store', 'find')
  return {
    store,
    resolvers: store === undefined ? resolveResolvers(group) : [createStoreResolver({ store })],
    isMinted: group.function<IsMinted>('isMinted'),
    isActive: group.function<IsActive>('isActive'),
    ...surroundings,
  }
}

/** Reads the option `resolvers`, which is required here. */
export function resolveResolvers(group: OptionGroup): readonly TokenResolver[] {
  const resolvers = group.raw('resolvers')
  if (!Array.isArray(resolvers) || resolvers.length === 0) throw group.error('resolvers', 'must be a list of resolvers')
  for (const resolver of resolvers as Partial<TokenResolver>[]) {
    if (typeof resolver?.resolve !== 'function' || typeof resolver.name !== 'string') {
      throw group.error('resolvers', 'each must have a name and resolve()')
    }
  }
  return Object.freeze([...(resolvers as TokenResolver[])])
}
