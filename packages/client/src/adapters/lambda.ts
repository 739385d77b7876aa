/** Guards for AWS Lambda. */
import { type LambdaEvent, LambdaRequest, type LambdaResult } from '@token-introspection/core/lambda-event'
import { type GuardRequest, type GuardToken, isPreflight, type OptionalGuard } from '../index.ts'
import { decideBy } from './decide-by.ts'
import { requireGuard } from './middleware-options.ts'
import { requireFramework } from './require-framework.ts'
import { addFields, type FieldAccess, hasFields } from '../result/response-fields.ts'

/** The longest form that is read, in octets. */
const MAX_FORM_BYTES = 1_048_576

/**
 * Converts the event of an HTTP request for a guard: of a function URL, of an API Gateway with payload format 2.0 or 1.0, or of an
 * Application Load Balancer.
 *
 * A guard that reads tokens from forms refuses a form of more than 1,048,576 octets with 400.
 *
 * A DPoP proof is checked against the path in the event. Format 2.0 leaves out the name of an API mapping, and then the proofs
 * are refused: choose format 1.0 there.
 *
 * Security: a load balancer without multi-value headers passes on only the last of several fields with one name. Turn
 * multi-value headers on, and the guard refuses requests with two tokens.
 *
 * @throws TypeError when it is no event of an HTTP request.
 *
 * @example
 * ```ts
 * import { type Guard, isPreflight } from '@token-introspection/client'
 * import { type LambdaEvent, toGuardRequest } from '@token-introspection/client/lambda'
 *
 * export async function decide(event: LambdaEvent, mayRead: Guard) {
 *   const request = toGuardRequest(event)
 *   return isPreflight(request) ? undefined : await mayRead(request)
 * }
 * ```
 */
export function toGuardRequest(event: LambdaEvent): GuardRequest {
  return guardRequestOf(new LambdaRequest(event))
}

function guardRequestOf(request: LambdaRequest): GuardRequest {
  return {
    method: request.method,
    url: request.url(),
    headers: { get: (name) => request.header(name) },
    form: () => readForm(request),
    clientCertificate: () => request.certificate(),
    remoteAddress: () => request.remoteAddress(),
  }
}

/** @throws TypeError when the body is too long, or not base64 as the event says. The guard then refuses the request with 400. */
function readForm(request: LambdaRequest): URLSearchParams {
  const body = request.body(MAX_FORM_BYTES)
  if (typeof body === 'string') throw new TypeError(`the body is ${body}`)
  return new URLSearchParams(new TextDecoder().decode(body))
}

/**
 * Puts a guard before the handler of a Lambda function. It answers a refused request, and a CORS preflight with 204 and no CORS
 * permission: to allow CORS, configure it at the function URL or the API, which then answer preflights themselves.
 *
 * @param handle - the handler, with the token as its second argument, `undefined` when the guard is optional and there was no
 * token. Its third argument is the context of Lambda. Its result goes to Lambda, with the fields that belong to the decision, such
 * as `Cache-Control: private` for a token in a cookie.
 * @returns a function that rejects for bugs, for errors of the handler, and with a `TypeError` for an event that is no HTTP
 * request. The caller then gets 502.
 * @throws TypeError when the guard is not a guard.
 *
 * @example
 * ```ts
 * import type { IntrospectionClient } from '@token-introspection/client'
 * import { lambdaGuard } from '@token-introspection/client/lambda'
 *
 * export function ordersApi(introspection: IntrospectionClient) {
 *   const mayRead = introspection.guard({ audience: 'https://orders.example.com', scope: 'orders:read' })
 *   return lambdaGuard(mayRead, (_event, token) => ({ statusCode: 200, body: `orders of ${token.sub}` }))
 * }
 * ```
 */
export function lambdaGuard<
  G extends OptionalGuard,
  Result,
  Event extends LambdaEvent = LambdaEvent,
  Context = unknown,
>(
  guard: G,
  handle: (event: Event, token: GuardToken<G>, context: Context) => Result | Promise<Result>,
): (event: Event, context: Context) => Promise<Result | LambdaResult> {
  requireGuard(guard)
  if (typeof handle !== 'function') throw new TypeError(`handle: must be a function, was ${typeof handle}`)
  const decide = decideBy(guard)
  return async (event, context) => {
    requireFramework('AWS Lambda', isEvent(event))
    const request = new LambdaRequest(event)
    const guarded = guardRequestOf(request)
    if (isPreflight(guarded)) return request.toResult(204, {}, '')
    const decision = await decide(guarded)
    if (!decision.allowed) return request.toResult(decision.status, decision.headers, decision.body)
    const result = await handle(event, decision.token, context)
    return hasFields(decision.headers) ? withFields(decision.headers, result, request) : result
  }
}

/** An event of another kind, such as of a queue, is an event, too. Requests of frameworks are instances of classes. */
function isEvent(event: unknown): boolean {
  if (typeof event !== 'object' || event === null) return false
  return (
    (event as Partial<LambdaEvent>).requestContext !== undefined || Object.getPrototypeOf(event) === Object.prototype
  )
}

/** The members of a result that hold fields. */
interface Fields {
  readonly headers: Record<string, unknown>
  readonly multiValueHeaders: Record<string, unknown>
}

function withFields<Result>(
  added: Readonly<Record<string, string>>,
  result: Result,
  request: LambdaRequest,
): Result | LambdaResult {
  const whole = isWhole(result) ? result : request.toResult(200, JSON_BODY, bodyOf(result))
  const fields: Fields = { headers: { ...whole.headers }, multiValueHeaders: { ...whole.multiValueHeaders } }
  addFields(added, fields, request.hasFieldLists ? IN_LISTS : IN_FIELDS)
  return { ...whole, ...fields } as LambdaResult
}

/** API Gateway makes an answer from a result without a status, in format 2.0. */
function isWhole(result: unknown): result is Partial<LambdaResult> {
  return typeof (result as Partial<LambdaResult> | null | undefined)?.statusCode === 'number'
}

const JSON_BODY = { 'content-type': 'application/json' }

function bodyOf(result: unknown): string {
  return typeof result === 'string' ? result : (JSON.stringify(result) ?? '')
}

const IN_FIELDS: FieldAccess<Fields> = {
  get: valueOf,
  set(fields, name, value) {
    remove(fields, name)
    fields.headers[name] = value
  },
}

const IN_LISTS: FieldAccess<Fields> = {
  get: valueOf,
  set(fields, name, value) {
    remove(fields, name)
    fields.multiValueHeaders[name] = [value]
  },
}

/** The names in a result may have any case. */
function valueOf(fields: Fields, name: string): string | undefined {
  const values = membersNamed(fields, name).flatMap(([member, key]) => member[key] ?? [])
  return values.length === 0 ? undefined : values.map(String).join(', ')
}

function remove(fields: Fields, name: string): void {
  for (const [member, key] of membersNamed(fields, name)) delete member[key]
}

function membersNamed({ headers, multiValueHeaders }: Fields, name: string): [Record<string, unknown>, string][] {
  return [headers, multiValueHeaders].flatMap((member) =>
    Object.keys(member)
      .filter((key) => key.toLowerCase() === name)
      .map((key): [Record<string, unknown>, string] => [member, key]),
  )
}

export type {
  LambdaCertificate,
  LambdaEvent,
  LambdaRequestContext,
  LambdaResult,
  LambdaValues,
} from '@token-introspection/core/lambda-event'
