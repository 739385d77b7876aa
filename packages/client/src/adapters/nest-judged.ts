/** Keeps handlers with `@RequireToken` closed to requests that no `TokenGuard` has judged. */
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common'
import { routeOptions } from './nest-marking.ts'

/** The route that each request was judged for last. A handler that calls `next()` passes its request on to another route. */
const judged = new WeakMap<object, { readonly handler: object; readonly controller: object }>()

/** @param context - the context of an HTTP request that a guard has decided about, or has let pass as a preflight. */
export function noteJudged(context: ExecutionContext): void {
  const request = context.switchToHttp().getRequest<object>()
  judged.set(request, { handler: context.getHandler(), controller: context.getClass() })
}

/** Runs after every guard. It is an instance, so that no module has to provide it. */
export const judgedOnly: NestInterceptor = {
  intercept(context: ExecutionContext, next: CallHandler) {
    if (context.getType() === 'http' && routeOptions(context) !== undefined) requireJudged(context)
    return next.handle()
  },
}

/** A mark of its own, and not `request.auth`, because other libraries set a member of that name. */
function requireJudged(context: ExecutionContext): void {
  const [handler, controller] = [context.getHandler(), context.getClass()]
  const last = judged.get(context.switchToHttp().getRequest<object>())
  if (last?.handler === handler && last.controller === controller) return
  throw new TypeError(
    `${controller.name}.${handler.name} has @RequireToken, but no TokenGuard has judged the request. Add @UseGuards(TokenGuard) to the controller, or { provide: APP_GUARD, useExisting: TokenGuard } to the providers of the module that imports TokenIntrospectionModule`,
  )
}
