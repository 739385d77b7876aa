/** Decorators for Nest: the requirements of routes, and the token as a parameter. */
import { applyDecorators, createParamDecorator, type ExecutionContext, UseInterceptors } from '@nestjs/common'
import { copyOptions } from '@token-introspection/core/options'
import type { GuardOptions, OptionalGuardOptions } from '../index.ts'
import { judgedOnly } from './nest-judged.ts'
import { mark, PUBLIC } from './nest-marking.ts'
import type { RequestOf } from './nest-request.ts'

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
