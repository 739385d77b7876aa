/** Guards for Node's own requests and responses. */
import { isPromise } from '@token-introspection/core/maybe-promise'
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Allowance,
  type Guard,
  type GuardRequest,
  type GuardToken,
  isPreflight,
  type MaybePromise,
  type OptionalGuard,
  type OptionalGuardDecision,
  type Refusal,
} from '../index.ts'
import { abandonResponse } from './abandon-response.ts'
import { answerPreflight } from './answer-preflight.ts'
import { type Decide, decideBy } from './decide-by.ts'
import { readNodeRequest } from './node-request.ts'
import { requireGuard } from './middleware-options.ts'
import { type Connection, type ConnectionWatchOptions, watchConnection } from './watch-connection.ts'
import { addFields, BODY_FIELDS, type FieldAccess } from '../result/response-fields.ts'

/**
 * Converts a Node request for a guard. It reads the raw fields, so that a second `Authorization` field is not lost. The
 * form is `request.body`, as body parsers store it. `originalUrl`, which routers store, is used before `url`.
 */
export function toGuardRequest(request: IncomingMessage): GuardRequest {
  const { originalUrl = request.url, body } = request as RoutedRequest
  return readNodeRequest(request, originalUrl, { body })
}

/** The members that routers and parsers add to a request. */
type RoutedRequest = IncomingMessage & { readonly originalUrl?: string | undefined; readonly body?: unknown }

/**
 * Puts a guard before a Node request. It answers a refused request, and a CORS preflight with 204 and no CORS
 * permission: to allow CORS, check `isPreflight` first.
 *
 * Use an `optional` guard directly, with {@link toGuardRequest}, {@link addHeaders} and {@link sendRefusal}.
 *
 * @returns the token's answer, or `undefined` when the response has been sent. It rejects only for bugs.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { nodeGuard } from '@token-introspection/client/node'
 *
 * export function ordersApi(introspection: IntrospectionClient) {
 *   const mayRead = nodeGuard(introspection.guard({ audience: 'https://orders.example.com', scope: 'orders:read' }))
 *   return createServer(async (request, response) => {
 *     const token = await mayRead(request, response)
 *     if (token !== undefined) response.end(`orders of ${token.sub}`)
 *   })
 * }
 * ```
 */
export function nodeGuard<Claims extends object>(
  guard: Guard<Claims>,
): ((request: IncomingMessage, response: ServerResponse) => Promise<Allowance<Claims>['token'] | undefined>) & NodeWatch

/**
 * Puts a guard before a handler and returns a listener for `createServer`. The handler gets the token, `undefined` when
 * the guard is optional and the request has no token. When the guard decides synchronously, the handler runs in the
 * same tick. The listener answers refused requests and preflights.
 *
 * @returns a listener. It throws or rejects only for bugs of the guard and for errors of the handler.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { nodeGuard } from '@token-introspection/client/node'
 *
 * export function ordersApi(introspection: IntrospectionClient) {
 *   const mayRead = introspection.guard({ audience: 'https://orders.example.com', scope: 'orders:read' })
 *   return createServer(nodeGuard(mayRead, (_request, response, token) => response.end(`orders of ${token.sub}`)))
 * }
 * ```
 */
export function nodeGuard<G extends OptionalGuard>(
  guard: G,
  handle: (request: IncomingMessage, response: ServerResponse, token: GuardToken<G>) => unknown,
): ((request: IncomingMessage, response: ServerResponse) => unknown) & NodeWatch

export function nodeGuard(
  guard: OptionalGuard,
  handle?: (request: IncomingMessage, response: ServerResponse, token: Token) => unknown,
): ((request: IncomingMessage, response: ServerResponse) => unknown) & NodeWatch {
  requireGuard(guard)
  const watch: NodeWatch['watch'] = (request, connection, options) =>
    watchConnection(guard, toGuardRequest(request), connection, options)
  return Object.assign(createListener(decideBy(guard), handle), { watch })
}

/** Watches the tokens of requests that a guard has let pass. */
export interface NodeWatch {
  /**
   * Watches the token of a request until its connection ends: see `watch` of the guard.
   *
   * @param connection - the response, or a socket.
   * @throws TypeError for a guard that is a function of yours, because it has no client to ask.
   */
  watch(request: IncomingMessage, connection: Connection, options?: ConnectionWatchOptions): AbortSignal
}

