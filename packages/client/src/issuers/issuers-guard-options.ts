/** Options of guards, explanations and watches that accept the tokens of several authorization servers. */
import { checkOptionNames, copyOptions, OptionGroup } from '@token-introspection/core/options'
import type { ExplainSettings } from '../explain/explain-options.ts'
import { GUARD_OPTIONS, type GuardOptions } from '../policy/policy-options.ts'
import { type ResolvedGuard, resolveGuardOptions } from '../policy/resolve-guard.ts'
import type { TokenWatchOptions, WatchPolicy } from '../watch/watch-token.ts'
import type { AnyClaims, ClaimsOf, IssuerClients, IssuerName, ResolvedIssuers } from './issuers-options.ts'

/** Options that may differ by the issuer of the token. */
export type IssuerGuardOptions<Claims extends object = object> = Omit<
  GuardOptions<Claims>,
  'optional' | 'realm' | 'resourceMetadata'
>

/** Options of a guard that accepts the tokens of several authorization servers. */
export interface IssuersGuardOptions<Clients extends IssuerClients = IssuerClients>
  extends GuardOptions<AnyClaims<Clients>> {
  /**
   * Options for the tokens of one server, by its name. Each option replaces the one beside `issuers`. Default none:
   * then the options beside it apply, on top of the `policy` of that server's client.
   */
  readonly issuers?:
    | { readonly [Name in IssuerName<Clients>]?: IssuerGuardOptions<ClaimsOf<Clients[Name]>> | undefined }
    | undefined
}

/** The same for a guard that lets requests without a token pass. */
export interface OptionalIssuersGuardOptions<Clients extends IssuerClients = IssuerClients>
  extends Omit<IssuersGuardOptions<Clients>, 'optional'> {
  readonly optional: true
}

/** Options of `explain` for several authorization servers. */
export interface IssuersExplainOptions<Clients extends IssuerClients = IssuerClients>
  extends Omit<IssuersGuardOptions<Clients>, 'optional'>,
    ExplainSettings {
  /** Whether requests without a token pass. Default `false`. */
  readonly optional?: boolean | undefined
}

/** Options of `watch` for several authorization servers. */
export interface IssuersWatchOptions<Clients extends IssuerClients = IssuerClients>
  extends Omit<TokenWatchOptions, 'policy'> {
  /** The requirements that the token must keep meeting: the options of the guard that let the connection in. */
  readonly policy: WatchPolicy<AnyClaims<Clients>> & Pick<IssuersGuardOptions<Clients>, 'issuers'>
}

/**
 * The options for the tokens of one server. An option for that server replaces the general one, unless it is
 * `undefined`.
 */
export function optionsByName(
  options: IssuersGuardOptions | OptionalIssuersGuardOptions | IssuersWatchOptions['policy'],
  { routes }: ResolvedIssuers,
): (name: string) => GuardOptions {
  const { issuers, ...common } = copyOptions('guard', options) as IssuersGuardOptions
  const differences = new OptionGroup('guard.issuers', issuers, [...routes.names])
  for (const name of routes.names) {
    // The other options belong to the API, not to a token.
    const own = copyOptions(differences.path(name), differences.raw(name) as GuardOptions | undefined)
    checkOptionNames(differences.path(name), own, GUARD_OPTIONS)
    const { optional, realm, resourceMetadata } = own
    if (optional !== undefined || realm !== undefined || resourceMetadata !== undefined) {
      throw differences.error(name, 'optional, realm and resourceMetadata are for all')
    }
  }
  return (name) => {
    const different = Object.entries(differences.raw(name) ?? {})
    return { ...common, ...Object.fromEntries(different.filter(([, value]) => value !== undefined)) }
  }
}

/** The options of a guard for the tokens of each server, by its name. */
export function resolveByName(
  options: IssuersGuardOptions | OptionalIssuersGuardOptions,
  issuers: ResolvedIssuers,
): ReadonlyMap<string, ResolvedGuard> {
  const byName = optionsByName(options, issuers)
  return new Map(
    Array.from(issuers.parts, ([name, { guarding }]) => [name, resolveGuardOptions(byName(name), guarding.policy)]),
  )
}
