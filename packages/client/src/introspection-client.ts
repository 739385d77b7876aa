/// <reference lib="esnext.disposable" preserve="true" />
/** The public entry of the resource server's side. */
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { copyOptions } from '@token-introspection/core/options'
import { SHARES_TIMERS } from '#default-transport'
import { check, type CheckResult } from './check.ts'
import { type AcceptedTokens, acceptedTokens } from './guards/accepted-tokens.ts'
import { challengeSettings } from './guards/challenge-settings.ts'
import { createGuard, type GuardSource } from './guards/create-guard.ts'
import { type ExplainOptions, readExplainArguments } from './explain/explain-options.ts'
import type { Explanation } from './explain/explanation.ts'
import { watchBy } from './guards/watch-by.ts'
import type { EventReporter } from './events/event-reporter.ts'
import type { ClientGuard, OptionalClientGuard } from './guards/client-guard.ts'
import { checkCallOptions, type IntrospectOptions } from './call-options.ts'
import { introspect, type Steps } from './introspect.ts'
import { observeIntrospection } from './events/observe.ts'
import { type IntrospectionStatistics, statisticsOf } from './events/statistics.ts'
import type { ClaimsAreChecked, IntrospectionClientOptions, LocalClientOptions } from './options.ts'
import { resolveOptions } from './resolve-options.ts'
import type { GuardOptions, OptionalGuardOptions } from './policy/policy-options.ts'
import { resolveGuardOptions } from './policy/resolve-guard.ts'
import type { IntrospectionResult } from './result/introspection-result.ts'
import { type Liveness, LivenessRecord } from './revocations/liveness.ts'
import type { GuardRequest } from './token/guard-request.ts'
import type { Followed } from './revocations/revocations-options.ts'
import { shortFingerprint, tokenPart } from './token/fingerprint-token.ts'
import { startTrace } from './events/trace.ts'
import { SharedWork } from './transport/shared-work.ts'
import { systemClock } from './watch/watch-clock.ts'
import { type TokenWatchOptions, TokenWatches } from './watch/watch-token.ts'
import { requireToken } from './token/require-token.ts'

/** Options for calls without options, so that no object is created for each of them. */
const NO_OPTIONS: IntrospectOptions = Object.freeze({})

/** The result of {@link IntrospectionClient.introspectWithLiveness}. */
export interface IntrospectionWithLiveness<Claims extends object = object> {
  readonly result: IntrospectionResult<Claims>
  /** How late a revocation can be for this call. */
  readonly liveness: Liveness
}

/** The parts of a client, for code that combines several clients. */
export interface ClientParts<Claims extends object = object> {
  readonly guarding: GuardSource<Claims>
  readonly steps: Steps
  /** Issuers that its answers may name; `undefined` accepts any. */
  readonly acceptedIssuers: ReadonlySet<string> | undefined
}

/** @internal the parts of a client. Code outside this package does not need them. */
export let partsOf: <Claims extends object>(client: IntrospectionClient<Claims>) => ClientParts<Claims>

/**
 * Asks an authorization server whether tokens are good right now (RFC 7662).
 *
 * Create one client per authorization server and keep it: it owns the connections, the discovered endpoint and the
 * cache. It caches nothing unless you set `cache`, and sends no request before the first call. Parallel calls about the
 * same token share one request, also without a cache.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 *
 * const introspection = new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 * })
 *
 * const token = await introspection.introspect('2YotnFZFEjr1zCsicMWpAA')
 * if (token.active) console.log(token.sub, token.scope)
 * ```
 * @see [RFC 7662 §2](https://www.rfc-editor.org/rfc/rfc7662.html#section-2)
 */
export class IntrospectionClient<Claims extends object = object> {
  readonly #steps: Steps
  readonly #reporter: EventReporter
  readonly #guarding: GuardSource<Claims>
  readonly #watches: TokenWatches
  readonly #followed: Followed | undefined
  readonly #checks: SharedWork<CheckResult>
  #closing: Promise<void> | undefined

