/** Refuses an argument of a guard that is not a request. */
import type { GuardRequest } from './guard-request.ts'

/**
 * Frameworks on Node have requests with another kind of `headers`, and call what they mount with those.
 *
 * @throws TypeError that names the adapters.
 */
export function requireGuardRequest(request: unknown): asserts request is GuardRequest {
  if (typeof (request as Partial<GuardRequest> | null | undefined)?.headers?.get === 'function') return
  throw new TypeError(
    'request: must be a web Request, or an object with headers.get(). A guard cannot be mounted in a framework by itself: use ' +
      'expressGuard(guard) of @token-introspection/client/express, fastifyGuard(guard) of /fastify, koaGuard(guard) of /koa, ' +
      'honoGuard(guard) of /hono, nodeGuard(guard) of /node, or TokenGuard of /nest',
  )
}
