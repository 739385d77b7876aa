/** Guards for Fastify: as a hook of one route, or of every route by a plugin that reads `config.auth`. */
import type { FastifyContextConfig, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { OptionGroup } from '@token-introspection/core/options'
import { isPromise } from '@token-introspection/core/maybe-promise'
import {
  type ActiveIntrospectionResult,
  isPreflight,
  type MaybePromise,
  type OptionalGuard,
  type OptionalGuardDecision,
  type Refusal,
} from '../index.ts'
import { type Decide, decideBy } from './decide-by.ts'
import { readNodeRequest } from './node-request.ts'
import { requireFramework } from './require-framework.ts'
import {
  type PreflightOptions,
  readRequireToken,
  requireGuard,
  type ResolvedRequireToken,
  resolveRequireToken,
} from './require-token-options.ts'
import { addFields, BODY_FIELDS, type FieldAccess } from './response-fields.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The token of a request that has passed a guard; `undefined` where there is no guard, or it is optional. */
    auth?: ActiveIntrospectionResult | undefined
  }
  interface FastifyContextConfig {
    /** The guard of the route, or `false` for none, behind the plugin `tokenGuards`. */
    auth?: OptionalGuard | false | undefined
  }
}

/** What to do with a refusal, instead of sending it: it must be answered, or an error thrown. */
export type OnRefusal = (refusal: Refusal, request: FastifyRequest, reply: FastifyReply) => unknown

/** Options of {@link requireToken}. */
export interface RequireTokenOptions extends PreflightOptions {
  /** What to do with a refusal, instead of sending it as it is. Default sends it. */
  readonly onRefusal?: OnRefusal | undefined
}

/**
 * A hook for `onRequest`, `preParsing`, `preValidation` or `preHandler`. Fastify gives it `done`, and the hook calls it in the same
 * tick when the guard decides at once; otherwise, and without `done`, it returns a promise.
 */
export interface TokenHook {
  (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined>
  (
    request: FastifyRequest,
    reply: FastifyReply,
    done: (error?: Error) => void,
  ): Promise<FastifyReply | undefined> | undefined
}

/**
 * Turns a guard into a hook. A refused request is answered here; one that may pass has its token on `request.auth`,
 * `undefined` when the guard is optional and there was none.
 *
 * As `onRequest` it refuses before a body is read; tokens in forms are seen from `preValidation` on, behind
 * `@fastify/formbody`. A CORS preflight that reaches the guard is answered with 204 and no permission: register
 * `@fastify/cors` before the guard. `trustProxy` is not consulted.
 *
 * @throws TypeError when the guard is none, or an option is unknown.
 *
 * @example
 * ```ts
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { requireToken } from '@token-introspection/client/fastify'
 * import Fastify from 'fastify'
 *
 * export function ordersApi(introspection: IntrospectionClient) {
 *   const mayRead = requireToken(introspection.guard({ audience: 'https://orders.example.com', scope: 'orders:read' }))
 *   const app = Fastify()
 *   app.get('/orders', { onRequest: mayRead }, (request) => ({ orders: [], for: request.auth?.sub }))
 *   return app
 * }
 * ```
 */
export function requireToken(guard: OptionalGuard, options: RequireTokenOptions = {}): TokenHook {
  requireGuard(guard)
  const resolved = resolveRequireToken<OnRefusal>(options)
  const decide = decideBy(guard)
  return ((request: FastifyRequest, reply: FastifyReply, done?: unknown) => {
    requireFramework('Fastify', typeof (request as Partial<FastifyRequest> | undefined)?.raw === 'object')
    return endHook(judge(decide, resolved, request, reply), reply, done)
  }) as TokenHook
}

/** Options of {@link tokenGuards}. */
export interface TokenGuardsOptions extends RequireTokenOptions {
  /** The guard of routes that say nothing. Default none, and then such a route is open. */
  readonly guard?: OptionalGuard | undefined
  /** When routes are guarded: `preValidation` for guards that take tokens from forms. Default `onRequest`. */
  readonly hook?: 'onRequest' | 'preValidation' | undefined
}

/**
 * A plugin that guards every route of the instance it is registered with, and of those below: by `config.auth` of the
 * route, by its option `guard` where the route says nothing, and not at all where `config.auth` is `false`. It is not
 * encapsulated; register it in a scope of its own to guard that scope alone.
 *
 * Security: `config.auth` of routes in other scopes is read by nobody. With the option `guard`, a route is open only where
 * it says so.
 *
 * @example
 * ```ts
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { tokenGuards } from '@token-introspection/client/fastify'
 * import Fastify from 'fastify'
 *
 * export async function ordersApi(introspection: IntrospectionClient) {
 *   const audience = 'https://orders.example.com'
 *   const app = Fastify()
 *   await app.register(tokenGuards, { guard: introspection.guard({ audience }) })
 *   app.get('/health', { config: { auth: false } }, () => 'well')
 *   app.get('/orders', { config: { auth: introspection.guard({ audience, scope: 'orders:read' }) } }, (request) => ({
 *     orders: [],
 *     for: request.auth?.sub,
 *   }))
 *   return app
 * }
 * ```
 */
export const tokenGuards: FastifyPluginAsync<TokenGuardsOptions> = Object.assign(
  // As a promise, because what a plugin with a callback throws is caught by nobody.
  (async (app, options) => {
    const group = new OptionGroup('tokenGuards', options, [
      'guard',
      'hook',
      'onRefusal',
      'passPreflights',
      'prefix',
      'logLevel',
    ])
    const guardOfOthers = group.function<OptionalGuard>('guard')
    const resolved = readRequireToken<OnRefusal>(group)
    const hook = group.oneOf('hook', ['onRequest', 'preValidation'] as const, 'onRequest')
    // Two of them would judge a request twice, and a proof is good for one time only.
    if (app.hasDecorator(REGISTERED)) throw new TypeError('tokenGuards: is registered with this instance already')
    app.decorate(REGISTERED, true)
    if (!app.hasRequestDecorator('auth')) app.decorateRequest('auth', undefined)
    app.addHook(hook, (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
      const { auth = guardOfOthers } = configOf(request)
      if (auth === undefined || auth === false) done()
      else return endHook(judge(decideBy(auth), resolved, request, reply), reply, done)
      return undefined
    })
  }) satisfies FastifyPluginAsync<TokenGuardsOptions>,
  // What `fastify-plugin` sets: hooks and decorators are for the instance that registers.
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'token-introspection-guards' },
)

