/** Options of step `lookup`. */
import { OptionGroup } from '@token-introspection/core/options'
import type { IsActive, IsMinted, LookupStep } from './find-token.ts'
import { createStoreResolver } from './store-resolver.ts'
import type { TokenResolver } from './token-resolver.ts'
import type { TokenStore } from '../stores/token-store.ts'

/** Step `lookup`: where tokens are found. Give exactly one of `store` and `resolvers`. */
export interface LookupOptions<Claims extends object = object> {
  /** The token store, when there is one and no other kind of token. */
  readonly store?: TokenStore<Claims> | undefined
  /**
   * Ways to find a token, asked in this order until one knows it; those a hint speaks for come first, and all are asked
   * whatever it says (RFC 7662 §2.1).
   */
  readonly resolvers?: readonly TokenResolver<Claims>[] | undefined
  /**
   * Tells tokens that were minted here from junk, which is then inactive without a search; `isMinted` of a token mint is
   * one. A throw is answered 503. Security: it has to know every token there is, those of earlier formats included.
   */
  readonly isMinted?: IsMinted | undefined
  /**
   * The last word on a token that is neither expired nor revoked: whether its user is enabled, its client still
   * registered, its session alive, where that is kept elsewhere (RFC 7662 §4). Anything but `true` is inactive, a throw
   * is answered 503. It is asked after `authorization.allow`, and only about tokens the caller may know about: others must
   * not notice how long it takes, or that it is down.
   */
  readonly isActive?: IsActive | undefined
}

/** The step. */
export function resolveLookup(
  options: unknown,
  surroundings: Pick<LookupStep, 'now' | 'timeoutMs' | 'warn'>,
): LookupStep {
  const group = new OptionGroup('lookup', options, ['store', 'resolvers', 'isMinted', 'isActive'])
  if (group.has('store') === group.has('resolvers')) throw group.error('store', 'give either this or resolvers')
  const store = group.seam<TokenStore>('store', 'find')
  return {
    resolvers: store === undefined ? resolveResolvers(group) : [createStoreResolver({ store })],
    isMinted: group.function<IsMinted>('isMinted'),
    isActive: group.function<IsActive>('isActive'),
    ...surroundings,
  }
}

/** The option `resolvers`, where it has to be given. */
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
