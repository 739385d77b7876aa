/** The guard for Nest: one for the application, with requirements of each route. */
import type { CanActivate, ExecutionContext } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'
import { copyOptions, OptionGroup } from '@token-introspection/core/options'
import {
  type ActiveIntrospectionResult,
  type GuardOptions,
  IntrospectionClient,
  isPreflight,
  type OptionalGuard,
  type OptionalGuardOptions,
} from '../index.ts'
import { PreflightException, TokenRefusedException } from './nest-exceptions.ts'
import { noteJudged } from './nest-judged.ts'
import { routeOptions } from './nest-marking.ts'
import { asGuardRequest, type RequestOf, setHeaders } from './nest-request.ts'
import type { PreflightOptions } from './middleware-options.ts'
import { PassedTokens } from './passed-tokens.ts'

/** An object that creates guards: an `IntrospectionClient`. */
export interface GuardMaker<Claims extends object = object> {
  guard(options: OptionalGuardOptions<Claims>): OptionalGuard<Claims>
}

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
