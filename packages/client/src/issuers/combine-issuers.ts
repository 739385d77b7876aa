/** Several authorization servers behind one guard. At most one of them is asked about a token. */
import { checkOptionNames, copyOptions } from '@token-introspection/core/options'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { checkCallOptions, type IntrospectOptions } from '../call-options.ts'
import { EventReporter } from '../events/event-reporter.ts'
import { readExplainArguments } from '../explain/explain-options.ts'
import type { Explanation } from '../explain/explanation.ts'
import type { AcceptedTokens } from '../guards/accepted-tokens.ts'
import { challengeSettings } from '../guards/challenge-settings.ts'
import type { OptionalClientGuard } from '../guards/client-guard.ts'
import { createGuard, type GuardSource } from '../guards/create-guard.ts'
import { decideAtOnce } from '../guards/decide-at-once.ts'
import { presentedTokenBy } from '../guards/presented-by.ts'
import { watchBy } from '../guards/watch-by.ts'
import type { IntrospectionClient } from '../introspection-client.ts'
import type { IntrospectionStatistics } from '../events/statistics.ts'
import { resolveGuardOptions } from '../policy/resolve-guard.ts'
import type { Anonymity } from '../result/guard-decision.ts'
import { UNKNOWN_ISSUER } from '../result/inactive.ts'
import type { IntrospectionResult } from '../result/introspection-result.ts'
import type { Refusal } from '../result/refusal.ts'
import { extractToken, type TokenSources } from '../token/extract-token.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import { type FoundForm, readRequestForm } from '../token/request-form.ts'
import { requireToken } from '../token/require-token.ts'
import { endedWatch, WATCH_OPTIONS } from '../watch/watch-token.ts'
import { checkIssuers, type IssuersCheck } from './check-issuers.ts'
import { combineAccepted, combineChallenges, combineSources } from './combine-settings.ts'
import type { CombinedIssuers } from './combined-issuers.ts'
import { FoundIssuers } from './found-issuers.ts'
import { type FindIssuersOptions, resolveFindIssuers } from './found-issuers-options.ts'
import type { IssuersGuard, OptionalIssuersDecision, OptionalIssuersGuard } from './issuers-guard.ts'
import {
  type IssuersExplainOptions,
  type IssuersGuardOptions,
  type IssuersWatchOptions,
  type OptionalIssuersGuardOptions,
  optionsByName,
  resolveByName,
} from './issuers-guard-options.ts'
import {
  type CombineIssuersOptions,
  type IssuerClients,
  type ResolvedIssuers,
  resolveIssuers,
} from './issuers-options.ts'
import { NOBODY, sourceOfNobody } from './nobody.ts'
import { routeToken } from './route-token.ts'

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
    const reporter = new EventReporter(issuers.onEvent, () => NOBODY)
    this.#nobody = sourceOfNobody({ policy, sources: this.#sources, now, reporter }, () => UNKNOWN_ISSUER)
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

/** A value that exists by construction. */
function defined<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TypeError('an issuer is missing')
  return value
}
