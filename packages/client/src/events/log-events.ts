/** Writes the events of clients to a log. */
import {
  createLogWriter,
  type EventLogger,
  type LogEventsOptions,
  type LogLevel,
  type LogRecord,
} from '@token-introspection/core/logging'
import type { FeedChange } from '../revocations/follow-revocations.ts'
import type {
  CircuitChangedEvent,
  FeedChangedEvent,
  GuardRefusedEvent,
  IntrospectedEvent,
  IntrospectionClientEvent,
  OnEvent,
} from './events.ts'

/**
 * Creates a listener that writes each event to a logger, for the option `onEvent` or for subscribers of the diagnostics
 * channel. It takes pino, `console`, winston, and loggers that are called as one of them.
 *
 * A record has a message, the type of the event as `event`, and the other members of the event. It holds no token and no
 * secret. Of an error it has the `code`, `retryable`, and as `cause` the names and codes of the errors behind it. Text from
 * the authorization server cannot break a line or move a cursor.
 *
 * `error`: `failed`, a circuit that opens, a feed that fails. `warn`: other events that somebody should look at, and answers about
 * a token with its scheme in front, a mistake of the calling code. `info`:
 * refusals of guards, and circuits and feeds that work again. `debug`: answers, allowed requests and `forgotten`.
 *
 * @param logger - an error that it throws, or a rejection, has no effect on calls.
 * @param options - how the logger is called, and the least urgent level that it gets.
 * @throws TypeError when the logger lacks a method, or an option is wrong.
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient, logEvents } from '@token-introspection/client'
 *
 * export const introspection = new IntrospectionClient({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
 *   onEvent: logEvents(console),
 * })
 * ```
 */
export function logEvents(logger: EventLogger, options?: LogEventsOptions): OnEvent {
  return createLogWriter(logger, options, describeEvent)
}

/** The level and the message of an event. */
function describeEvent(event: IntrospectionClientEvent): LogRecord {
  switch (event.type) {
    case 'introspected':
      return { level: event.inactiveReason === 'with_scheme' ? 'warn' : 'debug', message: sayAnswer(event) }
    case 'failed':
      return { level: 'error', message: event.error.message }
    case 'cache_failed':
    case 'metadata_failed':
      return { level: 'warn', message: event.error.message }
    case 'guarded':
      return event.allowed ? ALLOWED : { level: 'info', message: sayRefusal(event) }
    case 'forgotten':
      return event.fingerprint === undefined ? FORGOT_ALL : FORGOT_ONE
    case 'circuit_changed':
      return { level: event.state === 'open' ? 'error' : 'info', message: sayCircuit(event) }
    case 'jwt_unusable':
    case 'answer_unusable':
    case 'audience_differs':
    case 'clock_differs':
      return { level: 'warn', message: event.message }
    case 'jwt_sample_inactive':
      return SAMPLE_INACTIVE
    case 'members_unreadable':
      return {
        level: 'warn',
        message: `left out of an answer, because of an unexpected form: ${event.members.join(', ')}; an option of response.tolerate may read them`,
      }
    default:
      return { level: FEED_LEVELS[event.change], message: event.error?.message ?? sayFeed(event) }
  }
}

const ALLOWED: LogRecord = { level: 'debug', message: 'a guard let a request pass' }
const FORGOT_ALL: LogRecord = { level: 'debug', message: 'every answer was forgotten' }
const FORGOT_ONE: LogRecord = { level: 'debug', message: 'the answers about a token were forgotten' }
const SAMPLE_INACTIVE: LogRecord = {
  level: 'warn',
  message: 'a JWT was used that the authorization server calls inactive (jwt.sampleRate)',
}

const FEED_LEVELS: Readonly<Record<FeedChange, LogLevel>> = {
  following: 'info',
  listening: 'info',
  gap: 'warn',
  failed: 'error',
  full: 'warn',
  unconfirmed: 'warn',
}

function sayAnswer({ active, source, inactiveReason, detail }: IntrospectedEvent): string {
  if (active) return `a token is active (${source})`
  return `a token is inactive (${source})${sayWhy(inactiveReason, detail)}`
}

function sayRefusal({ status, reason, inactiveReason, detail }: GuardRefusedEvent): string {
  return `a guard refused a request with ${status}${sayWhy(inactiveReason ?? reason, detail)}`
}

function sayWhy(reason: string | undefined, detail: string | undefined): string {
  const said = [reason, detail].filter((part) => part !== undefined)
  return said.length === 0 ? '' : `: ${said.join(': ')}`
}

function sayCircuit({ state, tokens, endpoint, openMs }: CircuitChangedEvent): string {
  const does = {
    open: `nothing is sent to it for ${openMs} ms, because requests failed one after the other`,
    half_open: 'one request is tried',
    closed: 'requests go on',
  }[state]
  return `the circuit of ${endpoint} for ${tokens} tokens is ${state}: ${does}`
}

function sayFeed({ change, endpoint }: FeedChangedEvent): string {
  return `the feed of revocations${endpoint === undefined ? '' : ` at ${endpoint}`}: ${FEED_WORDS[change]}`
}

const FEED_WORDS: Readonly<Record<FeedChange, string>> = {
  following: 'it works again',
  listening: 'events come as they happen',
  gap: 'its log does not have the position of this client, so older answers are used for cache.maxAgeSeconds only',
  failed: 'it cannot be reached or read',
  full: 'more was revoked than jwt.maxRevokedKeys allows',
  unconfirmed: 'no introspection answer confirms its position; it may serve another token store',
}
