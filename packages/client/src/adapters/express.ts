/**
 * Guards for Express 4 and 5. They use Node's own request and response, which Express extends. Express has no types of
 * its own, and every version of `@types/express` builds on Node's types.
 */
import { OptionGroup } from '@token-introspection/core/options'
import { isPromise } from '@token-introspection/core/maybe-promise'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type GuardToken, isPreflight, type OptionalGuard, type OptionalGuardDecision, type Refusal } from '../index.ts'
import { answerPreflight } from './answer-preflight.ts'
import { decideBy } from './decide-by.ts'
import { errorOf } from './error-of.ts'
import { addHeaders, sendRefusal, toGuardRequest } from './node.ts'
import { type Connection, type ConnectionWatchOptions, watchConnection } from './watch-connection.ts'
import { requireFramework } from './require-framework.ts'
import {
  type PreflightOptions,
  type PropertyOptions,
  readMiddleware,
  readProperty,
  requireGuard,
} from './middleware-options.ts'
import { PassedTokens } from './passed-tokens.ts'
import { RequestAuth } from './request-auth.ts'

/** Options of {@link expressGuard}. */
export interface ExpressGuardOptions<Req extends IncomingMessage, Res extends ServerResponse>
  extends PreflightOptions,
    PropertyOptions {
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
export interface ExpressTokenMiddleware<Token, Req extends IncomingMessage, Res extends ServerResponse> {
  (request: Req, response: Res, next: (error?: unknown) => void): void
  /**
   * The token of a request that this middleware has let pass, with the type of your claims.
   *
   * @throws TypeError when this middleware did not let the request pass: a handler before or beside its guard gets no
   * token.
   */
  tokenOf(request: Req): Token
  /**
   * Watches the token of a request that this middleware has let pass, until the connection ends: see `watch` of the guard.
   *
   * @param connection - the response, or a socket.
   * @throws TypeError for a guard that is a function of yours, because it has no client to ask.
   */
  watch(request: Req, connection: Connection, options?: ConnectionWatchOptions): AbortSignal
}

/**
 * Turns a guard into a middleware for `app.use` or a route. The middleware answers a refused request. `tokenOf` gives the
 * token of an allowed request, `undefined` when the guard is optional and there was no token. If the guard throws, the error
 * goes to the error handlers of the application.
 *
 * `request.auth` has the members of the token too. The transport of the MCP SDK takes `authInfo` from there, so beside them it
 * has `token`, `clientId`, `scopes`, `expiresAt`, `resource` and `extra`, which JSON leaves out. With the option `property`,
 * that member has the token alone, and `request.auth` is left to other packages.
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
>(guard: G, options: ExpressGuardOptions<Req, Res> = {}): ExpressTokenMiddleware<GuardToken<G>, Req, Res> {
  requireGuard(guard)
  const group = new OptionGroup('expressGuard', options, ['onRefusal', 'passPreflights', 'property'])
  const { onRefusal, passPreflights } = readMiddleware<NonNullable<ExpressGuardOptions<Req, Res>['onRefusal']>>(group)
  const property = readProperty(group)
  const decide = decideBy(guard)
  const passed = new PassedTokens<GuardToken<G>>()

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
    const { token } = decision
    passed.note(request, token)
    // The SDK of the Model Context Protocol reads `auth` and no other member.
    const left = property === 'auth' && token !== undefined ? new RequestAuth(token, request, guard) : token
    ;(request as unknown as Record<string, unknown>)[property] = left
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
    tokenOf: (request: Req) => passed.of(request),
    watch: (request: Req, connection: Connection, given?: ConnectionWatchOptions) =>
      watchConnection(guard, toGuardRequest(request), connection, given),
  })
}

const NO_WAY_ON = 'onRefusal called next without an error'

// The earlier name, which is the same in every entry.
export { expressGuard as requireToken }
