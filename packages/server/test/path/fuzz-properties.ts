/** Properties that every answer has, for any request, while the store works. */
import { inspect } from 'node:util'
import type { HttpResponse, IntrospectionHandlerEvent } from '../../src/index.ts'
import { createEndpoint, INACTIVE, NEXT_SECRET, OTHER_SECRET, SECRET, TOKENS } from '../endpoint.ts'
import { type FuzzRequest, hasCredentials, toHttpRequest } from './fuzz-requests.ts'

/** Every possible status. The store does not fail here, so 500 and 503 are not among them. */
export const STATUSES = new Set([200, 400, 401, 405, 406, 413, 415])

/** The longest time for one answer, in milliseconds. */
export const DEADLINE_MS = 1000

/** RFC 6749 §5.2: the error codes, and the characters allowed in a description. */
const ERROR_CODES = new Set(['invalid_request', 'invalid_client'])
const DESCRIPTION = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/

const SECRETS = [SECRET, NEXT_SECRET, OTHER_SECRET, ...Object.values(TOKENS).map(([token]) => token)]
/** Words that occur in error descriptions. A request may contain them without an answer repeating the request. */
const VOCABULARY = 'client_id client_secret client_assertion client_assertion_type token_type_hint access_token'

/** A run of requests against one endpoint. */
export interface Fuzzing {
  /** Sends a request. Returns what is wrong with the answer, or `undefined`. */
  readonly send: (request: FuzzRequest) => Promise<string | undefined>
  /** The number of answers with each status. */
  readonly statuses: ReadonlyMap<number, number>
  /** The number of answers that called a token active. */
  active(): number
  /** The time of the slowest answer, in milliseconds. */
  slowestMs(): number
}

/**
 * Creates the endpoint, and remembers its answers. Answers that must be alike are compared by their octets.
 *
 * @param distort - changes answers, to test that the checks notice it.
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
    // Answers must not reveal whether the caller is unknown or its secret wrong, or why a token is inactive.
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

/** Checks that status, header fields and body agree. */
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

/** Checks that the answer repeats no secret of the endpoint or of the request. */
function checkEcho({ headers, body }: FuzzRequest, response: HttpResponse, answered: string): string | undefined {
  if (SECRETS.some((secret) => answered.includes(secret))) return answered
  if (response.status === 200) return undefined
  const parameters = Buffer.from(body).toString().slice(0, 2000).split('&')
  const values = parameters.map((parameter) => parameter.slice(parameter.indexOf('=') + 1))
  const sent = [headers['authorization'] ?? '', ...values].filter(({ length }) => length >= 8)
  return sent.some((text) => answered.includes(text) && !VOCABULARY.includes(text)) ? answered : undefined
}

/** Checks that there is one event per request, without secrets. */
function checkEvents(all: readonly IntrospectionHandlerEvent[]): string | undefined {
  // It comes before the event about the answer.
  const events = all[0]?.type === 'basic-read' ? all.slice(1) : all
  if (events.length !== 1) return `${events.length} events`
  const [event] = events
  const error = event !== undefined && 'error' in event ? event.error : undefined
  const told = [event, error instanceof Error ? [error.message, error.cause] : error]
  const text = inspect(told, { depth: 5, maxStringLength: null, maxArrayLength: null })
  return SECRETS.some((secret) => text.includes(secret)) ? text : undefined
}
