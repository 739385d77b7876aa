/** Guards for Nest: one for the application, told by decorators what each route requires. */
import {
  type CanActivate,
  createParamDecorator,
  type CustomDecorator,
  type ExecutionContext,
  HttpException,
  SetMetadata,
} from '@nestjs/common'
import { ModuleRef, Reflector } from '@nestjs/core'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { copyOptions, OptionGroup } from '@token-introspection/core/options'
import {
  type GuardOptions,
  type GuardRequest,
  IntrospectionClient,
  isPreflight,
  type OptionalGuard,
  type OptionalGuardOptions,
  type Refusal,
} from '../index.ts'
import { addHeaders, toGuardRequest } from './node.ts'
import { readNodeRequest } from './node-request.ts'
import type { PreflightOptions } from './require-token-options.ts'
import { addFields, type FieldAccess } from './response-fields.ts'

/** What makes guards: an `IntrospectionClient`. */
export interface GuardMaker {
  guard(options: OptionalGuardOptions): OptionalGuard
}

/**
 * Gets the request from a context that is not HTTP's, such as that of a resolver or a gateway: one of Express, of Fastify, of
 * Node, or what a guard takes. `undefined` denies.
 */
export type RequestOf = (context: ExecutionContext) => object | undefined

/** Options of {@link TokenGuard}. */
export interface TokenGuardOptions extends PreflightOptions {
  /** What every route requires, on top of the client's `policy`; routes say more with `@RequireToken`. Default nothing. */
  readonly guard?: GuardOptions | OptionalGuardOptions | undefined
  /** The request of contexts that are not HTTP's. Default none, and then they are denied. */
  readonly requestOf?: RequestOf | undefined
}

/**
 * A refused request, for exception filters: status and body are those of the refusal, and its headers are on the response
 * by the time it is thrown. A refusal without a body gets that of Nest.
 */
export class TokenRefusedException extends HttpException {
  /** Why, with everything there is to send. */
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(bodyOf(refusal), refusal.status, { cause: refusal.error })
    this.refusal = refusal
  }
}

/**
 * A CORS preflight that no CORS middleware has answered, for exception filters: 204, no body, no permission. A filter that
 * catches everything sends `getStatus()` without a body.
 */
export class PreflightException extends HttpException {
  constructor() {
    super('', 204)
  }
}

/**
 * The guard of an application, or of a controller: every route needs a token, unless it is `@Public()`. On Express and on
 * Fastify alike.
 *
 * A refused request is a {@link TokenRefusedException}. One that may pass has its token on `request.auth`, which `@Auth()`
 * gives to a handler. A CORS preflight that reaches the guard, because the route takes `OPTIONS`, is a
 * {@link PreflightException}: 204 and no permission. `app.enableCors()` answers preflights before any guard. Contexts that
 * are not HTTP's are denied, unless `requestOf` finds their request.
 *
 * `@UseGuards(TokenGuard)`, by the class, needs a provider: of `TokenGuard`, which is then the guard with its options, or else of
 * `IntrospectionClient`. Without either, or with several, the application does not start.
 *
 * @example
 * ```ts
 * import { Module } from '@nestjs/common'
 * import { APP_GUARD } from '@nestjs/core'
 * import { IntrospectionClient } from '@token-introspection/client'
 * import { TokenGuard } from '@token-introspection/client/nest'
 *
 * export class AppModule {}
 * Module({
 *   providers: [
 *     {
 *       provide: APP_GUARD,
 *       useFactory: (introspection: IntrospectionClient) => new TokenGuard(introspection),
 *       inject: [IntrospectionClient],
 *     },
 *   ],
 * })(AppModule)
 * ```
 */
export class TokenGuard implements CanActivate {
  #source: GuardMaker | TokenGuard | ModuleRef
  readonly #ofAll: object
  readonly #requestOf: RequestOf | undefined
  readonly #passPreflights: boolean
  readonly #guards = new WeakMap<object, WeakMap<object, OptionalGuard>>()