  static {
    partsOf = (client) => ({
      guarding: client.#guarding,
      steps: client.#steps,
      acceptedIssuers: client.#steps.response.acceptedIssuers,
    })
  }

  /**
   * @param options - read once. Later changes to the object have no effect.
   * @throws TypeError that names the option when one is unknown, missing or out of range.
   */
  constructor(options: (IntrospectionClientOptions<Claims> | LocalClientOptions<Claims>) & ClaimsAreChecked<Claims>) {
    const { steps, policy, audiences, sources, watch, reporter, followed, touched } = resolveOptions(options)
    this.#followed = followed
    this.#steps = steps
    this.#checks = new SharedWork(steps.transport.deadlines.durationMs)
    this.#reporter = reporter
    // Senders choose what a guard reads from forms, so that is not a mistake of the program.
    const guarded: Steps = { ...steps, token: { ...steps.token, onScheme: undefined } }
    this.#guarding = {
      policy,
      sources: { ...sources, dpop: policy.confirmation.dpop !== undefined },
      introspect: (token, call, liveness) => {
        this.#check(token)
        return introspect(token, call, guarded, undefined, liveness)
      },
      observe: (token, call, trace, liveness) => {
        this.#check(token)
        return observeIntrospection(token, call, guarded, trace, reporter, liveness)
      },
      sequence: followed && (() => followed.feed.state.sequence),
      mayLoseReason: steps.cache?.isShared === true,
      audiences,
      cleanerFor: steps.transport.credentials.cleanerFor,
      leewaySeconds: steps.response.leewaySeconds,
      now: steps.now,
      reporter,
    }
    this.#watches = new TokenWatches({
      limits: watch,
      policy,
      cleanerFor: steps.transport.credentials.cleanerFor,
      introspect: (token, call, liveness) =>
        reporter.isHeard
          ? observeIntrospection(token, call, steps, startTrace(), reporter, liveness)
          : introspect(token, call, steps, undefined, liveness),
      touched: followed && touched,
      now: steps.now,
      clock: systemClock(steps.nowMs),
      sharesTimers: SHARES_TIMERS,
    })
  }

  /**
   * Introspects one token.
   *
   * Only the boolean `true` is active. The client checks `exp` and `nbf` again by this process's clock. A token that no
   * server could have issued, such as one with control characters, is inactive, and the client does not send it. The same
   * holds for a whole `Authorization` field, such as `Bearer 2YotnFZFEjr1zCsicMWpAA`, and a warning tells of that mistake.
   *
   * @param token - the token as it was presented, without its scheme.
   * @returns the answer, deeply frozen. It is `{ active: false }` for every token that is not active, for any reason.
   * @throws TokenTooLongError when the token has more octets than `token.maxBytes`.
   * @throws TransportUnreachableError, TransportTimeoutError, TransportRateLimitedError, TransportStatusError when there is no answer.
   * @throws TransportUnauthorizedError when the server refuses the client's credentials.
   * @throws TransportEndpointMissingError when the metadata name no introspection endpoint.
   * @throws ResponseMalformedError, ResponseUntrustedError when the answer cannot be used.
   * @throws JwtKeysUnavailableError when the token is a JWT and its issuer's keys are unavailable.
   * @throws ResponseKeysUnavailableError when the answer is signed and its issuer's keys are unavailable.
   * @throws TypeError when the token is not a string, `maxAgeSeconds` is not a number of seconds, another option sets a
   * parameter already, or the client is closed.
   */
  introspect(token: string, options: IntrospectOptions = NO_OPTIONS): Promise<IntrospectionResult<Claims>> {
    // Written without `async`, which would wrap the existing promise in a second one.
    try {
      const answer = this.answer(token, options)
      return isPromise(answer) ? answer : Promise.resolve(answer)
    } catch (error) {
      // Rejects with the thrown value, of any type.
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors
      return Promise.reject(error)
    }
  }

  /**
   * Introspects one token as {@link IntrospectionClient.introspect} does. When the answer is in the memory cache, it
   * returns the answer itself, in the same tick and without a promise. Otherwise it returns a promise of the answer.
   *
   * @param token - the token as it was presented, without its scheme.
   * @throws the errors with which `introspect` rejects. An error that is known at once is thrown, not rejected.
   *
   * @example
   * ```ts
   * import type { IntrospectionClient } from '@token-introspection/client'
   *
   * export function isActiveNow(introspection: IntrospectionClient, token: string): boolean | Promise<boolean> {
   *   const answer = introspection.answer(token)
   *   return answer instanceof Promise ? answer.then(({ active }) => active) : answer.active
   * }
   * ```
   */
  answer(token: string, options: IntrospectOptions = NO_OPTIONS): MaybePromise<IntrospectionResult<Claims>> {
    this.#check(token)
    if (options !== NO_OPTIONS) checkCallOptions(options)
    if (this.#reporter.isHeard) return observeIntrospection(token, options, this.#steps, startTrace(), this.#reporter)
    return introspect(token, options, this.#steps)
  }

  /**
   * Introspects one token as {@link IntrospectionClient.introspect} does, and says how late a revocation can be. Results are
   * shared between calls, so this cannot be part of the result. Guards give it with every decision.
   *
   * @param token - the token as it was presented, without its scheme.
   * @throws the errors of `introspect`.
   *
   * @example
   * ```ts
   * import type { IntrospectionClient } from '@token-introspection/client'
   *
   * export async function mayTransfer(introspection: IntrospectionClient, token: string): Promise<boolean> {
   *   const { result, liveness } = await introspection.introspectWithLiveness(token)
   *   return result.active && liveness.boundSeconds < 10
   * }
   * ```
   */
  async introspectWithLiveness(
    token: string,
    options: IntrospectOptions = NO_OPTIONS,
  ): Promise<IntrospectionWithLiveness<Claims>> {
    this.#check(token)
    if (options !== NO_OPTIONS) checkCallOptions(options)
    const liveness = new LivenessRecord()
    const asking = this.#reporter.isHeard
      ? observeIntrospection(token, options, this.#steps, startTrace(), this.#reporter, liveness)
      : introspect(token, options, this.#steps, undefined, liveness)
    return { result: (await asking) as IntrospectionResult<Claims>, liveness }
  }

  /**
   * Creates a guard: it takes the token of a request, introspects it and judges the answer.
   *
   * @param options - on top of the client's `policy`.
   * @throws TypeError naming the option, also when no audience was given anywhere.
   *
   * @example
   * ```ts
   * import type { IntrospectionClient } from '@token-introspection/client'
   *
   * export function ordersApi(introspection: IntrospectionClient) {
   *   const mayRead = introspection.guard({ audience: 'https://orders.example.com', scope: 'orders:read' })
   *   return async (request: Request): Promise<Response> => {
   *     const decision = await mayRead(request)
   *     if (!decision.allowed) return decision.toResponse()
   *     return Response.json({ orders: [], for: decision.token.sub })
   *   }
   * }
   * ```
   * @see [RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750.html#section-3)
   */
  guard(options: OptionalGuardOptions<Claims>): OptionalClientGuard<Claims>
  guard(options?: GuardOptions<Claims>): ClientGuard<Claims>
  guard(options: GuardOptions<Claims> | OptionalGuardOptions<Claims> = {}): OptionalClientGuard<Claims> {
    const { sources, policy } = this.#guarding
    const resolved = resolveGuardOptions(options, policy)
    const { optional: _, ...required } = copyOptions('guard', options)
    const watch = watchBy({
      sources,
      optional: resolved.optional,
      watch: (token, given) => this.watch(token, { ...given, policy: required }),
    })
    return createGuard(this.#guarding, resolved, challengeSettings(resolved), watch)
  }

  /**
   * Watches a token for a connection that outlives its first request: a WebSocket, an event stream, a long download.
   *
   * The client asks about the token every `everySeconds`, once for all connections that use it, and judges each answer
   * by the policy of each connection. It stores the answers in the cache, if there is one. Errors do not end a
   * connection at once: it may go on for at most `everySeconds` plus `maxUncheckedSeconds` after the last good check.
   * On Node the timers do not keep the process alive. The client keeps the token in memory while it watches it.
   *
   * @param token - the token as it was presented, without its scheme: see {@link presentedToken}.
   * @returns a signal that aborts with a {@link WatchEnded} as soon as the token is expired, is inactive, fails the
   * policy, or was unchecked for too long. It may have aborted already. After `until` aborts, it does not change any
   * more.
   * @throws WatchOverloadedError when `watch.maxWatched` tokens are watched already.
   * @throws TypeError that names the option, also when there is no audience; or when the client is closed.
   *
   * @example
   * ```ts
   * import { type IntrospectionClient, presentedToken } from '@token-introspection/client'
   *
   * export function orderEvents(introspection: IntrospectionClient, subscribe: (signal: AbortSignal) => ReadableStream) {
   *   const policy = { audience: 'https://orders.example.com', scope: 'orders:read' }
   *   const mayRead = introspection.guard(policy)
   *   return async (request: Request): Promise<Response> => {
   *     const decision = await mayRead(request)
   *     if (!decision.allowed) return decision.toResponse()
   *     const token = presentedToken(request) ?? ''
   *     const signal = introspection.watch(token, { policy, until: request.signal })
   *     return new Response(subscribe(signal), { headers: { 'content-type': 'text/event-stream' } })
   *   }
   * }
   * ```
   */
  watch(token: string, options: TokenWatchOptions<Claims>): AbortSignal {
    this.#check(token)
    return this.#watches.watch(token, options)
  }

  /**
   * Checks that this client can do its work, without a token of a user: for a readiness probe, and to warm up at start.
   *
   * It finds the endpoint, makes the credentials, asks about a token that it makes up itself, expects `active: false`,
   * and fetches the keys that signed answers and JWTs need. Metadata, keys, the access token of `clientCredentials` and
   * the connection are then ready for the first call. A client that never introspects checks the keys alone.
   *
   * It takes no longer than `transport.deadlineMs`. Parallel calls share one check, so there is never more than one
   * question on its way. The answer is not cached. The question goes past the queue and the circuit breaker: a failure
   * counts in no circuit, and an answer closes the circuits of the endpoint.
   *
   * @returns whether every step is good; or the step that failed, who has to look first, and the error. It does not reject
   * because of a failure of the authorization server, the connection or the credentials.
   * @throws TypeError when the client is closed.
   *
   * @example
   * ```ts
   * import type { IntrospectionClient } from '@token-introspection/client'
   *
   * export async function ready(introspection: IntrospectionClient): Promise<Response> {
   *   const health = await introspection.check()
   *   if (health.ok) return new Response('ready')
   *   console.error(`introspection: ${health.step} failed (${health.side}): ${health.error.message}. ${health.remedy}`)
   *   return new Response(`introspection: ${health.step}`, { status: 503 })
   * }
   * ```
   */
  async check(): Promise<CheckResult> {
    this.#refuseClosed()
    return this.#checks.join(() => check(this.#steps))
  }

  /**
   * Explains what a guard with these options decides about a token, and why: what each step sees, every requirement of the
   * policy with what the token has, and what to do. It is for an operator who asks why a token is refused, or accepted.
   *
   * It runs the code of the guard, and asks the authorization server once, past the cache, the queue and the circuits. With
   * `useCache` it decides by the answer in the cache, as guards do until that answer is too old. It leaves no trace: it
   * keeps no answer, counts in no circuit, reports no event, and uses no proof up, so it cannot tell whether a proof was
   * used before. Metadata, keys and access tokens of the client itself it fetches and keeps as usual. Functions among the
   * options are called, `check` included.
   *
   * Security: the explanation never holds a token, a secret, an assertion or a proof, also when the server repeats one. It
   * holds data of the token, and what this guard requires, so show it to operators only.
   *
   * @param input - a request as a guard takes it, or a token without its scheme. A token alone shows no proof of its sender,
   * so a bound token is refused.
   * @param options - those of the guard, on top of the client's `policy`.
   * @returns an explanation for every failure of the server, the connection, the credentials or a function of yours.
   * @throws TypeError that names the option when one is wrong, also when no audience was given anywhere; or when the client
   * is closed.
   *
   * @example
   * ```ts
   * import type { IntrospectionClient } from '@token-introspection/client'
   *
   * export async function whyRefused(introspection: IntrospectionClient, request: Request): Promise<string> {
   *   const explanation = await introspection.explain(request, { scope: 'orders:read' })
   *   return explanation.toString()
   * }
   * ```
   */
  async explain(input: string | GuardRequest, options: ExplainOptions<Claims> = {}): Promise<Explanation> {
    const { useCache, guard: given } = readExplainArguments(input, options)
    this.#refuseClosed()
    const { sources, policy, now } = this.#guarding
    const guard = resolveGuardOptions(given as GuardOptions, policy)
    const { explain, readPresented } = await import('./explain/explain.ts')
    const presented = await readPresented(input, sources)
    return explain(presented, { guard, useCache, steps: this.#steps, source: { sources, now } })
  }

  /**
   * The tokens that the guards of this client accept, for the metadata of the protected resource: see
   * `createProtectedResource`.
   */
  get accepts(): AcceptedTokens {
    const { policy, sources } = this.#guarding
    return acceptedTokens(policy, sources, this.#steps.response.acceptedIssuers)
  }

  /**
   * Forgets every answer about one token, also answers with a hint or parameters: the next call asks the server, and an
   * answer on its way is not kept. In a store that several processes share, only this process forgets answers with a
   * hint or parameters.
   *
   * @param token - the token as it was presented, without its scheme.
   * @returns a promise that resolves when the token is forgotten. If the store fails, the client reports
   * `ERR_CACHE_STORE`, and does not use the answer in any case.
   * @throws TypeError when the token is not a string.
   *
   * @example
   * ```ts
   * import type { IntrospectionClient } from '@token-introspection/client'
   *
   * export async function onLogout(introspection: IntrospectionClient, token: string): Promise<void> {
   *   await introspection.forget(token)
   * }
   * ```
   */
  async forget(token: string): Promise<void> {
    requireToken(token)
    const key = await this.#steps.token.fingerprint(token, {})
    this.#steps.flights.forget((other) => tokenPart(other) === key)
    this.#reporter.report({ type: 'forgotten', fingerprint: shortFingerprint(key) })
    await this.#steps.cache?.answers.forget(key)
  }

  /**
   * Forgets every answer, as {@link IntrospectionClient.forget} does for one token. It clears the whole store, for every
   * process that shares it.
   */
  async forgetAll(): Promise<void> {
    this.#steps.flights.forget(() => true)
    this.#reporter.report({ type: 'forgotten', fingerprint: undefined })
    await this.#steps.cache?.answers.forgetAll()
  }

  /**
   * Counts of the cache and of shared requests so far, with zeros when there is no cache, and the requests and circuits
   * of now.
   */
  statistics(): IntrospectionStatistics {
    return statisticsOf(this.#steps, this.#followed, this.#watches.size)
  }

  /**
   * Lets calls on their way finish and stores their answers, then closes the connections. Afterwards the client cannot be used, and its watches
   * end as `unchecked`.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#watches.close()
    // A follower of your own may fail or hang. The connections are closed all the same.
    void this.#followed?.following.close().catch(() => undefined)
    // A call may still have to send its request, after discovery. Close the connections only after all calls.
    await this.#steps.transport.deadlines.idle()
    await this.#steps.transport.sharedDeadlines.idle()
    await this.#steps.cache?.answers.idle()
    await this.#steps.transport.close()
  }

  #check(token: string): void {
    requireToken(token)
    this.#refuseClosed()
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw new TypeError('the IntrospectionClient is closed')
  }
}
