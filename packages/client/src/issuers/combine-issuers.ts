/** Several authorization servers behind one guard. At most one of them is asked about a token. */
import { checkOptionNames, copyOptions, OptionGroup } from '@token-introspection/core/options'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { AcceptedTokens } from '../guards/accepted-tokens.ts'
import { challengeSettings } from '../guards/challenge-settings.ts'
import { createGuard, type GuardSource } from '../guards/create-guard.ts'
import { decideAtOnce } from '../guards/decide-at-once.ts'
import { type PresentedTokenOf, presentedTokenBy } from '../guards/presented-by.ts'
import { watchBy, type WatchRequest } from '../guards/watch-by.ts'
import { type ExplainSettings, readExplainArguments } from '../explain/explain-options.ts'
import type { Explanation } from '../explain/explanation.ts'
import { EventReporter } from '../events/event-reporter.ts'
import { SentCredentials } from '../transport/sent-credentials.ts'
import type { ReportingClient } from '../events/events.ts'
import type { OptionalClientGuard } from '../guards/client-guard.ts'
import type { Allowance, Anonymity } from '../result/guard-decision.ts'
import { checkCallOptions, type IntrospectOptions } from '../call-options.ts'
import type { IntrospectionClient, IntrospectionStatistics } from '../introspection-client.ts'
import { GUARD_OPTIONS, type GuardOptions, type ResolvedGuard, resolveGuardOptions } from '../policy/policy-options.ts'
import { UNKNOWN_ISSUER, whyInactive } from '../result/inactive.ts'
import type { IntrospectionResult } from '../result/introspection-result.ts'
import type { ChallengeSettings, Refusal } from '../result/refusal.ts'
import { extractToken, type TokenSources } from '../token/extract-token.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import { type FoundForm, readRequestForm } from '../token/request-form.ts'
import { type TokenWatchOptions, WATCH_OPTIONS, type WatchPolicy, endedWatch } from '../watch/watch-token.ts'
import { checkIssuers, type IssuersCheck } from './check-issuers.ts'
import {
  type CombineIssuersOptions,
  type IssuerClients,
  type IssuerName,
  type ResolvedIssuers,
  resolveIssuers,
} from './issuers-options.ts'
import { describeSources } from './describe-sources.ts'
import { FoundIssuers } from './found-issuers.ts'
import { type FindIssuersOptions, resolveFindIssuers } from './found-issuers-options.ts'
import { routeToken } from './route-token.ts'
import { requireToken } from '../token/require-token.ts'

/** The claims of a client. */
export type ClaimsOf<Client> = Client extends IntrospectionClient<infer Claims> ? Claims : never

/** The claims of any of several. */
export type AnyClaims<Clients extends IssuerClients> = ClaimsOf<Clients[IssuerName<Clients>]>

/** A request that may pass, with the token's answer and the name of the server that gave it: narrow it on `issuer`. */
export type IssuersAllowance<Clients extends IssuerClients> = {
  [Name in IssuerName<Clients>]: Allowance<ClaimsOf<Clients[Name]>> & { readonly issuer: Name }
}[IssuerName<Clients>]

/** The decision of such a guard: narrow it on `allowed`, then on `issuer`. */
export type IssuersDecision<Clients extends IssuerClients> = IssuersAllowance<Clients> | Refusal

/** The decision of such a guard that is optional: narrow it on `allowed`, then on `token`. */
export type OptionalIssuersDecision<Clients extends IssuerClients> = IssuersDecision<Clients> | Anonymity

/** A guard that accepts the tokens of several authorization servers. It rejects only for bugs. */
export interface IssuersGuard<Clients extends IssuerClients> {
  (request: GuardRequest): Promise<IssuersDecision<Clients>>
  /** Decides synchronously when it need not wait: see {@link ClientGuard.decide}. */
  readonly decide: (request: GuardRequest) => MaybePromise<IssuersDecision<Clients>>
  /** Reads the token of a request: see {@link ClientGuard.presentedToken}. */
  readonly presentedToken: PresentedTokenOf
  /** Watches the token of a request: see {@link ClientGuard.watch}. */
  readonly watch: WatchRequest
}

/** The same for a guard that lets requests without a token pass. */
export interface OptionalIssuersGuard<Clients extends IssuerClients> {
  (request: GuardRequest): Promise<OptionalIssuersDecision<Clients>>
  /** Decides synchronously when it need not wait: see {@link ClientGuard.decide}. */
  readonly decide: (request: GuardRequest) => MaybePromise<OptionalIssuersDecision<Clients>>
  /** Reads the token of a request: see {@link ClientGuard.presentedToken}. */
  readonly presentedToken: PresentedTokenOf
  /** Watches the token of a request: see {@link ClientGuard.watch}. Without a token the signal never aborts. */
  readonly watch: WatchRequest
}

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

