/** Writes the events of handlers to a log. */
import {
  createLogWriter,
  type EventLogger,
  type LogEventsOptions,
  type LogRecord,
} from '@token-introspection/core/logging'
import type {
  IntrospectedEvent,
  IntrospectionHandlerEvent,
  OnEvent,
  RefusedEvent,
  RevocationFeedEvent,
  RevocationHandlerEvent,
} from './events.ts'

/** Every event of every handler. */
type HandlerEvent = IntrospectionHandlerEvent | RevocationHandlerEvent | RevocationFeedEvent

/**
 * Creates a listener that writes each event to a logger, for the option `onEvent` of every handler. It takes pino, `console`,
 * winston, and loggers that are called as one of them.
 *
 * A record has a message, the type of the event as `event`, and the other members of the event. It holds no token and no secret. Of an
 * error it has the `code`, `retryable`, and as `cause` the names and codes of the errors behind it. Of an unexpected error it has
 * no message, because that may quote anything, but its name and the `stack`.
 *
 * `error`: answers with a status of 500 or more. `warn`: warnings. `info`: requests that were refused with a 4xx. `debug`: answers,
 * revocations, questions to the feed and `basic-read`.
 *
 * @param logger - an error that it throws, or a rejection, has no effect on answers.
 * @param options - how the logger is called, and the least urgent level that it gets.
 * @throws TypeError when the logger lacks a method, or an option is wrong.
 * @example
 * ```ts
 * import { createIntrospectionHandler, createMemoryTokenStore, logEvents } from '@token-introspection/server'
 *
 * export const introspection = createIntrospectionHandler({
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: { protectedResources: [{ id: 'orders-api', clientSecrets: ['s3cr3t'], audiences: ['https://orders.example.com'] }] },
 *   lookup: { store: createMemoryTokenStore() },
 *   onEvent: logEvents(console),
 * })
 * ```
 */
export function logEvents(logger: EventLogger, options?: LogEventsOptions): OnEvent<HandlerEvent> {
  return createLogWriter(logger, options, describeEvent)
}

/** The level and the message of an event. */
function describeEvent(event: HandlerEvent): LogRecord {
  switch (event.type) {
    case 'introspected':
      return { level: 'debug', message: sayAnswer(event) }
    case 'refused':
      return { level: event.status >= 500 ? 'error' : 'info', message: sayRefusal(event) }
    case 'unexpected':
      return { level: 'error', message: `answered ${event.status}, because of an unexpected error [ERR_UNEXPECTED]` }
    case 'warning':
      return { level: 'warn', message: event.message }
    case 'revoked':
      return { level: 'debug', message: `revoked for client "${event.client}": ${event.ended}` }
    case 'followed':
      return {
        level: 'debug',
        message: `answered a ${event.form} of "${event.protectedResource}" about the feed: ${event.events} events`,
      }
    default:
      return { level: 'debug', message: `the Basic credentials of "${event.caller}" were read as ${event.encoding}` }
  }
}

function sayAnswer({ active, protectedResource, reason }: IntrospectedEvent): string {
  const answer = active ? 'active' : `inactive${reason === undefined ? '' : ` (${reason})`}`
  return `answered ${answer} to "${protectedResource}"`
}

function sayRefusal({ status, error }: RefusedEvent): string {
  return `answered ${status}: ${error.message}`
}
