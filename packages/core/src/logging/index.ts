/** Events as records of a log, the same on both sides. */
export type {
  EventLogger,
  LevelFirstLogger,
  LogEventsOptions,
  LoggerShape,
  MembersFirstLogger,
  MessageFirstLogger,
} from './event-logger.ts'
export type { LogLevel, LogRecord } from './log-record.ts'
export { createLogWriter } from './log-writer.ts'