/** Several authorization servers, used as one. */
export interface CombinedIssuers<Clients extends IssuerClients = IssuerClients> extends AsyncDisposable {
  /** The tokens that all clients accept, from any issuer. */
  readonly accepts: AcceptedTokens
  /**
   * The client that would introspect a token.
   *
   * @returns a name in `issuers`, or `undefined` when the token belongs to no issuer.
   * @throws TypeError when `route` returns an unknown name; and any error that `route` throws.
   */
  issuerOf(token: string): IssuerName<Clients> | undefined
  /**
   * Introspects one token with the client of its issuer, as {@link IntrospectionClient.introspect} does. A token that
   * belongs to no issuer is inactive, and no server is asked.
   */
  introspect(token: string, options?: IntrospectOptions): Promise<IntrospectionResult<AnyClaims<Clients>>>
  /**
   * Creates a guard, as {@link IntrospectionClient.guard} does. All issuers together protect one API, so challenges
   * have the realm and metadata of the guard, or else those of the first client that has some. They name every scheme
   * that any client accepts.
   *
   * @throws TypeError that names the option, also when the tokens of one server have no audience.
   */
  guard(options: OptionalIssuersGuardOptions<Clients>): OptionalIssuersGuard<Clients>
  guard(options?: IssuersGuardOptions<Clients>): IssuersGuard<Clients>
  /** Explains a token with the client of its issuer, and names the issuer: see {@link IntrospectionClient.explain}. */
  explain(input: string | GuardRequest, options?: IssuersExplainOptions<Clients>): Promise<Explanation>
  /**
   * Watches a token with the client of its issuer: see {@link IntrospectionClient.watch}.
   *
   * @returns a signal. It has aborted already for a token that belongs to no issuer.
   */
  watch(token: string, options: IssuersWatchOptions<Clients>): AbortSignal
  /**
   * Checks that each client can do its work, without a token of a user: see {@link IntrospectionClient.check}. It checks all
   * issuers, so one that is down does not hide another.
   *
   * @throws TypeError when a client is closed.
   *
   * @example
   * ```ts
   * import type { CombinedIssuers } from '@token-introspection/client'
   *
   * export async function health(introspection: CombinedIssuers): Promise<string[]> {
   *   const { issuers } = await introspection.check()
   *   return Object.entries(issuers).map(([name, result]) => `${name}: ${result.ok ? 'good' : result.error.message}`)
   * }
   * ```
   */
  check(): Promise<IssuersCheck<IssuerName<Clients>>>
  /** Forgets the answers about one token: see {@link IntrospectionClient.forget}. */
  forget(token: string): Promise<void>
  /** The {@link IntrospectionClient.statistics} of each client, by name. */
  statistics(): Readonly<Record<IssuerName<Clients>, IntrospectionStatistics>>
  /** Closes all clients: see {@link IntrospectionClient.close}. */
  close(): Promise<void>
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

/** The outcome for requests whose token belongs to no issuer. */
const NOBODY: ReportingClient = Object.freeze({ issuer: undefined, endpoint: undefined, clientId: undefined })

/**
 * Combines clients of several authorization servers, so that an API accepts the tokens of all of them.
 *
 * At most one server is asked about a token. A JWT goes to the client that accepts its `iss`, and to no other; the
 * client verifies it, or its server does. An opaque token goes to the client that its prefix or your `route` function
 * names, or to the `fallback`. A token that belongs to no issuer is inactive, and no server gets it. When one server is
 * down, the tokens of the others still work.
 *
 * With `find`, the issuers are not known in advance: the function finds the settings of each at run time, and the client of
 * each is created with its first token. See {@link FoundIssuers}.
 *
 * @throws TypeError that names the option when one is unknown or wrong, when two clients have the same issuer or
 * prefixes that begin alike, when a client has no issuer, or when the clients read tokens from different places
 * (`token.sources`, `token.fields`, `token.cookie`).
 *
 * @example
 * ```ts
 * import { combineIssuers, type IntrospectionClient } from '@token-introspection/client'
 *
 * export function ordersApi(keycloak: IntrospectionClient, partner: IntrospectionClient) {
 *   const introspection = combineIssuers({ issuers: { keycloak, partner }, prefixes: { partner: 'pt_' } })
 *   const mayRead = introspection.guard({
 *     audience: 'https://orders.example.com',
 *     scope: 'orders:read',
 *     issuers: { partner: { scope: 'partner:orders' } },
 *   })
 *   return async (request: Request): Promise<Response> => {
 *     const decision = await mayRead(request)
 *     if (!decision.allowed) return decision.toResponse()
 *     // Two servers may each have a user `alice`.
 *     return Response.json({ orders: [], for: `${decision.issuer}/${decision.token.sub}` })
 *   }
 * }
 * ```
 * @see [RFC 8725 §3.8](https://www.rfc-editor.org/rfc/rfc8725.html#section-3.8)
 */
export function combineIssuers<const Clients extends IssuerClients>(
  options: CombineIssuersOptions<Clients>,
): CombinedIssuers<Clients>
export function combineIssuers<Claims extends object = object>(
  options: FindIssuersOptions<Claims>,
): FoundIssuers<Claims>
export function combineIssuers<Clients extends IssuerClients>(
  options: CombineIssuersOptions<Clients> | FindIssuersOptions,
): CombinedIssuers<Clients> | FoundIssuers {
  if (isFinding(options)) return new FoundIssuers(resolveFindIssuers(options))
  // The functions check names when they use them, so the types of the names are left out from here on.
  return new Combined(resolveIssuers(options)) as unknown as CombinedIssuers<Clients>
}

function isFinding(options: object): options is FindIssuersOptions {
  return typeof options === 'object' && options !== null && Object.hasOwn(options, 'find')
}

class Combined implements CombinedIssuers {
  readonly #issuers: ResolvedIssuers
  readonly #sources: TokenSources
  readonly #nobody: GuardSource

