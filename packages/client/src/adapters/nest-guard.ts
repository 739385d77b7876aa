/** Guards for Nest: one guard for the application, and decorators for the requirements of each route. */
import {
  applyDecorators,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  HttpException,
  UseInterceptors,
} from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { copyOptions, OptionGroup } from '@token-introspection/core/options'
import {
  type ActiveIntrospectionResult,
  type GuardOptions,
  type GuardRequest,
  IntrospectionClient,
  isPreflight,
  type OptionalGuard,
  type OptionalGuardOptions,
  type Refusal,
} from '../index.ts'
import { judgedOnly, noteJudged } from './nest-judged.ts'
import { mark, PUBLIC, routeOptions } from './nest-marking.ts'
import { addHeaders, toGuardRequest } from './node.ts'
import { readNodeRequest } from './node-request.ts'
import type { PreflightOptions } from './middleware-options.ts'
import { PassedTokens } from './passed-tokens.ts'
import { addFields, type FieldAccess } from './response-fields.ts'

/** An object that creates guards: an `IntrospectionClient`. */
export interface GuardMaker<Claims extends object = object> {
  guard(options: OptionalGuardOptions<Claims>): OptionalGuard<Claims>
}

/**
 * Finds the request in a context other than HTTP, such as that of a resolver or a gateway: a request of Express,
 * Fastify or Node, or one that guards accept. `undefined` denies access.
 */
export type RequestOf = (context: ExecutionContext) => object | undefined

/** Options of {@link TokenGuard}. */
export interface TokenGuardOptions<Claims extends object = object> extends PreflightOptions {
  /**
   * Requirements of every route, on top of the client's `policy`. `@RequireToken` adds more for single routes. Default
   * none.
   */
  readonly guard?: GuardOptions<Claims> | OptionalGuardOptions<Claims> | undefined
  /** Finds the request in contexts other than HTTP. Default none: such contexts are denied. */
  readonly requestOf?: RequestOf | undefined
}

/**
 * A refused request, for exception filters. Status and body are those of the refusal, and the response already has its
 * headers. A refusal without a body gets the body of Nest.
 */
export class TokenRefusedException extends HttpException {
  /** The refusal, with its reason and everything to send. */
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(bodyOf(refusal), refusal.status, { cause: refusal.error })
    this.refusal = refusal
  }
}

/**
 * A CORS preflight that no CORS middleware has answered, for exception filters: 204, no body, no CORS permission. A
 * filter that catches every exception should send `getStatus()` without a body.
 */
export class PreflightException extends HttpException {
  constructor() {
    super('', 204)
  }
}

/**
 * The guard of an application, or of a controller, on Express and on Fastify. Every route needs a token, unless it is
 * `@Public()`.
 *
 * A refused request throws a {@link TokenRefusedException}. An allowed request has its token on `request.auth`, which
 * `@Auth()` passes to a handler. A CORS preflight that reaches the guard throws a {@link PreflightException}: 204 and
 * no CORS permission. `app.enableCors()` answers preflights before any guard. Non-HTTP contexts (WebSocket gateways,
 * microservices, GraphQL) are denied unless you pass `requestOf`.
 *
 * `@UseGuards(TokenGuard)` with the class needs a provider of `TokenGuard`, whose options it then uses, or of
 * `IntrospectionClient`. Without a provider, or with several, the application does not start.
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
export class TokenGuard<Claims extends object = object> implements CanActivate {
  #source: GuardMaker | TokenGuard | ModuleRef
  readonly #ofAll: object
  readonly #requestOf: RequestOf | undefined
  readonly #passPreflights: boolean
  readonly #passed = new PassedTokens<ActiveIntrospectionResult<Claims> | undefined>()
  readonly #guards = new WeakMap<object, WeakMap<object, OptionalGuard>>()

  /**
   * @param source - the client, or another object that creates guards.
   * @throws TypeError when the source cannot create guards, or an option is unknown.
   */
  constructor(source: GuardMaker<Claims>, options: TokenGuardOptions<Claims> = {}) {
    requireSource(source)
    if (source instanceof ModuleRef) madeByNest.add(this)
    const group = new OptionGroup('tokenGuard', options, ['guard', 'requestOf', 'passPreflights'])
    this.#source = source as GuardMaker | ModuleRef
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

  /**
   * Decides about one request. It throws a {@link TokenRefusedException}, a {@link PreflightException}, or the error of
   * a bug.
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Nest does not call the start hook for modules that are loaded later.
    if (this.#source instanceof ModuleRef) this.onModuleInit()
    if (this.#source instanceof TokenGuard) return this.#source.canActivate(context)
    const isHttp = context.getType() === 'http'
    const guard = this.#guardOf(context)
    if (guard === undefined) {
      if (isHttp) this.#note(context.switchToHttp().getRequest<object>(), undefined)
      return true
    }
    const request = isHttp ? context.switchToHttp().getRequest<object>() : this.#requestOf?.(context)
    if (request === undefined) return false
    const guarded = asGuardRequest(request)
    if (isHttp && isPreflight(guarded)) {
      if (!this.#passPreflights) throw new PreflightException()
      noteJudged(context)
      return true
    }
    const decision = await guard(guarded)
    if (isHttp) {
      noteJudged(context)
      setHeaders(decision.headers, context.switchToHttp().getResponse<object>())
    }
    if (!decision.allowed) throw new TokenRefusedException(decision)
    this.#note(request, decision.token as ActiveIntrospectionResult<Claims> | undefined)
    return true
  }

  /**
   * The token of a request that this guard has let pass, with the type of your claims; `undefined` on a public route, and
   * without a token when the guard is optional.
   *
   * @param request - the request of Express or Fastify, or the one that `requestOf` finds.
   * @throws TypeError when this guard did not let the request pass.
   *
   * @example
   * ```ts
   * import type { TokenGuard } from '@token-introspection/client/nest'
   *
   * export const tenantOf = (guard: TokenGuard<{ tenant: string }>, request: object) => guard.tokenOf(request)?.tenant
   * ```
   */
  tokenOf(request: object): ActiveIntrospectionResult<Claims> | undefined {
    if (this.#source instanceof TokenGuard) return (this.#source as TokenGuard<Claims>).tokenOf(request)
    return this.#passed.of(request)
  }

  #note(request: object, token: ActiveIntrospectionResult<Claims> | undefined): void {
    Object.assign(request, { auth: token })
    this.#passed.note(request, token)
  }

  /** The guard of a route, created once per route; `undefined` for a public one. */
  #guardOf(context: ExecutionContext): OptionalGuard | undefined {
    const options = routeOptions(context)
    if (options === undefined) return undefined
    const [handler, controller] = [context.getHandler(), context.getClass()]
    const known = this.#guards.get(controller) ?? new WeakMap<object, OptionalGuard>()
    this.#guards.set(controller, known)
    let guard = known.get(handler)
    if (guard === undefined) {
      guard = (this.#source as GuardMaker).guard({ ...this.#ofAll, ...options } as never)
      known.set(handler, guard)
    }
    return guard
  }
}

