/** Guards for Koa: the token on `context.state`, a refusal on the context, so that middleware around it sees it. */
import { isPromise } from '@token-introspection/core/maybe-promise'
import type { IncomingMessage } from 'node:http'
import { type GuardToken, isPreflight, type OptionalGuard, type Refusal } from '../index.ts'
import { decideBy } from './decide-by.ts'
import { readNodeRequest } from './node-request.ts'
import { requireFramework } from './require-framework.ts'
import { type PreflightOptions, requireGuard, resolveRequireToken } from './require-token-options.ts'
import { addFields, BODY_FIELDS, type FieldAccess } from './response-fields.ts'

/** What is used of Koa's context; Koa has no types of its own. */
export interface KoaContext {
  readonly req: IncomingMessage
  /** With what body parsers leave on it. */
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

/** Options of {@link requireToken}. */
export interface RequireTokenOptions<Context extends KoaContext> extends PreflightOptions {
  /**
   * What to do with a refusal, instead of setting it on the context as it is; `next` is not called in any case. Default
   * sets its status, headers and body.
   */
  readonly onRefusal?: ((refusal: Refusal, context: Context) => unknown) | undefined
}

/** What a middleware leaves on `context.state`, for `new Koa<AuthState>()`. */
export interface AuthState<Token = GuardToken<OptionalGuard>> {
  auth?: Token | undefined
}

/**
 * Turns a guard into a middleware. A refused request is answered here; one that may pass has its token on
 * `context.state.auth`, `undefined` when the guard is optional and there was none.
 *
 * A CORS preflight that reaches the guard is answered with 204 and no permission: put a CORS middleware before the guard.
 * Tokens in forms are seen behind a body parser only. `app.proxy` is not consulted.
 *
 * @throws TypeError when the guard is none, or an option is unknown.
 *
 * @example
 * ```ts
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { type AuthState, requireToken } from '@token-introspection/client/koa'
 * import Koa from 'koa'
 *
 * export function ordersApi(introspection: IntrospectionClient) {
 *   const app = new Koa<AuthState>()
 *   app.use(requireToken(introspection.guard({ audience: 'https://orders.example.com', scope: 'orders:read' })))
 *   app.use((context) => {
 *     context.body = { orders: [], for: context.state.auth?.sub }
 *   })
 *   return app
 * }
 * ```
 */
export function requireToken<G extends OptionalGuard, Context extends KoaContext = KoaContext>(
  guard: G,
  options: RequireTokenOptions<Context> = {},
): (context: Context, next: () => Promise<unknown>) => Promise<void> {
  requireGuard(guard)
  const decide = decideBy(guard)
  const { onRefusal, passPreflights } = resolveRequireToken<(refusal: Refusal, context: Context) => unknown>(options)
  return (context, next) => {
    // Not in a promise: other frameworks do not look at one.
    requireFramework('Koa', typeof (context as Partial<Context> | undefined)?.request?.req === 'object')
    return pass(context, next)
  }

  async function pass(context: Context, next: () => Promise<unknown>): Promise<void> {
    const { req, originalUrl } = context
    const guarded = readNodeRequest(req, originalUrl, parsedBodyOf(context))
    if (isPreflight(guarded)) {
      if (passPreflights) await next()
      else answerPreflight(context)
      return
    }
    // An answer at hand is not waited for: the next middleware runs in the same tick.
    const decided = decide(guarded)
    const decision = isPromise(decided) ? await decided : decided
    if (decision.allowed) {
      const { headers, token } = decision
      context.state.auth = token
      addFields(headers, context, ACCESS)
      await next()
      // Once more: what came after may have made public what must not be.
      if (!context.headerSent) addFields(headers, context, ACCESS)
    } else if (onRefusal === undefined) {
      setRefusal(decision, context)
    } else {
      await onRefusal(decision, context)
    }
  }
}

/** 204 without permission, as {@link PreflightOptions} says. */
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
  // Koa gives a media type to an answer that has none.
  if (body === '') context.remove('content-type')
}

/** On Koa's request as a rule; some parsers patch Node's instead. */
function parsedBodyOf({ request, req }: KoaContext): { readonly body?: unknown } {
  return request.body === undefined ? (req as { body?: unknown }) : request
}

const ACCESS: FieldAccess<KoaContext> = {
  // Koa says '' of a field that is not set.
  get: (context, name) => context.response.get(name) || undefined,
  set: (context, name, value) => context.set(name, value),
}
