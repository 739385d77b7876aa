/// <reference lib="esnext.disposable" preserve="true" />
/** Authorization servers that a function finds at run time, used as one. */
import type { IntrospectionError } from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { copyOptions } from '@token-introspection/core/options'
import { IssuerSettingsError } from '../errors.ts'
import { type ExplainOptions, readExplainArguments } from '../explain/explain-options.ts'
import type { Explanation } from '../explain/explanation.ts'
import { EventReporter } from '../events/event-reporter.ts'
import type { OptionalClientGuard } from '../guards/client-guard.ts'
import { type AcceptedTokens, acceptedTokens } from '../guards/accepted-tokens.ts'
import { challengeSettings } from '../guards/challenge-settings.ts'
import { createGuard, type GuardSource } from '../guards/create-guard.ts'
import { decideAtOnce } from '../guards/decide-at-once.ts'
import { presentedTokenBy } from '../guards/presented-by.ts'
import { checkCallOptions, type IntrospectOptions } from '../call-options.ts'
import type { IntrospectionClient } from '../introspection-client.ts'
import type { IntrospectionStatistics } from '../events/statistics.ts'
import type { GuardOptions, OptionalGuardOptions } from '../policy/policy-options.ts'
import { resolveGuardOptions } from '../policy/resolve-guard.ts'
import { UNKNOWN_ISSUER } from '../result/inactive.ts'
import type { IntrospectionResult } from '../result/introspection-result.ts'
import { extractToken } from '../token/extract-token.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import { type FoundForm, readRequestForm } from '../token/request-form.ts'
import { endedWatch, type TokenWatchOptions } from '../watch/watch-token.ts'
import { checkIssuers, type IssuersCheck } from './check-issuers.ts'
import { createFoundClient } from './create-found-client.ts'
import type { FoundIssuer } from './found-issuer.ts'
import type { FoundIssuersGuard, OptionalFoundIssuersGuard } from './found-issuers-guard.ts'
import type { ResolvedFindIssuers } from './found-issuers-options.ts'
import { isFailure, IssuerDirectory, type Lookup } from './issuer-directory.ts'
import { NOBODY, sourceOfNobody } from './nobody.ts'
import { readUnverifiedIssuer } from './unverified-issuer.ts'
import { requireToken } from '../token/require-token.ts'

/** The issuer of a token, for calls without a request. */
export interface OfIssuer {
  /**
   * The name that `requestIssuer` would return, such as `issuer` of a decision. Opaque tokens need it. Default the `iss`
   * of a JWT.
   */
  readonly issuer?: string | undefined
}

/** The result of {@link FoundIssuers.statistics}. */
export interface FoundIssuersStatistics {
  /** The {@link IntrospectionClient.statistics} of each client, by the name of its issuer. */
  readonly issuers: Readonly<Record<string, IntrospectionStatistics>>
  /** Clients now. */
  readonly clients: number
  /** Names that `find` did not know, remembered now. */
  readonly unknown: number
  /** Lookups under way now. */
  readonly finding: number
  /** Lookups that failed so far. */
  readonly failures: number
}

/** Anybody chooses the `iss` of a token. */
const MAX_NAME_LENGTH = 512

/**
 * Authorization servers that `find` finds at run time, such as those of tenants.
 *
 * A token goes to one server at most. The name of its issuer comes from the request, by `requestIssuer`, or is the `iss` of a
 * JWT. `find` says whether there is such an issuer. The client is created with the first token and remembered within
 * bounds; calls about one issuer share a lookup. A name that `find` does not know is remembered apart, for a short time:
 * it creates no client and displaces none.
 */
export class FoundIssuers<Claims extends object = object> implements AsyncDisposable {
  readonly #options: ResolvedFindIssuers
  readonly #directory: IssuerDirectory
  readonly #reporter: EventReporter

