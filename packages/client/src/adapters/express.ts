/**
 * Guards for Express 4 and 5: Node's own request and response, which is what Express extends. Express has no types of its
 * own, and those in every version of `@types/express` build on Node's.
 */
import { isPromise } from '@token-introspection/core/maybe-promise'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type GuardToken, isPreflight, type OptionalGuard, type OptionalGuardDecision, type Refusal } from '../index.ts'
import { answerPreflight } from './answer-preflight.ts'
import { decideBy } from './decide-by.ts'
import { addHeaders, sendRefusal, toGuardRequest } from './node.ts'
import { requireFramework } from './require-framework.ts'
import { type PreflightOptions, requireGuard, resolveRequireToken } from './require-token-options.ts'

/** Options of {@link requireToken}. */
export interface RequireTokenOptions<Req extends IncomingMessage, Res extends ServerResponse> extends PreflightOptions {
  /**
   * What to do with a refusal, instead of sending it as it is: send it with `sendRefusal` of
   * `@token-introspection/client/node`, answer in your own words, or hand an error on with `next`. Default sends it.
   *
   * Security: `next` without an error lets nothing pass; it is an error itself.
   */
  readonly onRefusal?:
    | ((refusal: Refusal, request: Req, response: Res, next: (error: unknown) => void) => unknown)
    | undefined
}

/** A middleware that lets nothing pass but what its guard allows. */
export interface TokenMiddleware<Token, Req extends IncomingMessage, Res extends ServerResponse> {
  (request: Req, response: Res, next: (error?: unknown) => void): void
  /**
   * The token of a request that this middleware has let pass, the same as `request.auth`, with its type.
   *
   * @throws TypeError when it has not: a handler that stands before its guard, or beside it, finds no token.
   */
  tokenOf(request: Req): Token
}

/**
 * Turns a guard into a middleware for `app.use` or a route. A refused request is answered here; one that may pass has its
 * token on `request.auth`, `undefined` when the guard is optional and there was none. A guard that fails is an error for
 * the error handlers of the application.
 *
 * A CORS preflight that reaches the guard is answered with 204 and no permission: put a CORS middleware before the guard.
 * Tokens in forms are seen behind `express.urlencoded()` only. `trust proxy` is not consulted.
 *
 * @throws TypeError when the guard is none, or an option is unknown.
 *
 * @example
 * ```ts
 * import express from 'express'
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { requireToken } from '@token-introspection/client/express'
 *
 * export function ordersApi(introspection: IntrospectionClient) {
 *   const mayRead = requireToken(introspection.guard({ audience: 'https://orders.example.com', scope: 'orders:read' }))
 *   const app = express()
 *   app.get('/orders', mayRead, (request, response) => {
 *     const { sub } = mayRead.tokenOf(request)
 *     response.json({ orders: [], for: sub })
 *   })
 *   return app
 * }
 * ```
 */
export function requireToken<
  G extends OptionalGuard,
  Req extends IncomingMessage = IncomingMessage,
  Res extends ServerResponse = ServerResponse,
>(guard: G, options: RequireTokenOptions<Req, Res> = {}): TokenMiddleware<GuardToken<G>, Req, Res> {
  requireGuard(guard)
  const { onRefusal, passPreflights } =
    resolveRequireToken<NonNullable<RequireTokenOptions<Req, Res>['onRefusal']>>(options)
  const decide = decideBy(guard)
  const passed = Symbol('token')

  const middleware = (request: Req, response: Res, next: (error?: unknown) => void): void => {
    // Not in a promise: what calls itself `next` elsewhere may be no function.
    requireFramework('Express', typeof (response as Partial<Res> | undefined)?.setHeader === 'function')
    try {
      const guarded = toGuardRequest(request)
      if (isPreflight(guarded)) {
        if (!passPreflights) {
          answerPreflight(response)
          return
        }
      } else {
        const decision = decide(guarded)
        if (isPromise(decision)) {
          void passLater(decision, request, response, next)
          return
        }
        if (!admit(decision, request, response, next)) return
      }
    } catch (error) {
      next(error)
      return
    }
    // In the same tick, as any other middleware that has nothing to wait for; what comes after it is not ours to catch.
    next()
  }

  // No error of a promise is lost: Express 4 does not look at them.
  async function passLater(
    decision: Promise<OptionalGuardDecision>,
    request: Req,
    response: Res,
    next: (error?: unknown) => void,
  ): Promise<void> {
    try {
      if (!admit(await decision, request, response, next)) return
    } catch (error) {
      next(error)
      return
    }
    next()
  }

  /** Notes the token on a request that may pass; answers one that may not. */
  function admit(
    decision: OptionalGuardDecision,
    request: Req,
    response: Res,
    next: (error?: unknown) => void,
  ): boolean {
    if (!decision.allowed) {
      if (onRefusal === undefined) sendRefusal(decision, response)
      else void refuse(onRefusal, decision, request, response, next)
      return false
    }
    addHeaders(decision.headers, response)
    const noted = request as unknown as NotedRequest
    noted.auth = decision.token
    noted[passed] = decision.token
    return true
  }

  async function refuse(
    answer: NonNullable<RequireTokenOptions<Req, Res>['onRefusal']>,
    refusal: Refusal,
    request: Req,
    response: Res,
    next: (error: unknown) => void,
  ): Promise<void> {
    try {
      await answer(refusal, request, response, (error) => next(error || new TypeError(NO_WAY_ON)))
    } catch (error) {
      next(error)
    }
  }

  return Object.assign(middleware, {
    tokenOf(request: Req): GuardToken<G> {
      if (!(passed in request)) throw new TypeError('the request has not passed this guard')
      return (request as unknown as NotedRequest)[passed] as GuardToken<G>
    },
  })
}

/** A request with what is noted on it: the token, also under a name that is the middleware's own, for `tokenOf`. */
interface NotedRequest {
  auth?: unknown
  [passed: symbol]: unknown
}

const NO_WAY_ON = 'onRefusal called next without an error'
