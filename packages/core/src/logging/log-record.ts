/** What is said of an event in a log, beside its members. */

/** How urgent a record is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** The levels, from the least urgent one. */
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** The level of a record, and its message, which holds no token and no secret. */
export interface LogRecord {
  readonly level: LogLevel
  readonly message: string
}
