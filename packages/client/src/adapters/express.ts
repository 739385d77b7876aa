/**
 * Guards for Express 4 and 5. They use Node's own request and response, which Express extends. Express has no types of
 * its own, and every version of `@types/express` builds on Node's types.
 */
import { isPromise } from '@token-introspection/core/maybe-promise'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type GuardToken, isPreflight, type OptionalGuard, type OptionalGuardDecision, type Refusal } from '../index.ts'
import { answerPreflight } from './answer-preflight.ts'
import { decideBy } from './decide-by.ts'
import { errorOf } from './error-of.ts'
import { addHeaders, sendRefusal, toGuardRequest } from './node.ts'
import { requireFramework } from './require-framework.ts'
import { type PreflightOptions, requireGuard, resolveMiddleware } from './middleware-options.ts'

/** Options of {@link expressGuard}. */
export interface ExpressGuardOptions<Req extends IncomingMessage, Res extends ServerResponse> extends PreflightOptions {
  /**
   * Handles a refusal in place of the default response: send it with `sendRefusal` of
   * `@token-introspection/client/node`, send a response of your own, or pass an error to `next`. Default sends the
   * refusal.
   *
   * Security: calling `next` without an error does not let the request pass. It is an error itself.
   * So are `next('route')` and `next('router')`.
   */
  readonly onRefusal?:
    | ((refusal: Refusal, request: Req, response: Res, next: (error: unknown) => void) => unknown)
    | undefined
}

/** A middleware that lets only requests pass that its guard allows. */
export interface TokenMiddleware<Token, Req extends IncomingMessage, Res extends ServerResponse> {
  (request: Req, response: Res, next: (error?: unknown) => void): void
  /**
   * The token of a request that this middleware has let pass. It is the same as `request.auth`, but typed.
   *
   * @throws TypeError when this middleware did not let the request pass: a handler before or beside its guard gets no
   * token.
   */
  tokenOf(request: Req): Token
}

/**
 * Turns a guard into a middleware for `app.use` or a route. The middleware answers a refused request. An allowed
 * request has its token on `request.auth`, `undefined` when the guard is optional and there was no token. If the guard
 * throws, the error goes to the error handlers of the application.
 *
 * The middleware answers a CORS preflight with 204 and no CORS permission: put a CORS middleware before the guard. To
 * read tokens in forms, put `express.urlencoded()` before the guard. `trust proxy` has no effect.
 *
 * @throws TypeError when the guard is not a guard, or an option is unknown.
 *
 * @example
 * ```ts
 * import express from 'express'
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { expressGuard } from '@token-introspection/client/express'
 *
 * export function ordersApi(introspection: IntrospectionClient) {
 *   const mayRead = expressGuard(introspection.guard({ audience: 'https://orders.example.com', scope: 'orders:read' }))
 *   const app = express()
 *   app.get('/orders', mayRead, (request, response) => {
 *     const { sub } = mayRead.tokenOf(request)
 *     response.json({ orders: [], for: sub })
 *   })
 *   return app
 * }
 * ```
 */
export function expressGuard<
  G extends OptionalGuard,
  Req extends IncomingMessage = IncomingMessage,
  Res extends ServerResponse = ServerResponse,
>(guard: G, options: ExpressGuardOptions<Req, Res> = {}): TokenMiddleware<GuardToken<G>, Req, Res> {
  requireGuard(guard)
  const { onRefusal, passPreflights } = resolveMiddleware<NonNullable<ExpressGuardOptions<Req, Res>['onRefusal']>>(
    'expressGuard',
    options,
  )
  const decide = decideBy(guard)
  const passed = Symbol('token')

  const middleware = (request: Req, response: Res, next: (error?: unknown) => void): void => {
    // Thrown synchronously, because `next` of another framework may not be a function.
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
    // In the same tick, as a synchronous middleware does. Errors of later middleware are not caught here.
    next()
  }

  // Passes errors of the promise on, because Express 4 ignores them.
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

  /** Stores the token on an allowed request, or answers a refused one. */
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
    answer: NonNullable<ExpressGuardOptions<Req, Res>['onRefusal']>,
    refusal: Refusal,
    request: Req,
    response: Res,
    next: (error: unknown) => void,
  ): Promise<void> {
    try {
      await answer(refusal, request, response, (error) => next(errorOf(error, NO_WAY_ON)))
    } catch (error) {
      next(errorOf(error))
    }
  }

  return Object.assign(middleware, {
    tokenOf(request: Req): GuardToken<G> {
      if (!(passed in request)) throw new TypeError('the request has not passed this guard')
      return (request as unknown as NotedRequest)[passed] as GuardToken<G>
    },
  })
}

/** A request with the stored token. A symbol of the middleware holds it a second time, for `tokenOf`. */
interface NotedRequest {
  auth?: unknown
  [passed: symbol]: unknown
}

const NO_WAY_ON = 'onRefusal called next without an error'

// The earlier name, which is the same in every entry.
export { expressGuard as requireToken }
