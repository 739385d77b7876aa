/** Writes events as records of a log. */
import { ignoreRejection } from '../promises/maybe-promise.ts'
import { type EventLogger, type LogEventsOptions, resolveLogger } from './event-logger.ts'
import { describeError, logMembers, logText } from './log-members.ts'
import { LOG_LEVELS, type LogRecord } from './log-record.ts'

/** What every event has. */
interface LoggedEvent {
  readonly type: string
  /** For people to read. It is the message of the record, and no member. */
  readonly message?: string
  readonly error?: unknown
}

/**
 * Creates a listener for events. The members of a record are those of the event, with its type as `event`.
 *
 * @param describe - the level and the message of an event.
 * @returns a function that never throws. An error or a rejection of the logger has no effect.
 * @throws TypeError when the logger lacks a method, or an option is wrong.
 */
export function createLogWriter<Event extends LoggedEvent>(
  logger: EventLogger,
  options: LogEventsOptions | undefined,
  describe: (event: Event) => LogRecord,
): (event: Event) => void {
  const { write, level: least } = resolveLogger(logger, options)
  const enough = LOG_LEVELS.indexOf(least)
  return (event) => {
    try {
      const { level, message } = describe(event)
      if (LOG_LEVELS.indexOf(level) < enough) return
      const { type, message: _, error, ...members } = event
      const said = error === undefined ? {} : describeError(error)
      ignoreRejection(write(level, logText(message), { event: type, ...logMembers(members), ...said }))
    } catch {}
  }
}
