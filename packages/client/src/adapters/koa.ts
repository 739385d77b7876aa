/**
 * Guards for Koa. The token is on `context.state`. A refusal is set on the context, so that outer middleware sees it.
 */
import { isPromise } from '@token-introspection/core/maybe-promise'
import type { IncomingMessage } from 'node:http'
import {
  type GuardRequest,
  type GuardToken,
  isPreflight,
  type OptionalGuard,
  type OptionalGuardDecision,
  type Refusal,
} from '../index.ts'
import { decideBy } from './decide-by.ts'
import { readNodeRequest } from './node-request.ts'
import { PassedTokens } from './passed-tokens.ts'
import { type Connection, type ConnectionWatchOptions, watchConnection } from './watch-connection.ts'
import { requireFramework } from './require-framework.ts'
import { type PreflightOptions, requireGuard, resolveMiddleware } from './middleware-options.ts'
import { addFields, BODY_FIELDS, type FieldAccess, hasFields } from '../result/response-fields.ts'

/** The part of Koa's context that is used. Koa has no types of its own. */
export interface KoaContext {
  readonly req: IncomingMessage
  /** The request, with the values that body parsers store on it. */
  readonly request: { readonly req: IncomingMessage; readonly body?: unknown }
  readonly response: { get(field: string): string }
  readonly originalUrl: string
  readonly headerSent: boolean
  status: number
  body: unknown
  state: { auth?: unknown }
  set(field: string, value: string): void
  remove(field: string): void
}

/** Options of {@link koaGuard}. */
export interface KoaGuardOptions<Context extends KoaContext> extends PreflightOptions {
  /**
   * Handles a refusal in place of the default response. `next` is not called in any case. Default sets the status,
   * headers and body of the refusal on the context.
   */
  readonly onRefusal?: ((refusal: Refusal, context: Context) => unknown) | undefined
}

/** The members that a middleware sets on `context.state`, for `new Koa<AuthState>()`. */
export interface AuthState<Token = GuardToken<OptionalGuard>> {
  auth?: Token | undefined
}

/** A middleware that lets only requests pass that its guard allows. */
export interface KoaTokenMiddleware<Token, Context extends KoaContext> {
  (context: Context, next: () => Promise<unknown>): Promise<void>
  /**
   * The token of a request that this middleware has let pass, with the type of your claims.
   *
   * @throws TypeError when this middleware did not let the request pass.
   */
  tokenOf(context: KoaContext): Token
  /**
   * Watches the token of a request that this middleware has let pass, until the connection ends: see `watch` of the guard.
   *
   * @param connection - `context.res`, or a socket.
   * @throws TypeError for a guard that is a function of yours, because it has no client to ask.
   */
  watch(context: KoaContext, connection: Connection, options?: ConnectionWatchOptions): AbortSignal
}

/**
 * Turns a guard into a middleware. The middleware answers a refused request. `tokenOf` gives the token of an allowed request,
 * `undefined` when the guard is optional and there was no token. It is on `context.state.auth` too.
 *
 * The middleware answers a CORS preflight with 204 and no CORS permission: put a CORS middleware before the guard. To
 * read tokens in forms, put a body parser before the guard. `app.proxy` has no effect.
 *
 * @throws TypeError when the guard is not a guard, or an option is unknown.
 *
 * @example
 * ```ts
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { koaGuard } from '@token-introspection/client/koa'
 * import Koa from 'koa'
 *
 * export function ordersApi(introspection: IntrospectionClient) {
 *   const mayRead = koaGuard(introspection.guard({ audience: 'https://orders.example.com', scope: 'orders:read' }))
 *   const app = new Koa()
 *   app.use(mayRead)
 *   app.use((context) => {
 *     context.body = { orders: [], for: mayRead.tokenOf(context).sub }
 *   })
 *   return app
 * }
 * ```
 */
