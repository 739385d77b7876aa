/** Guards for Fastify: a hook for one route, or a plugin for every route that reads `config.auth`. */
import type { FastifyContextConfig, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { OptionGroup } from '@token-introspection/core/options'
import type { ActiveIntrospectionResult, GuardToken, OptionalGuard } from '../index.ts'
import { decideBy } from './decide-by.ts'
import { endHook, guardRequestOf, judge, type OnRefusal, type ResolvedHook } from './fastify-judge.ts'
import { type Connection, type ConnectionWatchOptions, watchConnection } from './watch-connection.ts'
import { requireFramework } from './require-framework.ts'
import { type PreflightOptions, readMiddleware, readProperty, requireGuard } from './middleware-options.ts'
import { PassedTokens } from './passed-tokens.ts'

/**
 * The types of the token on requests. Declare your own once in an application: `token`, the type of the token, and `property`,
 * the name of the member, if it is not `auth`.
 *
 * @example
 * ```ts
 * import type { ActiveIntrospectionResult } from '@token-introspection/client'
 *
 * declare module '@token-introspection/client/fastify' {
 *   interface RequestTokenTypes {
 *     token: ActiveIntrospectionResult<{ tenant: string }>
 *   }
 * }
 * ```
 */
// oxlint-disable-next-line typescript/no-empty-interface
export interface RequestTokenTypes {}

/** The name of the member of requests that holds the token. */
export type TokenProperty = RequestTokenTypes extends { property: infer Property extends string } ? Property : 'auth'

/**
 * The member of requests that holds the token of a request that has passed a guard. It is `undefined` without a guard, or without
 * a token when the guard is optional.
 */
export type RequestTokens = {
  [Property in TokenProperty]?:
    | (RequestTokenTypes extends { token: infer Token } ? Token : ActiveIntrospectionResult)
    | undefined
}

declare module 'fastify' {
  interface FastifyRequest extends RequestTokens {}
  interface FastifyContextConfig {
    /** The guard of the route, or `false` for an open route. Needs the plugin `tokenGuards`. */
    auth?: OptionalGuard | false | undefined
  }
}

/** Options of {@link fastifyGuard}. */
export interface FastifyGuardOptions extends PreflightOptions {
  /**
   * The member of the request that holds the token, for applications in which `request.auth` is something else. Declare it in
   * {@link RequestTokenTypes} too. Default `auth`.
   */
  readonly property?: TokenProperty | undefined

  /** Handles a refusal in place of the default response. Default sends the refusal. */
  readonly onRefusal?: OnRefusal | undefined
}

/** A request of Fastify, whatever its server is: HTTP, HTTPS, HTTP/2, or unknown, as in the hooks of `@fastify/http-proxy`. */
export interface RequestOfAnyServer {
  readonly raw: object
}

/**
 * A hook for `onRequest`, `preParsing`, `preValidation` or `preHandler`. When the guard decides synchronously, the hook
 * calls `done` in the same tick. Otherwise, and without `done`, it returns a promise.
 */
export interface TokenHook<Token = GuardToken<OptionalGuard>> {
  (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined>
  (
    request: FastifyRequest,
    reply: FastifyReply,
    done: (error?: Error) => void,
  ): Promise<FastifyReply | undefined> | undefined
  /**
   * The token of a request that this hook has let pass, with the type of your claims.
   *
   * @throws TypeError when this hook did not let the request pass.
   */
  tokenOf(request: RequestOfAnyServer): Token
  /**
   * Watches the token of a request that this hook has let pass, until the connection ends: see `watch` of the guard.
   *
   * @param connection - the reply, or a socket.
   * @throws TypeError for a guard that is a function of yours, because it has no client to ask.
   */
  watch(
    request: RequestOfAnyServer,
    connection: Pick<FastifyReply, 'raw'> | Connection,
    options?: ConnectionWatchOptions,
  ): AbortSignal
}

/**
 * Turns a guard into a hook. The hook answers a refused request. `tokenOf` gives the token of an allowed request, `undefined`
 * when the guard is optional and there was no token. It is on `request.auth` too, or on the member that the option `property`
 * names.
 *
 * As `onRequest` it refuses before Fastify reads a body. To read tokens in forms, use `preValidation` or later, with
 * `@fastify/formbody`. The hook answers a CORS preflight with 204 and no CORS permission: register `@fastify/cors`
 * before the guard. `trustProxy` has no effect.
 *
 * @throws TypeError when the guard is not a guard, or an option is unknown.
 *
 * @example
 * ```ts
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { fastifyGuard } from '@token-introspection/client/fastify'
 * import Fastify from 'fastify'
 *
 * export function ordersApi(introspection: IntrospectionClient) {
 *   const mayRead = fastifyGuard(introspection.guard({ audience: 'https://orders.example.com', scope: 'orders:read' }))
 *   const app = Fastify()
 *   app.get('/orders', { onRequest: mayRead }, (request) => ({ orders: [], for: mayRead.tokenOf(request).sub }))
 *   return app
 * }
 * ```
 */
export function fastifyGuard<G extends OptionalGuard>(
  guard: G,
  options: FastifyGuardOptions = {},
): TokenHook<GuardToken<G>> {
  requireGuard(guard)
  const resolved = readHook(new OptionGroup('fastifyGuard', options, HOOK_OPTIONS))
  const decide = decideBy(guard)
  const hook = (request: FastifyRequest, reply: FastifyReply, done?: unknown) => {
    requireFramework('Fastify', typeof (request as Partial<FastifyRequest> | undefined)?.raw === 'object')
    return endHook(judge(decide, resolved, request, reply), reply, done)
  }
  const tokenOf = (request: RequestOfAnyServer): unknown => resolved.passed.of(request)
  const watch: TokenHook['watch'] = (request, connection, given) =>
    watchConnection(
      guard,
      guardRequestOf(request as FastifyRequest),
      'raw' in connection ? connection.raw : connection,
      given,
    )
  return Object.assign(hook, { tokenOf, watch }) as TokenHook<GuardToken<G>>
}

const HOOK_OPTIONS = ['onRefusal', 'passPreflights', 'property'] as const

function readHook(group: OptionGroup): ResolvedHook {
  return { ...readMiddleware<OnRefusal>(group), property: readProperty(group), passed: new PassedTokens() }
}

/** Options of {@link tokenGuards}. */
export interface TokenGuardsOptions extends FastifyGuardOptions {
  /** The guard of routes without `config.auth`. Default none: such a route is open. */
  readonly guard?: OptionalGuard | undefined
  /**
   * The hook in which routes are guarded. Use `preValidation` for guards that read tokens from forms. Default
   * `onRequest`.
   */
  readonly hook?: 'onRequest' | 'preValidation' | undefined
}

/**
 * A plugin that guards every route of its instance and of the instances below: with `config.auth` of the route, or with
 * its option `guard` when the route has no `config.auth`. A route with `config.auth: false` is open. The plugin is not
 * encapsulated. Register it in a scope of its own to guard only that scope.
 *
 * Security: routes outside this scope ignore `config.auth`. Set `guard` so that routes are closed by default, and open
 * single ones with `auth: false`.
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
  // As a promise, because no code catches errors of a plugin with a callback.
  (async (app, options) => {
    const group = new OptionGroup('tokenGuards', options, ['guard', 'hook', ...HOOK_OPTIONS, 'prefix', 'logLevel'])
    const guardOfOthers = group.function<OptionalGuard>('guard')
    const resolved = readHook(group)
    const hook = group.oneOf('hook', ['onRequest', 'preValidation'] as const, 'onRequest')
    // Two plugins would judge a request twice, and a DPoP proof works only once.
    if (app.hasDecorator(REGISTERED)) throw new TypeError('tokenGuards: is registered with this instance already')
    app.decorate(REGISTERED, true)
    if (!app.hasRequestDecorator(resolved.property)) app.decorateRequest(resolved.property, undefined)
    app.addHook(hook, (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
      const { auth = guardOfOthers } = configOf(request)
      if (auth === undefined || auth === false) done()
      else return endHook(judge(decideBy(auth), resolved, request, reply), reply, done)
      return undefined
    })
  }) satisfies FastifyPluginAsync<TokenGuardsOptions>,
  // As `fastify-plugin` does: hooks and decorators apply to the registering instance.
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'token-introspection-guards' },
)

/** Older versions of Fastify 4 have the config in another place. */
function configOf(request: FastifyRequest): FastifyContextConfig {
  const { routeOptions, context } = request as Partial<FastifyRequest> & {
    readonly context?: FastifyRequest['routeOptions']
  }
  return routeOptions?.config ?? context?.config ?? {}
}

const REGISTERED = Symbol('token-introspection-guards')

export type { OnRefusal } from './fastify-judge.ts'
// The earlier name, which is the same in every entry.
export { fastifyGuard as requireToken }