  /**
   * @param source - the client, or another object that makes guards.
   * @throws TypeError when the source makes no guards, or an option is unknown.
   */
  constructor(source: GuardMaker, options: TokenGuardOptions = {}) {
    requireSource(source)
    if (source instanceof ModuleRef) madeByNest.add(this)
    const group = new OptionGroup('tokenGuard', options, ['guard', 'requestOf', 'passPreflights'])
    this.#source = source
    this.#ofAll = copyOptions('tokenGuard.guard', group.raw('guard') as object | undefined)
    this.#requestOf = group.function<RequestOf>('requestOf')
    this.#passPreflights = group.boolean('passPreflights', false)
  }

  /**
   * Finds the provider of a guard that Nest made from its class. Nest calls it when the application starts.
   *
   * @throws TypeError when there is no provider, or more than one.
   */
  onModuleInit(): void {
    if (this.#source instanceof ModuleRef) this.#source = findSource(this.#source)
  }

  /** Decides about one request. It throws a {@link TokenRefusedException}, a {@link PreflightException}, or what is a bug. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Modules that are loaded later are not told that the application starts.
    if (this.#source instanceof ModuleRef) this.onModuleInit()
    if (this.#source instanceof TokenGuard) return this.#source.canActivate(context)
    const isHttp = context.getType() === 'http'
    const guard = this.#guardOf(context.getHandler(), context.getClass())
    if (guard === undefined) {
      if (isHttp) Object.assign(context.switchToHttp().getRequest<object>(), { auth: undefined })
      return true
    }
    const request = isHttp ? context.switchToHttp().getRequest<object>() : this.#requestOf?.(context)
    if (request === undefined) return false
    const guarded = asGuardRequest(request)
    if (isHttp && isPreflight(guarded)) {
      if (this.#passPreflights) return true
      throw new PreflightException()
    }
    const decision = await guard(guarded)
    if (isHttp) setHeaders(decision.headers, context.switchToHttp().getResponse<object>())
    if (!decision.allowed) throw new TokenRefusedException(decision)
    Object.assign(request, { auth: decision.token })
    return true
  }

  /** Made once for each route; `undefined` for a public one. */
  #guardOf(handler: object, controller: object): OptionalGuard | undefined {
    const ofHandler = reflector.get<Marking | undefined>(MARKING, handler as () => void)
    const ofController = reflector.get<Marking | undefined>(MARKING, controller as () => void)
    if ((ofHandler ?? ofController) === PUBLIC) return undefined
    const known = this.#guards.get(controller) ?? new WeakMap<object, OptionalGuard>()
    this.#guards.set(controller, known)
    let guard = known.get(handler)
    if (guard === undefined) {
      guard = (this.#source as GuardMaker).guard({
        ...this.#ofAll,
        ...optionsOf(ofController),
        ...optionsOf(ofHandler),
      } as never)
      known.set(handler, guard)
    }
    return guard
  }
}

// What Nest hands to the constructor when it makes a guard from the class. A subclass with a constructor says its own.
Reflect.defineMetadata('design:paramtypes', [ModuleRef], TokenGuard)

/** Guards that Nest made from the class, to be told from those that somebody provides. */
const madeByNest = new WeakSet<object>()

function requireSource(source: unknown): void {
  if (source instanceof ModuleRef || typeof (source as Partial<GuardMaker> | undefined)?.guard === 'function') return
  throw new TypeError('TokenGuard: the first argument must be an IntrospectionClient, or another object with guard()')
}

/** The one guard that somebody provides with its options, or the one client: of this module, or else of any. */
function findSource(modules: ModuleRef): GuardMaker | TokenGuard {
  for (const token of [TokenGuard, IntrospectionClient] as const) {
    for (const strict of [true, false]) {
      const [found, ...others] = instancesOf(modules, token, strict)
      if (found !== undefined && others.length === 0) return found
      if (found !== undefined) {
        throw new TypeError(
          `@UseGuards(TokenGuard): ${others.length + 1} providers of ${token.name} were found, and which one to take is not known. Provide TokenGuard in the module of the controller, or use APP_GUARD or @UseGuards(new TokenGuard(client))`,
        )
      }
    }
  }
  throw new TypeError(
    '@UseGuards(TokenGuard): no provider of TokenGuard or IntrospectionClient was found. Add { provide: IntrospectionClient, useValue: client } to the providers of the module',
  )
}

