/** Options of combineIssuers: the clients, and the issuers of opaque tokens. */
import { OptionGroup } from '@token-introspection/core/options'
import type { OnEvent } from '../events/events.ts'
import { type ClientParts, IntrospectionClient, partsOf } from '../introspection-client.ts'
import type { Routes } from './route-token.ts'

/** One client for each authorization server, under a name that you choose. */
export type IssuerClients = Readonly<Record<string, IntrospectionClient>>

/** The names of several authorization servers. */
export type IssuerName<Clients extends IssuerClients> = keyof Clients & string

/** The claims of a client. */
export type ClaimsOf<Client> = Client extends IntrospectionClient<infer Claims> ? Claims : never

/** The claims of any of several. */
export type AnyClaims<Clients extends IssuerClients> = ClaimsOf<Clients[IssuerName<Clients>]>

/** Options of {@link combineIssuers}. */
export interface CombineIssuersOptions<Clients extends IssuerClients = IssuerClients> {
  /**
   * One client for each authorization server, under a name that you choose. Each keeps its own credentials, cache,
   * limits and `policy`. It must have an `issuer`, or `response.acceptedIssuers`: the `iss` of a JWT is compared with
   * these, and only this client's server is trusted about such tokens. No two clients may have the same issuer.
   */
  readonly issuers: Clients
  /**
   * The prefixes of a server's opaque tokens, such as `kc_`. No prefix may be the beginning of another. Default none.
   */
  readonly prefixes?: { readonly [Name in IssuerName<Clients>]?: string | readonly string[] | undefined } | undefined
  /**
   * Names the issuer of an opaque token without a known prefix; `undefined` means no issuer. It is not called for JWTs.
   * An error that it throws, or an unknown name, rejects the call as a bug of the application. Default none.
   */
  readonly route?: ((token: string) => IssuerName<Clients> | undefined) | undefined
  /**
   * The client that is asked about every other opaque token. Use either this or `route`. Default none: such a token is
   * inactive, without a request.
   *
   * Security: this server gets opaque tokens that other servers may have issued.
   */
  readonly fallback?: IssuerName<Clients> | undefined
  /**
   * Gets the decisions of guards about requests without a token, or with one that belongs to no issuer. The `onEvent`
   * of the token's client gets the others. Default none.
   */
  readonly onEvent?: OnEvent | undefined
}

/** The resolved options. */
export interface ResolvedIssuers {
  /** In the order in which you gave them. There is at least one. */
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
  if (fallback !== undefined && choose !== undefined) throw group.error('fallback', 'give this or route, not both')
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

/** Each issuer has one client. Otherwise the order of a list would decide whose keys and answers count. */
function resolveByIssuer(parts: ReadonlyMap<string, ClientParts>): ReadonlyMap<string, string> {
  const byIssuer = new Map<string, string>()
  for (const [name, { acceptedIssuers }] of parts) {
    // Without an issuer, this server could answer about the tokens and users of all others.
    if (acceptedIssuers === undefined) {
      throw new TypeError(`issuers.${name}: needs an issuer, or response.acceptedIssuers, beside others`)
    }
    for (const issuer of acceptedIssuers) {
      const other = byIssuer.get(issuer)
      if (other !== undefined) throw new TypeError(`issuers.${name}: has the same issuer as issuers.${other}`)
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