export function koaGuard<G extends OptionalGuard, Context extends KoaContext = KoaContext>(
  guard: G,
  options: KoaGuardOptions<Context> = {},
): KoaTokenMiddleware<GuardToken<G>, Context> {
  requireGuard(guard)
  const decide = decideBy(guard)
  const { onRefusal, passPreflights } = resolveMiddleware<(refusal: Refusal, context: Context) => unknown>(
    'koaGuard',
    options,
  )
  const passed = new PassedTokens<GuardToken<G>>()
  const middleware = (context: Context, next: () => Promise<unknown>): Promise<void> => {
    // Thrown synchronously, because other frameworks ignore a promise.
    requireFramework('Koa', typeof (context as Partial<Context> | undefined)?.request?.req === 'object')
    try {
      return pass(context, next)
    } catch (error) {
      // Rejects with the thrown value, of any type.
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors
      return Promise.reject(error)
    }
  }
  return Object.assign(middleware, {
    tokenOf: (context: KoaContext) => passed.of(context),
    watch: (context: KoaContext, connection: Connection, given?: ConnectionWatchOptions) =>
      watchConnection(guard, guardRequestOf(context), connection, given),
  })

  /** Makes no promise of its own for a synchronous decision: the next middleware runs in the same tick. */
  function pass(context: Context, next: () => Promise<unknown>): Promise<void> {
    const guarded = guardRequestOf(context)
    if (isPreflight(guarded)) return passPreflight(context, next)
    const decision = decide(guarded)
    return isPromise(decision) ? decision.then((late) => admit(late, context, next)) : admit(decision, context, next)
  }

  async function passPreflight(context: Context, next: () => Promise<unknown>): Promise<void> {
    if (passPreflights) await next()
    else answerPreflight(context)
  }

  function admit(decision: OptionalGuardDecision, context: Context, next: () => Promise<unknown>): Promise<void> {
    if (!decision.allowed) return refuse(decision, context)
    context.state.auth = decision.token
    passed.note(context, decision.token)
    if (hasFields(decision.headers)) return goOnWith(decision.headers, context, next)
    // Koa ignores the value of a middleware, so this is what `return next()` is elsewhere.
    return next() as Promise<void>
  }

  async function refuse(refusal: Refusal, context: Context): Promise<void> {
    if (onRefusal === undefined) setRefusal(refusal, context)
    else await onRefusal(refusal, context)
  }
}

/** Sets the fields before the next middleware, and again after it, which may have set `Cache-Control: public`. */
async function goOnWith(
  headers: Readonly<Record<string, string>>,
  context: KoaContext,
  next: () => Promise<unknown>,
): Promise<void> {
  addFields(headers, context, ACCESS)
  await next()
  if (!context.headerSent) addFields(headers, context, ACCESS)
}

/** Answers 204 without CORS permission: see {@link PreflightOptions}. */
function answerPreflight(context: KoaContext): void {
  for (const name of BODY_FIELDS) context.remove(name)
  context.status = 204
  context.body = null
}

function setRefusal({ status, headers, body }: Refusal, context: KoaContext): void {
  for (const name of BODY_FIELDS) context.remove(name)
  context.status = status
  addFields(headers, context, ACCESS)
  context.body = body
  // Koa adds a media type to a response without one.
  if (body === '') context.remove('content-type')
}

function guardRequestOf(context: KoaContext): GuardRequest {
  return readNodeRequest(context.req, context.originalUrl, parsedBodyOf(context))
}

/** Most parsers store the body on Koa's request, some on Node's. */
function parsedBodyOf({ request, req }: KoaContext): { readonly body?: unknown } {
  return request.body === undefined ? (req as { body?: unknown }) : request
}

const ACCESS: FieldAccess<KoaContext> = {
  // Koa returns '' for an absent field.
  get: (context, name) => context.response.get(name) || undefined,
  set: (context, name, value) => context.set(name, value),
}

// The earlier name, which is the same in every entry.
export { koaGuard as requireToken }