function instancesOf(
  modules: ModuleRef,
  token: typeof TokenGuard | typeof IntrospectionClient,
  strict: boolean,
): (GuardMaker | TokenGuard)[] {
  try {
    const found = modules.get<GuardMaker | TokenGuard, GuardMaker | TokenGuard>(token, { strict, each: true })
    // Those that Nest made from the class are looking for one themselves.
    return [...new Set(found)].filter((each) => !madeByNest.has(each))
  } catch {
    // What Nest throws where there is none.
    return []
  }
}

/**
 * What a route, or every route of a controller, requires: a method's options go before those of its class, name by name, and
 * those before the guard's own. It takes the place of `@Public()` on the class.
 *
 * @throws TypeError when the method or class is `@Public()` itself, or has another `@RequireToken`.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common'
 * import type { ActiveIntrospectionResult } from '@token-introspection/client'
 * import { Auth, RequireToken } from '@token-introspection/client/nest'
 *
 * @Controller('orders')
 * export class OrdersController {
 *   @Get()
 *   @RequireToken({ scope: 'orders:read' })
 *   list(@Auth() token: ActiveIntrospectionResult) {
 *     return { orders: [], for: token.sub }
 *   }
 * }
 * ```
 */
export function RequireToken(options: GuardOptions | OptionalGuardOptions): MethodDecorator & ClassDecorator {
  return mark(Object.freeze(copyOptions('RequireToken', options)))
}

/**
 * A route, or every route of a controller, that needs no token and looks at none.
 *
 * @throws TypeError when the method or class has `@RequireToken` as well.
 */
export function Public(): MethodDecorator & ClassDecorator {
  return mark(PUBLIC)
}

/**
 * The token of a request that a {@link TokenGuard} has let pass; `undefined` on a public route, and where the guard is
 * optional and there was none. Where the context is not HTTP's, give it the function that the guard has as `requestOf`.
 *
 * @throws TypeError when the handler is called for a request that no guard has judged.
 */
export const Auth: (requestOf?: RequestOf) => ParameterDecorator = createParamDecorator(
  (requestOf: RequestOf | undefined, context: ExecutionContext): unknown => {
    const request = requestOf === undefined ? context.switchToHttp().getRequest<object>() : requestOf(context)
    if (request === undefined || !('auth' in request)) throw new TypeError('no TokenGuard has judged this request')
    return request.auth
  },
)

const reflector = new Reflector()
const MARKING = 'token-introspection:guard'
const PUBLIC = 'public'
type Marking = typeof PUBLIC | GuardOptions | OptionalGuardOptions

/** Both on one method would mean either, by their order. */
function mark(marking: Marking): MethodDecorator & ClassDecorator {
  const decorate: CustomDecorator = SetMetadata(MARKING, marking)
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    const marked = (descriptor?.value ?? target) as object
    if (Reflect.getOwnMetadata(MARKING, marked) !== undefined) {
      throw new TypeError('@RequireToken and @Public: one of them, once')
    }
    if (key === undefined || descriptor === undefined) decorate(target as never)
    else decorate(target, key, descriptor)
  }
}

function optionsOf(marking: Marking | undefined): object | undefined {
  return marking === PUBLIC ? undefined : marking
}

/** Fastify keeps Node's request within its own, Express extends it, and what is neither is one already. */
function asGuardRequest(request: object): GuardRequest {
  if ('raw' in request) {
    const { raw, originalUrl } = request as { raw: IncomingMessage; originalUrl?: string }
    return readNodeRequest(raw, originalUrl ?? raw.url, request as { body?: unknown })
  }
  if (typeof (request as Partial<GuardRequest>).headers?.get === 'function') return request as GuardRequest
  return toGuardRequest(request as IncomingMessage)
}

function setHeaders(headers: Readonly<Record<string, string>>, response: object): void {
  if ('raw' in response) addFields(headers, response as unknown as FastifyLikeReply, FASTIFY)
  else addHeaders(headers, response as ServerResponse)
}

interface FastifyLikeReply {
  getHeader(name: string): number | string | readonly string[] | undefined
  header(name: string, value: string): unknown
}

const FASTIFY: FieldAccess<FastifyLikeReply> = {
  get: (reply, name) => reply.getHeader(name),
  set: (reply, name, value) => void reply.header(name, value),
}

function bodyOf({ status, body }: Refusal): Record<string, unknown> {
  return body === '' ? { statusCode: status, message: 'Unauthorized' } : (JSON.parse(body) as Record<string, unknown>)
}
