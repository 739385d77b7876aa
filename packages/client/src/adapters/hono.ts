/** Guards for Hono on every runtime. The token is a typed variable of the context. */
import { isPromise } from '@token-introspection/core/maybe-promise'
import type { Context, MiddlewareHandler, Next } from 'hono'
import {
  type ClientGuard,
  type GuardRequest,
  type GuardToken,
  type GuardWatchOptions,
  isPreflight,
  type OptionalGuard,
  type Refusal,
  type RequestForm,
} from '../index.ts'
import { decideBy } from './decide-by.ts'
import { PassedTokens } from './passed-tokens.ts'
import { requireFramework } from './require-framework.ts'
import { type PreflightOptions, requireGuard, resolveMiddleware } from './middleware-options.ts'
import { addFields, type FieldAccess } from '../result/response-fields.ts'

/** Options of {@link honoGuard}. */
export interface HonoGuardOptions extends PreflightOptions {
  /** Returns the response for a refusal. Default the status, headers and body of the refusal. */
  readonly onRefusal?: ((refusal: Refusal, context: Context) => Response | Promise<Response>) | undefined
}

/** The variables that a middleware sets, for `new Hono<AuthEnv>()`. */
export interface AuthEnv<Token = GuardToken<OptionalGuard>> {
  Variables: { auth: Token }
}

/** A middleware that lets only requests pass that its guard allows. */
export interface HonoTokenMiddleware<Token> extends MiddlewareHandler<AuthEnv<Token>> {
  /**
   * The token of a request that this middleware has let pass, with the type of your claims, also where the types of Hono do not
   * know of the middleware, such as in a handler of another file.
   *
   * @throws TypeError when this middleware did not let the request pass.
   */
  tokenOf(context: Pick<Context, 'req'>): Token
  /**
   * Watches the token of a request that this middleware has let pass: see `watch` of the guard.
   *
   * @param options - `until` is by default the signal of the web request, which aborts when the sender leaves.
   * @throws TypeError for a guard that is a function of yours, because it has no client to ask.
   */
  watch(context: Pick<Context, 'req'>, options?: Partial<GuardWatchOptions>): AbortSignal
}

/**
 * Turns a guard into a middleware. The middleware answers a refused request. An allowed request has its token in
 * `context.get('auth')` and `context.var.auth`, `undefined` when the guard is optional and there was no token.
 *
 * The middleware answers a CORS preflight with 204 and no CORS permission: put `cors()` before the guard. It does not
 * see certificates of connections, because the runtimes of Hono have no common way to read them.
 *
 * @throws TypeError when the guard is not a guard, or an option is unknown.
 *
 * @example
 * ```ts
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { honoGuard } from '@token-introspection/client/hono'
 * import { Hono } from 'hono'
 *
 * export function ordersApi(introspection: IntrospectionClient) {
 *   const mayRead = honoGuard(introspection.guard({ audience: 'https://orders.example.com', scope: 'orders:read' }))
 *   return new Hono().get('/orders', mayRead, (context) => context.json({ orders: [], for: context.var.auth.sub }))
 * }
 * ```
 */
export function honoGuard<G extends OptionalGuard>(
  guard: G,
  options: HonoGuardOptions = {},
): HonoTokenMiddleware<GuardToken<G>> {
  requireGuard(guard)
  const decide = decideBy(guard)
  const { onRefusal, passPreflights } = resolveMiddleware<NonNullable<HonoGuardOptions['onRefusal']>>(
    'honoGuard',
    options,
  )
  const passed = new PassedTokens<GuardToken<G>>()
  const middleware = (context: Context<AuthEnv<GuardToken<G>>>, next: Next): Promise<Response | undefined> => {
    // Thrown synchronously, because other frameworks ignore a promise.
    requireFramework('Hono', isContext(context))
    return pass(context, next)
  }
  return Object.assign(middleware, {
    tokenOf: ({ req }: Pick<Context, 'req'>) => passed.of(req),
    watch({ req }: Pick<Context, 'req'>, given?: Partial<GuardWatchOptions>): AbortSignal {
      const { watch } = guard as Partial<ClientGuard>
      if (watch === undefined) throw new TypeError('watch: needs a guard that client.guard() returned')
      return watch(guardRequestOf(req), { until: req.raw.signal, ...given })
    },
  }) as HonoTokenMiddleware<GuardToken<G>>

  async function pass(context: Context<AuthEnv<GuardToken<G>>>, next: Next): Promise<Response | undefined> {
    const { req } = context
    if (isPreflight(req.raw)) {
      if (!passPreflights) return context.body(null, 204)
      await next()
      return undefined
    }
    // A synchronous decision is not awaited: the next middleware runs in the same tick.
    const decided = decide(guardRequestOf(req))
    const decision = isPromise(decided) ? await decided : decided
    if (!decision.allowed) return onRefusal === undefined ? toResponse(decision, context) : onRefusal(decision, context)
    const { headers, token } = decision
    context.set('auth', token as GuardToken<G>)
    passed.note(req, token)
    await next()
    addFields(headers, context, ACCESS)
    return undefined
  }
}

/** Hono's context has a request object with a web request inside. */
function isContext(value: unknown): boolean {
  const { req } = (value ?? {}) as { readonly req?: { readonly raw?: Partial<Request> } }
  return typeof req?.raw?.headers?.get === 'function'
}

/** Sets the fields on the context. Hono merges fields of the context into every response. */
function toResponse({ status, headers, body }: Refusal, context: Context): Response {
  addFields(headers, context, ACCESS)
  return body === '' ? context.body(null, status as 401) : context.body(body, status as 401)
}

/** A guard accepts the web request. If the body was read through Hono, the form comes from Hono's cached text. */
function guardRequestOf(req: Context['req']): GuardRequest {
  if (Object.keys(req.bodyCache).length === 0) return req.raw
  const { method, url, headers } = req.raw
  return { method, url, headers, form: () => readForm(req) }
}

async function readForm(req: Context['req']): Promise<RequestForm> {
  return 'formData' in req.bodyCache ? await req.formData() : new URLSearchParams(await req.text())
}

const ACCESS: FieldAccess<Context> = {
  get: (context, name) => context.res.headers.get(name),
  set: (context, name, value) => context.header(name, value),
}

// The earlier name, which is the same in every entry.
export { honoGuard as requireToken }