// Nest passes this to the constructor when it creates a guard from the class. A subclass with a constructor passes its
// own source.
Reflect.defineMetadata('design:paramtypes', [ModuleRef], TokenGuard)

/** Guards that Nest created from the class. Guards from a provider are not in this set. */
const madeByNest = new WeakSet<object>()

function requireSource(source: unknown): void {
  if (source instanceof ModuleRef || typeof (source as Partial<GuardMaker> | undefined)?.guard === 'function') return
  throw new TypeError('TokenGuard: the first argument must be an IntrospectionClient, or another object with guard()')
}

/** The provided guard with options, or the provided client: of this module, or else of any module. */
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
    // Guards that Nest created from the class are looking for a provider themselves.
    return [...new Set(found)].filter((each) => !madeByNest.has(each))
  } catch {
    // Nest throws when there is none.
    return []
  }
}

/**
 * The requirements of a route, or of every route of a controller. Options of a method override those of its class, one
 * by one, and both override those of the guard. On a method it overrides `@Public()` of the class.
 *
 * The decorator is not a guard itself: the route needs a {@link TokenGuard}, by `APP_GUARD` or `@UseGuards(TokenGuard)`. When no
 * `TokenGuard` has judged an HTTP request, the handler does not run, and Nest gets a TypeError that says so: a 500.
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
  return applyDecorators(mark(Object.freeze(copyOptions('RequireToken', options))), UseInterceptors(judgedOnly))
}

/**
 * Opens a route, or every route of a controller. It needs no token, and the guard ignores a token.
 *
 * @throws TypeError when the method or class has `@RequireToken` as well.
 */
export function Public(): MethodDecorator & ClassDecorator {
  return mark(PUBLIC)
}

/**
 * A decorator of parameters that takes only a parameter whose type the token has. Without a type of the token it takes every
 * parameter.
 */
export type TokenParameter<Token> = [Token] extends [never]
  ? ParameterDecorator
  : <Target extends object, Key extends keyof Target, Index extends number>(
      target: Target,
      key: Key,
      index: Target[Key] extends (...parameters: infer Parameters) => unknown
        ? [Token] extends [Parameters[Index]]
          ? Index
          : never
        : never,
    ) => void

/**
 * The token of a request that a {@link TokenGuard} has let pass; `undefined` on a public route, and without a token
 * when the guard is optional. For contexts other than HTTP, pass the function that the guard has as `requestOf`.
 *
 * Nest has no types of what a decorator passes. With a type argument, the compiler checks that the parameter has this type. Write it
 * once for an application, as in the example.
 *
 * @throws TypeError when the handler is called for a request that no guard has judged.
 *
 * @example
 * ```ts
 * import { Controller, Get } from '@nestjs/common'
 * import type { ActiveIntrospectionResult } from '@token-introspection/client'
 * import { Auth } from '@token-introspection/client/nest'
 *
 * type Token = ActiveIntrospectionResult<{ tenant: string }>
 * const Caller = () => Auth<Token>()
 *
 * @Controller('orders')
 * export class OrdersController {
 *   @Get()
 *   list(@Caller() token: Token) {
 *     return { orders: [], for: token.tenant }
 *   }
 * }
 * ```
 */
export const Auth = createParamDecorator((requestOf: RequestOf | undefined, context: ExecutionContext): unknown => {
  const request = requestOf === undefined ? context.switchToHttp().getRequest<object>() : requestOf(context)
  if (request === undefined || !('auth' in request)) throw new TypeError('no TokenGuard has judged this request')
  return request.auth
}) as <Token = never>(requestOf?: RequestOf) => TokenParameter<Token>

/** Fastify wraps Node's request, and Express extends it. Any other value is a request already. */
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