  /** @internal created by {@link combineIssuers}. */
  constructor(options: ResolvedFindIssuers) {
    const { find, limits, nowMs } = options
    this.#options = options
    this.#directory = new IssuerDirectory({
      find,
      limits,
      nowMs,
      create: (settings) => createFoundClient(settings, options),
    })
    this.#reporter = new EventReporter(options.shared.onEvent, () => NOBODY)
  }

  /** The tokens that guards accept. It names no issuer, so give `authorizationServers` to `createProtectedResource`. */
  get accepts(): AcceptedTokens {
    return acceptedTokens(this.#options.policy, this.#options.sources)
  }

  /**
   * Introspects one token with the client of its issuer: see {@link IntrospectionClient.introspect}. A token of an unknown
   * issuer is inactive, and no server is asked.
   *
   * @throws IssuerLookupError when `find` fails.
   * @throws IssuerSettingsError when the settings are wrong.
   */
  async introspect(token: string, options: IntrospectOptions & OfIssuer = {}): Promise<IntrospectionResult<Claims>> {
    const { issuer, ...call } = copyOptions('introspect', options)
    checkCallOptions(call)
    return this.#useIssuer(token, issuer, async (found) => {
      if (found === undefined) return UNKNOWN_ISSUER
      const result = await found.client.introspect(token, call)
      if (result.active) this.#directory.prove(found)
      return result
    })
  }

  /**
   * Creates a guard, as {@link IntrospectionClient.guard} does. Its decisions name the issuer.
   *
   * @throws TypeError that names the option, also when there is no audience here or in `policy`.
   */
  guard(options: OptionalGuardOptions<Claims>): OptionalFoundIssuersGuard<Claims>
  guard(options?: GuardOptions<Claims>): FoundIssuersGuard<Claims>
  guard(options: GuardOptions<Claims> | OptionalGuardOptions<Claims> = {}): OptionalFoundIssuersGuard<Claims> {
    const given = copyOptions('guard', options) as GuardOptions
    const { policy, sources } = this.#options
    const resolved = resolveGuardOptions(given, policy)
    const settings = challengeSettings(resolved)
    const refuse = createGuard(
      this.#nobody(() => UNKNOWN_ISSUER),
      resolved,
      settings,
    )
    const guards = new WeakMap<IntrospectionClient, OptionalClientGuard>()
    const guardOf = ({ client, parts: { guarding } }: FoundIssuer): OptionalClientGuard => {
      const known = guards.get(client)
      if (known !== undefined) return known
      const created = createGuard({ ...guarding, sources }, resolveGuardOptions(given, guarding.policy), settings)
      guards.set(client, created)
      return created
    }
    const refuseUnfound = (error: IntrospectionError): OptionalClientGuard =>
      createGuard(
        this.#nobody(() => {
          throw error
        }),
        resolved,
        settings,
      )
    const decideBy = (request: GuardRequest, lookup: Lookup): MaybePromise<unknown> => {
      if (lookup === undefined) return refuse.decide(request)
      if (isFailure(lookup)) return refuseUnfound(lookup).decide(request)
      return andThen(guardOf(lookup).decide(request), (decision) => {
        if (!decision.allowed || decision.token === undefined) return decision
        this.#directory.prove(lookup)
        return { ...decision, issuer: lookup.name }
      })
    }
    const decideWithForm = (request: GuardRequest, form: FoundForm): MaybePromise<unknown> => {
      const presented = extractToken(request, sources, form)
      if (presented.kind !== 'token') return refuse.decide(request)
      return this.#use(presented.token, this.#nameOf(request), (lookup) => decideBy(request, lookup))
    }
    const decide = (request: GuardRequest): MaybePromise<unknown> =>
      sources.form
        ? andThen(readRequestForm(request), (form) => decideWithForm(request, form))
        : decideWithForm(request, undefined)
    return decideAtOnce(decide, presentedTokenBy(sources)) as unknown as OptionalFoundIssuersGuard<Claims>
  }

  /**
   * Explains a token with the client of its issuer, and names the issuer: see {@link IntrospectionClient.explain}. It calls
   * `find` as a guard does.
   *
   * @param of - the issuer of a token that is given alone. For a request, `requestIssuer` names it.
   */
  async explain(
    input: string | GuardRequest,
    options: ExplainOptions<Claims> = {},
    of: OfIssuer = {},
  ): Promise<Explanation> {
    const { useCache, guard } = readExplainArguments(input, options)
    const { issuer } = copyOptions('explain', of)
    if (!isName(issuer)) throw new TypeError('issuer: must be a string')
    const { policy, sources, nowMs } = this.#options
    const source = { sources, now: () => Math.floor(nowMs() / 1000) }
    const resolved = resolveGuardOptions(guard as GuardOptions, policy)
    const { explain, readPresented } = await import('../explain/explain.ts')
    const presented = await readPresented(input, sources)
    const explainBy = (lookup: Lookup): Promise<Explanation> => {
      if (lookup === undefined || isFailure(lookup)) {
        return explain(presented, { guard: resolved, useCache, steps: undefined, source, failure: lookup })
      }
      const { guarding, steps } = lookup.parts
      const own = resolveGuardOptions(guard as GuardOptions, guarding.policy)
      return explain(presented, { guard: own, useCache, steps, source, issuer: lookup.name })
    }
    if (presented.kind !== 'token') return explainBy(undefined)
    const named = typeof input === 'string' ? issuer : this.#nameOf(input)
    return this.#use(presented.token, named, explainBy)
  }

  /**
   * Watches a token with the client of its issuer: see {@link IntrospectionClient.watch}.
   *
   * @returns a signal. It has aborted already for a token of an unknown issuer.
   * @throws IssuerLookupError when `find` fails, and IssuerSettingsError when the settings are wrong.
   */
  async watch(token: string, options: TokenWatchOptions<Claims> & OfIssuer): Promise<AbortSignal> {
    const { issuer, ...watching } = copyOptions('watch', options)
    return this.#useIssuer(token, issuer, (found) =>
      found === undefined ? endedWatch('inactive') : found.client.watch(token, watching as TokenWatchOptions),
    )
  }

  /**
   * Checks that each client that is remembered now can do its work: see {@link IntrospectionClient.check}. It does not ask
   * `find`, and creates no client, so the result is good when there is none yet. 16 clients are checked at a time.
   */
  check(): Promise<IssuersCheck> {
    const known = this.#directory.known()
    return checkIssuers(
      known.map((found) => [found.name, () => this.#directory.useKnown(found, () => found.client.check())]),
    )
  }

  /** Forgets the answers about one token: see {@link IntrospectionClient.forget}. */
  async forget(token: string, options: OfIssuer = {}): Promise<void> {
    await this.#useIssuer(token, copyOptions('forget', options).issuer, (found) => found?.client.forget(token))
  }

  /**
   * Forgets an issuer after a change of its settings: the next token asks `find` again. Its clients are closed, and their
   * watches end as `unchecked`.
   *
   * @param issuer - the name, as `find` gets it.
   */
  forgetIssuer(issuer: string): void {
    if (typeof issuer !== 'string') throw new TypeError('issuer: must be a string')
    this.#directory.forget(issuer)
  }

  /** The counts of all clients, and of lookups. */
  statistics(): FoundIssuersStatistics {
    const issuers = this.#directory.known().map(({ name, client }) => [name, client.statistics()] as const)
    return Object.freeze({ ...this.#directory.counts(), issuers: Object.freeze(Object.fromEntries(issuers)) })
  }

  /** Closes all clients: see {@link IntrospectionClient.close}. Lookups under way fail. */
  close(): Promise<void> {
    return this.#directory.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** The issuer that a request names. */
  #nameOf(request: GuardRequest): string | undefined {
    const named = this.#options.requestIssuer?.(request)
    if (!isName(named)) throw new TypeError('requestIssuer: must return a string, or undefined')
    return named
  }

  /** Calls a function with the issuer of a token, and throws if `find` fails. */
  async #useIssuer<Result>(
    token: string,
    issuer: string | undefined,
    call: (found: FoundIssuer | undefined) => MaybePromise<Result>,
  ): Promise<Result> {
    requireToken(token)
    if (!isName(issuer)) throw new TypeError('issuer: must be a string')
    return this.#use(token, issuer, (lookup) => {
      if (isFailure(lookup)) throw lookup
      return call(lookup)
    })
  }

  /** Calls a function with the issuer of a token. `named` is the issuer that the token must have. */
  #use<Result>(
    token: string,
    named: string | undefined,
    call: (lookup: Lookup) => MaybePromise<Result>,
  ): MaybePromise<Result> {
    const jwt = readUnverifiedIssuer(token)
    const name = named ?? jwt?.iss
    if (name === undefined || name === '' || name.length > MAX_NAME_LENGTH) return call(undefined)
    return this.#directory.use(name, (lookup) => {
      if (lookup === undefined || isFailure(lookup) || jwt === undefined) return call(lookup)
      if (jwt.iss !== undefined && lookup.parts.acceptedIssuers?.has(jwt.iss) === true) return call(lookup)
      // A stranger chose the `iss` of this token, so it is not the fault of the settings.
      if (named !== undefined) return call(undefined)
      return call(new IssuerSettingsError('find: returned settings for another issuer than it was asked about'))
    })
  }

  /** A source that asks no server. */
  #nobody(answer: () => typeof UNKNOWN_ISSUER): GuardSource {
    const { policy, sources, nowMs } = this.#options
    const now = (): number => Math.floor(nowMs() / 1000)
    return sourceOfNobody({ policy, sources, now, reporter: this.#reporter }, answer)
  }
}

/** The function is the application's, and may be JavaScript. */
function isName(name: unknown): name is string | undefined {
  return name === undefined || typeof name === 'string'
}
