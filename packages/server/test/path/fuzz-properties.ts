/** What holds for the answer to any request at all, as long as the store does its part. */
import { inspect } from 'node:util'
import type { HttpResponse, IntrospectionHandlerEvent } from '../../src/index.ts'
import { createEndpoint, INACTIVE, NEXT_SECRET, OTHER_SECRET, SECRET, TOKENS } from '../endpoint.ts'
import { type FuzzRequest, hasCredentials, toHttpRequest } from './fuzz-requests.ts'

/** Every status there may be; 500 and 503 are for stores that fail, and none does here. */
export const STATUSES = new Set([200, 400, 401, 405, 406, 413, 415])

/** How long one answer may take, in milliseconds. */
export const DEADLINE_MS = 1000

/** RFC 6749 §5.2: the codes there are, and the characters a description may have. */
const ERROR_CODES = new Set(['invalid_request', 'invalid_client'])
const DESCRIPTION = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/

const SECRETS = [SECRET, NEXT_SECRET, OTHER_SECRET, ...Object.values(TOKENS).map(([token]) => token)]
/** What a request may have as a value, whole or in part, and an answer speaks of too. */
const VOCABULARY = 'client_id client_secret client_assertion client_assertion_type token_type_hint access_token'

/** Requests against one endpoint. */
export interface Fuzzing {
  /** Sends a request; what is wrong with the answer, if anything is. */
  readonly send: (request: FuzzRequest) => Promise<string | undefined>
  /** How often each status came. */
  readonly statuses: ReadonlyMap<number, number>
  /** How many answers said that a token is active. */
  active(): number
  /** How long the slowest answer took, in milliseconds. */
  slowestMs(): number
}

/**
 * Creates the endpoint, and what is remembered of its answers: those that must be alike are compared by their octets.
 *
 * @param distort - changes answers, to see whether that is noticed.
 */
export async function createFuzzing(
  distort: (response: HttpResponse, request: FuzzRequest) => HttpResponse = (response) => response,
): Promise<Fuzzing> {
  const { handler, events } = await createEndpoint()
  const statuses = new Map<number, number>()
  const alike = new Map<string, string>()
  let active = 0
  let slowestMs = 0

  async function send(request: FuzzRequest): Promise<string | undefined> {
    events.length = 0
    const started = performance.now()
    const answer = await handler.handle(toHttpRequest(request))
    const took = performance.now() - started
    const response = distort(answer, request)
    slowestMs = Math.max(slowestMs, took)
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
    if (!STATUSES.has(response.status)) return `status ${response.status}`
    const answered = JSON.stringify(response)
    // Not told apart: who is unknown and whose secret is wrong, and why a token is not active.
    const same = response.status === 401 || response.body === INACTIVE ? `${response.status}` : undefined
    if (same !== undefined && (alike.get(same) ?? answered) !== answered) return `${answered} and ${alike.get(same)}`
    if (same !== undefined) alike.set(same, answered)
    const isActive = response.status === 200 && response.body !== INACTIVE
    if (isActive) active++
    if (isActive && !hasCredentials(request)) return 'active for a caller without credentials'
    return checkAnswer(response, answered) ?? checkEcho(request, response, answered) ?? checkEvents(events)
  }

  return { send, statuses, active: () => active, slowestMs: () => slowestMs }
}

/** Status, fields and body fit each other. */
function checkAnswer({ status, headers, body }: HttpResponse, answered: string): string | undefined {
  if (headers['content-type'] !== 'application/json' || headers['cache-control'] !== 'no-store') return answered
  if ((headers['www-authenticate'] !== undefined) !== (status === 401)) return answered
  if ((headers['allow'] !== undefined) !== (status === 405)) return answered
  const answer = JSON.parse(body) as Record<string, unknown>
  if (status === 200) return typeof answer['active'] === 'boolean' ? undefined : answered
  const { error, error_description: description, ...others } = answer
  if (Object.keys(others).length > 0 || !ERROR_CODES.has(String(error))) return answered
  if ((error === 'invalid_client') !== (status === 401)) return answered
  if (description === undefined) return undefined
  return typeof description === 'string' && DESCRIPTION.test(description) ? undefined : answered
}

/** Nothing secret is repeated, neither of the endpoint nor of the request. */
function checkEcho({ headers, body }: FuzzRequest, response: HttpResponse, answered: string): string | undefined {
  if (SECRETS.some((secret) => answered.includes(secret))) return answered
  if (response.status === 200) return undefined
  const parameters = Buffer.from(body).toString().slice(0, 2000).split('&')
  const values = parameters.map((parameter) => parameter.slice(parameter.indexOf('=') + 1))
  const sent = [headers['authorization'] ?? '', ...values].filter(({ length }) => length >= 8)
  return sent.some((text) => answered.includes(text) && !VOCABULARY.includes(text)) ? answered : undefined
}

/** One event per request, and no secret in it. */
function checkEvents(events: readonly IntrospectionHandlerEvent[]): string | undefined {
  if (events.length !== 1) return `${events.length} events`
  const [event] = events
  const error = event !== undefined && 'error' in event ? event.error : undefined
  const told = [event, error instanceof Error ? [error.message, error.cause] : error]
  const text = inspect(told, { depth: 5, maxStringLength: null, maxArrayLength: null })
  return SECRETS.some((secret) => text.includes(secret)) ? text : undefined
}
