/** Options of combineIssuers: several authorization servers, and whose an opaque token is. */
import { OptionGroup } from '@token-introspection/core/options'
import type { OnEvent } from '../events/events.ts'
import { type ClientParts, IntrospectionClient, partsOf } from '../introspection-client.ts'
import type { Routes } from './route-token.ts'

/** One client for each authorization server, by a name of yours. */
export type IssuerClients = Readonly<Record<string, IntrospectionClient>>

/** The names of several authorization servers. */
export type IssuerName<Clients extends IssuerClients> = keyof Clients & string

/** Options of {@link combineIssuers}. */
export interface CombineIssuersOptions<Clients extends IssuerClients = IssuerClients> {
  /**
   * One client for each authorization server, by a name of yours. Each keeps its own credentials, cache, limits and
   * `policy`. It must have an `issuer`, or `response.acceptedIssuers`: these are what a JWT is told by, and nobody else's
   * word about them is believed. No two may have one issuer.
   */
  readonly issuers: Clients
  /** What the opaque tokens of a server begin with, such as `kc_`; none may be the beginning of another. Default none. */
  readonly prefixes?: { readonly [Name in IssuerName<Clients>]?: string | readonly string[] | undefined } | undefined
  /**
   * Says by name who has issued an opaque token without a known prefix; `undefined` is nobody. It is not asked about JWTs.
   * What it throws is a mistake of the application, and so is a name that is not there. Default none.
   */
  readonly route?: ((token: string) => IssuerName<Clients> | undefined) | undefined
  /**
   * Who is asked about every other opaque token, instead of `route`. Default nobody: such a token is inactive, unasked.
   *
   * Security: this server gets to see opaque tokens that others may have issued.
   */
  readonly fallback?: IssuerName<Clients> | undefined
  /**
   * Told what guards decide about requests without a token, or with one that is nobody's. About all others the `onEvent` of
   * the token's client is told. Default nobody.
   */
  readonly onEvent?: OnEvent | undefined
}

/** What the options come to. */
export interface ResolvedIssuers {
  /** In the order they were given; there is at least one. */
  readonly clients: ReadonlyMap<string, IntrospectionClient>
  readonly parts: ReadonlyMap<string, ClientParts>
  readonly routes: Routes
  readonly onEvent: OnEvent | undefined
}

/** Reads the options once. */
export function resolveIssuers(options: CombineIssuersOptions): ResolvedIssuers {
  const group = new OptionGroup('', options, ['issuers', 'prefixes', 'route', 'fallback', 'onEvent'])
  const clients = resolveClients(group)
  const parts = new Map([...clients].map(([name, client]) => [name, partsOf(client)]))
  const names = new Set(clients.keys())
  const choose = group.function<Routes['choose']>('route')
  const fallback = group.string('fallback')
  if (fallback !== undefined && !names.has(fallback)) throw group.error('fallback', 'must be a name in issuers')
  if (fallback !== undefined && choose !== undefined) throw group.error('fallback', 'is for what has no route')
  const byIssuer = resolveByIssuer(parts)
  return {
    clients,
    parts,
    routes: Object.freeze({ byIssuer, byPrefix: resolvePrefixes(group, names), choose, fallback, names }),
    onEvent: group.function<OnEvent>('onEvent'),
  }
}

function resolveClients(group: OptionGroup): ReadonlyMap<string, IntrospectionClient> {
  const given = group.raw('issuers')
  if (typeof given !== 'object' || given === null || Array.isArray(given) || Object.keys(given).length === 0) {
    throw group.error('issuers', 'must be an object with an IntrospectionClient for each authorization server')
  }
  const clients = new Map<string, IntrospectionClient>()
  for (const [name, client] of Object.entries(given as Record<string, unknown>)) {
    if (!(client instanceof IntrospectionClient)) throw group.error(`issuers.${name}`, 'must be an IntrospectionClient')
    clients.set(name, client as IntrospectionClient)
  }
  return clients
}

/** One issuer, one client: otherwise the order of a list would decide whose keys and whose answers count. */
function resolveByIssuer(parts: ReadonlyMap<string, ClientParts>): ReadonlyMap<string, string> {
  const byIssuer = new Map<string, string>()
  for (const [name, { acceptedIssuers }] of parts) {
    // Without it, this server could speak about the tokens and the users of all others.
    if (acceptedIssuers === undefined) {
      throw new TypeError(`issuers.${name}: needs an issuer, or response.acceptedIssuers, beside others`)
    }
    for (const issuer of acceptedIssuers) {
      const other = byIssuer.get(issuer)
      if (other !== undefined) throw new TypeError(`issuers.${name}: has an issuer of issuers.${other}`)
      byIssuer.set(issuer, name)
    }
  }
  return byIssuer
}

function resolvePrefixes(options: OptionGroup, names: ReadonlySet<string>): Routes['byPrefix'] {
  const group = new OptionGroup('prefixes', options.raw('prefixes'), [...names])
  const byPrefix: (readonly [string, string])[] = []
  for (const name of names) {
    if (!group.has(name)) continue
    const prefixes = typeof group.raw(name) === 'string' ? [group.string(name) as string] : group.strings(name)
    for (const prefix of prefixes ?? []) {
      const taken = byPrefix.find(([other]) => other.startsWith(prefix) || prefix.startsWith(other))
      if (taken !== undefined) throw group.error(name, `begins like a prefix of ${taken[1]}`)
      byPrefix.push([prefix, name])
    }
  }
  return byPrefix
}