/** Older versions of Fastify 4 have it elsewhere. */
function configOf(request: FastifyRequest): FastifyContextConfig {
  const { routeOptions, context } = request as Partial<FastifyRequest> & {
    readonly context?: FastifyRequest['routeOptions']
  }
  return routeOptions?.config ?? context?.config ?? {}
}

const REGISTERED = Symbol('token-introspection-guards')

/** Whether a request may go on: at once where the guard decides at once. One that may not has been answered. */
function judge(
  decide: Decide,
  resolved: ResolvedRequireToken<OnRefusal>,
  request: FastifyRequest,
  reply: FastifyReply,
): MaybePromise<boolean> {
  // Older versions of Fastify 4 have no `originalUrl`.
  const url = (request as Partial<FastifyRequest>).originalUrl ?? request.raw.url
  const guarded = readNodeRequest(request.raw, url, request)
  if (isPreflight(guarded)) {
    if (!resolved.passPreflights) answerPreflight(reply)
    return resolved.passPreflights
  }
  const decision = decide(guarded)
  return isPromise(decision)
    ? decision.then((late) => admit(late, resolved, request, reply))
    : admit(decision, resolved, request, reply)
}

function admit(
  decision: OptionalGuardDecision,
  { onRefusal }: ResolvedRequireToken<OnRefusal>,
  request: FastifyRequest,
  reply: FastifyReply,
): MaybePromise<boolean> {
  if (!decision.allowed)
    return onRefusal === undefined ? send(decision, reply) : refuse(onRefusal, decision, request, reply)
  addFields(decision.headers, reply, ACCESS)
  request.auth = decision.token
  return true
}

async function refuse(
  onRefusal: OnRefusal,
  refusal: Refusal,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<false> {
  await onRefusal(refusal, request, reply)
  if (!reply.sent) throw new TypeError('onRefusal neither answered nor threw')
  return false
}

/**
 * Ends a hook in the way Fastify expects: by `done` in the same tick, or by a promise, of the reply where it was sent. With
 * `preParsing` the payload stands in the place of `done`, and the hook promises.
 */
function endHook(
  mayGoOn: MaybePromise<boolean>,
  reply: FastifyReply,
  done: unknown,
): Promise<FastifyReply | undefined> | undefined {
  if (isPromise(mayGoOn) || typeof done !== 'function') return promiseReply(mayGoOn, reply)
  if (mayGoOn) (done as () => void)()
  return undefined
}

async function promiseReply(mayGoOn: MaybePromise<boolean>, reply: FastifyReply): Promise<FastifyReply | undefined> {
  return (await mayGoOn) ? undefined : reply
}

/** 204 without permission, as {@link PreflightOptions} says. */
function answerPreflight(reply: FastifyReply): void {
  for (const name of BODY_FIELDS) reply.removeHeader(name)
  reply.code(204).send()
}

function send({ status, headers, body }: Refusal, reply: FastifyReply): false {
  for (const name of BODY_FIELDS) reply.removeHeader(name)
  addFields(headers, reply, ACCESS)
  // Octets, because Fastify adds a charset to JSON that is text; and none at all, because it gives them a media type.
  reply.code(status).send(body === '' ? undefined : Buffer.from(body))
  return false
}

const ACCESS: FieldAccess<FastifyReply> = {
  // Middleware of other frameworks, where it is let in, sets fields past Fastify.
  get: (reply, name) => reply.getHeader(name) ?? reply.raw.getHeader(name),
  set: (reply, name, value) => void reply.header(name, value),
}
