/** SPINE: token in, answer out. */
import {
  type ActiveIntrospectionResponse,
  type ClaimsSchema,
  INACTIVE,
  type IntrospectionResponse,
  parseIntrospectionResponse,
  toNumericDate,
  type TokenTypeHint,
  validateExtensionClaims,
} from '@token-introspection/core'
import { andThen, isPromise, type MaybePromise } from './maybe-promise.ts'
import { type IntrospectionResult, toResult } from './result/introspection-result.ts'
import type { FingerprintToken } from './token/fingerprint-token.ts'
import { isPresentable } from './token/is-presentable.ts'
import type { CacheStep } from './cache/cache-options.ts'
import type { SingleFlight } from './cache/single-flight.ts'
import type { IntrospectionQuestion } from './transport/build-request.ts'
import type { Deadline } from './transport/deadline.ts'
import { exchange } from './transport/exchange.ts'
import { readJsonReply, readJwtReply, refusesTokenType } from './transport/read-reply.ts'
import type { TransportStep } from './transport/transport-step.ts'
import { readJwtResponse } from './response/read-jwt-response.ts'
import { type ResponseStep, validateResponse } from './response/validate-response.ts'

/** Everything the spine needs, by step. */
export interface Steps {
  readonly token: { readonly maxBytes: number; readonly fingerprint: FingerprintToken }
  /** Nothing is remembered without one. */
  readonly cache: CacheStep | undefined
  readonly flights: SingleFlight<IntrospectionResult>
  /** What the claims schema made of answers that are remembered. */
  readonly claimed: WeakMap<object, IntrospectionResult>
  readonly transport: TransportStep
  readonly response: ResponseStep
  /** Seconds since the epoch. */
  readonly now: () => number
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
}

/** Options of one call. */
export interface IntrospectOptions {
  /** Ends the call early; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Sent as `token_type_hint`; leave it out unless the authorization server asks for it (RFC 7662 §2.1). */
  readonly tokenTypeHint?: TokenTypeHint | undefined
  /** Further parameters of the request, such as `resource` (RFC 7662 §2.1); none that is set by other means. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /**
   * Seconds an answer may be old for this call, within what the `cache` option allows. 0 asks now, shares no request
   * that is under way already, and keeps the fresh answer for others. Default what the `cache` option says.
   */
  readonly maxAgeSeconds?: number | undefined
}

/**
 * A token no server could have issued is inactive unasked; an answer at hand is given at once, without a promise; any
 * other token is asked about within the deadline, and once for everybody who wants to know.
 */
export function introspect(token: string, options: IntrospectOptions, steps: Steps): MaybePromise<IntrospectionResult> {
  if (!isPresentable(token, steps.token.maxBytes)) return INACTIVE
  options.signal?.throwIfAborted()
  const key = steps.token.fingerprint(token, options)
  const remembered = andThen(key, (known) => recall(known, options, steps))
  if (remembered !== undefined && !isPromise(remembered)) return remembered
  return ask(token, options, key, remembered, steps)
}

function recall(
  key: string,
  { maxAgeSeconds }: IntrospectOptions,
  steps: Steps,
): MaybePromise<IntrospectionResult | undefined> {
  return steps.cache?.answers.recall(key, maxAgeSeconds, (response, nowMs) =>
    judge(response, toNumericDate(nowMs), steps),
  )
}

async function ask(
  token: string,
  options: IntrospectOptions,
  key: MaybePromise<string>,
  remembered: Promise<IntrospectionResult | undefined> | undefined,
  steps: Steps,
): Promise<IntrospectionResult> {
  const deadline = steps.transport.deadlines.start(options.signal)
  try {
    const answer = remembered && (await deadline.race(remembered))
    if (answer !== undefined) return answer
    return await joinFlight(token, options, isPromise(key) ? await key : key, deadline, steps)
  } finally {
    deadline.settle()
  }
}

/** Whoever waits has a deadline and a signal of their own; the request has another, and ends when nobody waits. */
function joinFlight(
  token: string,
  { tokenTypeHint, parameters, maxAgeSeconds }: IntrospectOptions,
  key: string,
  deadline: Deadline,
  steps: Steps,
): Promise<IntrospectionResult> {
  const flight = steps.flights.board(
    key,
    maxAgeSeconds === 0,
    () => steps.transport.deadlines.start(),
    async (flightDeadline, isCurrent) => {
      const askedAtMs = steps.nowMs()
      const question = { token, tokenTypeHint, parameters: parameters && { ...parameters } }
      const response = await askEndpoint(question, flightDeadline, steps)
      const judged = judge(response, steps.now(), steps)
      const result = isPromise(judged) ? await flightDeadline.race(judged) : judged
      // Only what has passed every check, and nothing that was asked for before something newer, or was forgotten since.
      if (isCurrent()) steps.cache?.answers.keep(key, response, askedAtMs)
      return result
    },
  )
  deadline.onCancel((reason) => flight.leave(reason))
  return deadline.race(flight.answer)
}

async function askEndpoint(
  question: IntrospectionQuestion,
  deadline: Deadline,
  { transport, response: { jwt }, now }: Steps,
): Promise<IntrospectionResponse> {
  const endpoint = transport.endpoint.known ?? (await transport.endpoint.find(deadline))
  const reply = await exchange(question, endpoint, deadline, transport)
  if (refusesTokenType(reply)) return INACTIVE
  if (jwt === undefined) return parseIntrospectionResponse(readJsonReply(reply, 'introspection'))
  return readJwtResponse(readJwtReply(reply, 'introspection'), jwt, deadline, now())
}

/** Fresh or remembered, every answer is judged by the clock of now. */
function judge(response: IntrospectionResponse, now: number, steps: Steps): MaybePromise<IntrospectionResult> {
  const valid = validateResponse(response, steps.response, now)
  if (!valid.active || steps.response.claims === undefined) return toResult(valid)
  return steps.claimed.get(valid) ?? validateClaims(valid, steps.response.claims, steps)
}

/** Once per answer: what a schema makes of it does not change. */
async function validateClaims(
  response: ActiveIntrospectionResponse,
  schema: ClaimsSchema,
  { claimed }: Steps,
): Promise<IntrospectionResult> {
  const result = toResult(await validateExtensionClaims(response, schema))
  claimed.set(response, result)
  return result
}
