/** Runs a guard in a hook of Fastify, and ends the hook as Fastify expects. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isPromise } from '@token-introspection/core/maybe-promise'
import {
  type GuardRequest,
  isPreflight,
  type MaybePromise,
  type OptionalGuardDecision,
  type Refusal,
} from '../index.ts'
import type { Decide } from './decide-by.ts'
import type { ResolvedMiddleware } from './middleware-options.ts'
import { readNodeRequest } from './node-request.ts'
import type { PassedTokens } from './passed-tokens.ts'
import { addFields, BODY_FIELDS, type FieldAccess } from '../result/response-fields.ts'

/** Handles a refusal in place of the default response. It must send a response or throw an error. */
export type OnRefusal = (refusal: Refusal, request: FastifyRequest, reply: FastifyReply) => unknown

/** The resolved options of a hook, and the tokens of the requests that it has let pass. */
export interface ResolvedHook extends ResolvedMiddleware<OnRefusal> {
  readonly property: string
  readonly passed: PassedTokens<unknown>
}

/**
 * Whether a request may pass, synchronously when the guard decides synchronously. A refused request has been answered.
 */
export function judge(
  decide: Decide,
  resolved: ResolvedHook,
  request: FastifyRequest,
  reply: FastifyReply,
): MaybePromise<boolean> {
  const guarded = guardRequestOf(request)
  if (isPreflight(guarded)) {
    if (!resolved.passPreflights) answerPreflight(reply)
    return resolved.passPreflights
  }
  const decision = decide(guarded)
  return isPromise(decision)
    ? decision.then((late) => admit(late, resolved, request, reply))
    : admit(decision, resolved, request, reply)
}

/** The request, as guards read it. */
export function guardRequestOf(request: FastifyRequest): GuardRequest {
  // Older versions of Fastify 4 have no `originalUrl`.
  const url = (request as Partial<FastifyRequest>).originalUrl ?? request.raw.url
  return readNodeRequest(request.raw, url, request)
}

function admit(
  decision: OptionalGuardDecision,
  { onRefusal, property, passed }: ResolvedHook,
  request: FastifyRequest,
  reply: FastifyReply,
): MaybePromise<boolean> {
  if (!decision.allowed)
    return onRefusal === undefined ? send(decision, reply) : refuse(onRefusal, decision, request, reply)
  addFields(decision.headers, reply, ACCESS)
  const { token } = decision
  ;(request as unknown as Record<string, unknown>)[property] = token
  passed.note(request, token)
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
 * Ends a hook in the way that Fastify expects: by `done` in the same tick, or by a promise, which resolves to the reply
 * when the reply was sent. In `preParsing`, the payload takes the place of `done`, and the hook returns a promise.
 */
export function endHook(
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

/** Answers 204 without CORS permission: see {@link PreflightOptions}. */
function answerPreflight(reply: FastifyReply): void {
  for (const name of BODY_FIELDS) reply.removeHeader(name)
  reply.code(204).send()
}

function send({ status, headers, body }: Refusal, reply: FastifyReply): false {
  for (const name of BODY_FIELDS) reply.removeHeader(name)
  addFields(headers, reply, ACCESS)
  // A Buffer, because Fastify adds a charset to JSON text. An empty body is `undefined`, because Fastify would add a
  // media type.
  reply.code(status).send(body === '' ? undefined : Buffer.from(body))
  return false
}

const ACCESS: FieldAccess<FastifyReply> = {
  // Middleware of other frameworks sets fields directly on Node's response.
  get: (reply, name) => reply.getHeader(name) ?? reply.raw.getHeader(name),
  set: (reply, name, value) => void reply.header(name, value),
}
