/** The functions that decide about a request, as applications see them. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { GuardDecision, OptionalGuardDecision } from '../result/guard-decision.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import type { PresentedTokenOf } from './presented-by.ts'
import type { WatchRequest } from './watch-by.ts'

/**
 * Decides about one request. It rejects only for bugs. Outages are refusals with a 5xx status. A guard of a client throws a
 * TypeError for an argument that is not a request.
 */
export type Guard<Claims extends object = object> = (request: GuardRequest) => Promise<GuardDecision<Claims>>

/** The same for a guard that lets requests without a token pass. */
export type OptionalGuard<Claims extends object = object> = (
  request: GuardRequest,
) => Promise<OptionalGuardDecision<Claims>>

/**
 * A guard as `client.guard()` returns it. A function of your own that wraps a guard is a {@link Guard}, and needs no
 * `decide`: the adapters of the frameworks accept both. A wrapper that inherits `decide`, such as a `Proxy`, gets
 * one that calls the wrapper.
 */
export interface ClientGuard<Claims extends object = object> extends Guard<Claims> {
  /**
   * Decides synchronously when it need not wait: the answer is in the memory cache, or the request has no token. It
   * then returns the decision as a value, in the same tick and without a promise. Otherwise it returns a promise of the
   * decision.
   *
   * @throws for bugs, for which the promise would reject.
   *
   * @example
   * ```ts
   * import type { ClientGuard } from '@token-introspection/client'
   *
   * export function authorize(mayRead: ClientGuard, request: Request, proceed: (sub: string | undefined) => void): void {
   *   const decision = mayRead.decide(request)
   *   if (decision instanceof Promise) void decision.then((late) => late.allowed && proceed(late.token.sub))
   *   else if (decision.allowed) proceed(decision.token.sub)
   * }
   * ```
   */
  readonly decide: (request: GuardRequest) => MaybePromise<GuardDecision<Claims>>
  /**
   * Reads the token of a request that this guard has let pass, from the places where this guard reads tokens: for a token
   * exchange (RFC 8693), for example. It checks nothing. `undefined` also for a token in a form that only the guard has read.
   */
  readonly presentedToken: PresentedTokenOf
  /**
   * Watches the token of a request that this guard has let pass, by the options of this guard: see
   * {@link IntrospectionClient.watch}. The adapters of Node frameworks have a `watch` that knows when a connection ends.
   *
   * @returns a signal that aborts with a {@link WatchEnded} as soon as the token is not good enough for this guard any more.
   * @throws WatchOverloadedError when `watch.maxWatched` tokens are watched already.
   * @throws TypeError that names the option, or for a token in a form whose body only the guard has read.
   *
   * @example
   * ```ts
   * import type { ClientGuard } from '@token-introspection/client'
   *
   * export function orderEvents(mayRead: ClientGuard, subscribe: (signal: AbortSignal) => ReadableStream) {
   *   return async (request: Request): Promise<Response> => {
   *     const decision = await mayRead(request)
   *     if (!decision.allowed) return decision.toResponse()
   *     const signal = mayRead.watch(request, { until: request.signal })
   *     return new Response(subscribe(signal), { headers: { 'content-type': 'text/event-stream' } })
   *   }
   * }
   * ```
   */
  readonly watch: WatchRequest
}

/** The same for a guard that lets requests without a token pass. */
export interface OptionalClientGuard<Claims extends object = object> extends OptionalGuard<Claims> {
  /** Decides synchronously when it need not wait: see {@link ClientGuard.decide}. */
  readonly decide: (request: GuardRequest) => MaybePromise<OptionalGuardDecision<Claims>>
  /** Reads the token of a request: see {@link ClientGuard.presentedToken}. */
  readonly presentedToken: PresentedTokenOf
  /** Watches the token of a request: see {@link ClientGuard.watch}. Without a token the signal never aborts. */
  readonly watch: WatchRequest
}

/** The token that a guard of this type lets pass. For an optional guard also `undefined`. */
export type GuardToken<G extends OptionalGuard> = Extract<Awaited<ReturnType<G>>, { allowed: true }>['token']