  constructor(issuers: ResolvedIssuers) {
    this.#issuers = issuers
    const guardings = Array.from(issuers.parts.values(), ({ guarding }) => guarding)
    this.#sources = combineSources(guardings)
    const [{ policy, now }] = guardings as [GuardSource]
    this.#nobody = {
      policy,
      sources: this.#sources,
      introspect: () => UNKNOWN_ISSUER,
      observe: (_token, _call, trace) => {
        trace.inactivity = whyInactive(UNKNOWN_ISSUER, false)
        return Promise.resolve(UNKNOWN_ISSUER)
      },
      sequence: undefined,
      mayLoseReason: false,
      audiences: undefined,
      cleanerFor: new SentCredentials().cleanerFor,
      now,
      reporter: new EventReporter(issuers.onEvent, () => NOBODY),
    }
  }

  get accepts(): AcceptedTokens {
    return combineAccepted(Array.from(this.#issuers.clients.values(), ({ accepts }) => accepts))
  }

  issuerOf(token: string): string | undefined {
    requireToken(token)
    return routeToken(token, this.#issuers.routes)
  }

  async introspect(token: string, options?: IntrospectOptions): Promise<IntrospectionResult> {
    if (options !== undefined) checkCallOptions(options)
    return this.#clientOf(token)?.introspect(token, options) ?? UNKNOWN_ISSUER
  }

  guard(options: OptionalIssuersGuardOptions): OptionalIssuersGuard<IssuerClients>
  guard(options?: IssuersGuardOptions): IssuersGuard<IssuerClients>
  guard(options: IssuersGuardOptions | OptionalIssuersGuardOptions = {}): OptionalIssuersGuard<IssuerClients> {
    const resolved = resolveByName(options, this.#issuers)
    const settings = combineChallenges(Array.from(resolved.values(), challengeSettings))
    const sources = this.#sources
    const guards = new Map<string, OptionalClientGuard>()
    for (const [name, { guarding }] of this.#issuers.parts) {
      const own = defined(resolved.get(name))
      guards.set(name, createGuard({ ...guarding, sources }, own, { ...settings, scope: own.policy.scope.wanted }))
    }
    const [first] = resolved.values()
    const refuse = createGuard(this.#nobody, defined(first), settings)
    const decideWithForm = (
      request: GuardRequest,
      form: FoundForm,
    ): MaybePromise<OptionalIssuersDecision<IssuerClients>> => {
      const presented = extractToken(request, sources, form)
      const name = presented.kind === 'token' ? this.issuerOf(presented.token) : undefined
      if (name === undefined) return refuse.decide(request) as MaybePromise<Anonymity | Refusal>
      return andThen(defined(guards.get(name)).decide(request), (decision) =>
        decision.allowed && decision.token !== undefined ? { ...decision, issuer: name } : decision,
      )
    }
    const decide = (request: GuardRequest): MaybePromise<OptionalIssuersDecision<IssuerClients>> =>
      sources.form
        ? andThen(readRequestForm(request), (form) => decideWithForm(request, form))
        : decideWithForm(request, undefined)
    const { optional = false, ...policy } = copyOptions('guard', options)
    const watch = watchBy({ sources, optional, watch: (token, given) => this.watch(token, { ...given, policy }) })
    return decideAtOnce(decide, presentedTokenBy(sources), watch)
  }

  async explain(input: string | GuardRequest, options: IssuersExplainOptions = {}): Promise<Explanation> {
    const { useCache, guard } = readExplainArguments(input, options, ['issuers'])
    const resolved = resolveByName(guard, this.#issuers)
    const [sources, { now }] = [this.#sources, this.#nobody]
    const { explain, readPresented } = await import('../explain/explain.ts')
    const presented = await readPresented(input, sources)
    const issuer = presented.kind === 'token' ? this.issuerOf(presented.token) : undefined
    const [first] = resolved.values()
    return explain(presented, {
      guard: defined(issuer === undefined ? first : resolved.get(issuer)),
      useCache,
      steps: issuer === undefined ? undefined : this.#issuers.parts.get(issuer)?.steps,
      source: { sources, now },
      issuer,
    })
  }

  watch(token: string, options: IssuersWatchOptions): AbortSignal {
    const given = copyOptions('watch', options)
    const byName = optionsByName(given.policy, this.#issuers)
    // Wrong options show for every token, whatever its issuer.
    checkOptionNames('watch', given, WATCH_OPTIONS)
    for (const [each, { guarding }] of this.#issuers.parts) resolveGuardOptions(byName(each), guarding.policy)
    const name = this.issuerOf(token)
    if (name === undefined) return endedWatch('inactive')
    return defined(this.#issuers.clients.get(name)).watch(token, { ...given, policy: byName(name) })
  }

  check(): Promise<IssuersCheck> {
    return checkIssuers(Array.from(this.#issuers.clients, ([name, client]) => [name, () => client.check()]))
  }

  async forget(token: string): Promise<void> {
    await this.#clientOf(token)?.forget(token)
  }

  statistics(): Readonly<Record<string, IntrospectionStatistics>> {
    return Object.freeze(
      Object.fromEntries(Array.from(this.#issuers.clients, ([name, client]) => [name, client.statistics()])),
    )
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#issuers.clients.values(), (client) => client.close()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #clientOf(token: string): IntrospectionClient | undefined {
    const name = this.issuerOf(token)
    return name === undefined ? undefined : this.#issuers.clients.get(name)
  }
}

/**
 * The guard reads a request before it knows the issuer of the token, so all clients must read requests in the same way.
 */
function combineSources(guardings: readonly GuardSource[]): TokenSources {
  const [{ sources: first }] = guardings as [GuardSource]
  if (guardings.some(({ sources }) => describeSources(sources) !== describeSources(first))) {
    throw new TypeError('issuers: must all have the same token.sources, token.fields and token.cookie')
  }
  // A client without DPoP support refuses such a token itself.
  return { ...first, dpop: guardings.some(({ sources }) => sources.dpop) }
}

/** A sender may hold a token of any server, so a guarantee holds only when every client gives it. */
function combineAccepted(all: readonly AcceptedTokens[]): AcceptedTokens {
  const [first] = all as [AcceptedTokens]
  const { dpopAlgorithms, senderConstraint } = first
  return Object.freeze({
    ...first,
    issuers: Object.freeze(all.flatMap(({ issuers }) => issuers)),
    dpopAlgorithms: Object.freeze(
      dpopAlgorithms.filter((alg) => all.every((other) => other.dpopAlgorithms.includes(alg))),
    ),
    certificates: all.every(({ certificates }) => certificates),
    senderConstraint: all.every((other) => other.senderConstraint === senderConstraint) ? senderConstraint : undefined,
  })
}

/**
 * The options for the tokens of one server. An option for that server replaces the general one, unless it is
 * `undefined`.
 */
function optionsByName(
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
function resolveByName(
  options: IssuersGuardOptions | OptionalIssuersGuardOptions,
  issuers: ResolvedIssuers,
): ReadonlyMap<string, ResolvedGuard> {
  const byName = optionsByName(options, issuers)
  return new Map(
    Array.from(issuers.parts, ([name, { guarding }]) => [name, resolveGuardOptions(byName(name), guarding.policy)]),
  )
}

/** Every guard may see a token of any issuer, so each refusal names everything that the API accepts. */
function combineChallenges(all: readonly ChallengeSettings[]): ChallengeSettings {
  const [first] = all as [ChallengeSettings]
  return Object.freeze({
    realm: first.realm,
    schemes: [...new Set(all.flatMap(({ schemes }) => schemes))],
    algs: all.find(({ algs }) => algs !== undefined)?.algs,
    resourceMetadata: all.find(({ resourceMetadata }) => resourceMetadata !== undefined)?.resourceMetadata,
    // A client without a token may go to any server, so no scope is named when they differ.
    scope: all.every(({ scope }) => scope === first.scope) ? first.scope : undefined,
  })
}

/** A value that exists by construction. */
function defined<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TypeError('an issuer is missing')
  return value
}