function createListener(
  decide: Decide,
  handle: ((request: IncomingMessage, response: ServerResponse, token: Token) => unknown) | undefined,
): (request: IncomingMessage, response: ServerResponse) => unknown {
  if (handle === undefined) {
    return async (request, response) => {
      const passed = judge(decide, request, response)
      return (isPromise(passed) ? await passed : passed)?.token
    }
  }
  return (request, response) => {
    const passed = judge(decide, request, response)
    if (isPromise(passed)) return passed.then((late) => late && handle(request, response, late.token))
    return passed && handle(request, response, passed.token)
  }
}

/** The token that a guard lets pass. */
type Passed = Extract<OptionalGuardDecision, { allowed: true }>
type Token = Passed['token']

/** The result for an allowed request. A refused one has been answered. */
function judge(decide: Decide, request: IncomingMessage, response: ServerResponse): MaybePromise<Passed | undefined> {
  const guarded = toGuardRequest(request)
  if (isPreflight(guarded)) {
    answerPreflight(response)
    return undefined
  }
  const decision = decide(guarded)
  return isPromise(decision) ? decision.then((late) => admit(late, response)) : admit(decision, response)
}

function admit(decision: OptionalGuardDecision, response: ServerResponse): Passed | undefined {
  return applyDecision(decision, response) ? decision : undefined
}

/**
 * Applies a decision to the response: {@link sendRefusal} for a refusal, {@link addHeaders} for a request that may pass.
 *
 * @returns whether the request may pass. `false` means that the response has been sent.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import type { Guard } from '@token-introspection/client'
 * import { applyDecision, toGuardRequest } from '@token-introspection/client/node'
 *
 * export function ordersApi(mayRead: Guard) {
 *   return createServer(async (request, response) => {
 *     const decision = await mayRead(toGuardRequest(request))
 *     if (applyDecision(decision, response)) response.end(`orders of ${decision.token.sub}`)
 *   })
 * }
 * ```
 */
export function applyDecision<Decision extends OptionalGuardDecision>(
  decision: Decision,
  response: ServerResponse,
): decision is Extract<Decision, { readonly allowed: true }> {
  if (decision.allowed) addHeaders(decision.headers, response)
  else sendRefusal(decision, response)
  return decision.allowed
}

/**
 * Sends a refusal: its status, headers and body. It extends an existing `Access-Control-Expose-Headers`. It does not
 * change a response that has begun. It never throws: when the response cannot be written, because other code has
 * wrapped its methods, it closes the connection.
 *
 * @example
 * ```ts
 * import type { ServerResponse } from 'node:http'
 * import type { Refusal } from '@token-introspection/client'
 * import { sendRefusal } from '@token-introspection/client/node'
 *
 * export function refuse(refusal: Refusal, response: ServerResponse): void {
 *   console.warn(refusal.reason)
 *   sendRefusal(refusal, response)
 * }
 * ```
 */
export function sendRefusal(refusal: Refusal, response: ServerResponse): void {
  if (response.headersSent || response.writableEnded) return
  try {
    for (const name of BODY_FIELDS) response.removeHeader(name)
    response.statusCode = refusal.status
    addFields(refusal.headers, response, ACCESS)
    // Node does not set a length once the field was removed.
    response.setHeader('content-length', Buffer.byteLength(refusal.body))
    response.end(refusal.body)
  } catch {
    abandonResponse(response)
  }
}

/**
 * Adds the headers of an allowing decision, before anything is sent. Stricter values of the application stay. It does
 * not change a response that has begun. It never throws: when the headers cannot be set, it closes the connection, so
 * that nothing is sent without them.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import type { OptionalGuard } from '@token-introspection/client'
 * import { addHeaders, sendRefusal, toGuardRequest } from '@token-introspection/client/node'
 *
 * export function greeter(mayPass: OptionalGuard) {
 *   return createServer(async (request, response) => {
 *     const decision = await mayPass(toGuardRequest(request))
 *     if (!decision.allowed) return sendRefusal(decision, response)
 *     addHeaders(decision.headers, response)
 *     response.end(`hello ${decision.token?.sub ?? 'stranger'}`)
 *   })
 * }
 * ```
 */
export function addHeaders(headers: Readonly<Record<string, string>>, response: ServerResponse): void {
  if (response.headersSent) return
  try {
    addFields(headers, response, ACCESS)
  } catch {
    abandonResponse(response)
  }
}

const ACCESS: FieldAccess<ServerResponse> = {
  get: (response, name) => response.getHeader(name),
  set: (response, name, value) => void response.setHeader(name, value),
}

export { refuseUpgrade } from './refuse-upgrade.ts'
export type { Connection, ConnectionWatchOptions } from './watch-connection.ts'

// The earlier name, which is the same in every entry.
export { nodeGuard as requireToken }
