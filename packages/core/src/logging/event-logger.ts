/** The loggers that take events: pino, `console`, winston, and those that are called in the same way. */
import { OptionGroup } from '../options/option-group.ts'
import { sayKind } from '../options/say-kind.ts'
import { LOG_LEVELS, type LogLevel } from './log-record.ts'

/** A logger that takes the members first, such as pino, bunyan and the logger of Fastify. */
export interface MembersFirstLogger {
  debug(members: object, message: string): unknown
  info(members: object, message: string): unknown
  warn(members: object, message: string): unknown
  error(members: object, message: string): unknown
}

/** A logger that takes the message first, such as `console`. */
export interface MessageFirstLogger {
  debug(message: string, members: object): unknown
  info(message: string, members: object): unknown
  warn(message: string, members: object): unknown
  error(message: string, members: object): unknown
}

/** A logger that takes the level first, such as winston. */
export interface LevelFirstLogger {
  log(level: string, message: string, members: object): unknown
}

/** Every logger that can take events. */
export type EventLogger = MembersFirstLogger | MessageFirstLogger | LevelFirstLogger

/** How a logger is called. */
export type LoggerShape = 'pino' | 'console' | 'winston'

/** Options of `logEvents`. */
export interface LogEventsOptions {
  /**
   * How the logger is called. `pino`: `logger.warn(members, message)`. `console`: `logger.warn(message, members)`. `winston`:
   * `logger.log('warn', message, members)`. Default: `winston` for a logger with `log` and `transports`, `console` for any other
   * with `log`, and `pino` for one without `log`, and for pino with a level of its own that is called `log`.
   */
  readonly shape?: LoggerShape | undefined
  /**
   * The least urgent level that is given to the logger. Default `debug`, so that the logger decides by its own level. Default
   * `info` for the shape `console`, because `console` writes everything.
   */
  readonly level?: LogLevel | undefined
}

/** A logger, and how to call it. */
export interface ResolvedLogger {
  readonly write: (level: LogLevel, message: string, members: object) => unknown
  /** The least urgent level to write. */
  readonly level: LogLevel
}

const SHAPES: readonly LoggerShape[] = ['pino', 'console', 'winston']

/**
 * Finds out how to call a logger.
 *
 * @throws TypeError when it lacks a method of its shape, or an option is wrong.
 */
export function resolveLogger(logger: EventLogger, options: LogEventsOptions | undefined): ResolvedLogger {
  const given: unknown = logger
  if (!isCallable(given))
    throw new TypeError(`logger: must be a logger such as pino() or console, not ${sayKind(given)}`)
  const group = new OptionGroup('', options, ['shape', 'level'])
  const shape = group.oneOf('shape', SHAPES, shapeOf(given))
  const level = group.oneOf('level', LOG_LEVELS, shape === 'console' ? 'info' : 'debug')
  const missing = (shape === 'winston' ? ['log'] : LOG_LEVELS).filter((name) => typeof given[name] !== 'function')
  if (missing.length > 0) {
    throw new TypeError(
      `logger: has no ${missing.map((name) => `${name}()`).join(', ')}, which the shape ${shape} needs; ` +
        `another logger may need the option shape: one of ${SHAPES.join(', ')}`,
    )
  }
  return { write: WRITERS[shape](given), level }
}

type Methods = Readonly<Record<string, unknown>>

function isCallable(logger: unknown): logger is Methods {
  return (typeof logger === 'object' && logger !== null) || typeof logger === 'function'
}

function shapeOf(logger: Methods): LoggerShape {
  // Only pino has `bindings`. It has a method for each level, also for one that an application calls `log`.
  if (typeof logger['log'] !== 'function' || typeof logger['bindings'] === 'function') return 'pino'
  return 'transports' in logger ? 'winston' : 'console'
}

/** The methods are called on the logger, because loggers use `this`. */
const WRITERS: Readonly<Record<LoggerShape, (logger: Methods) => ResolvedLogger['write']>> = {
  pino: (logger) => (level, message, members) => (logger as unknown as MembersFirstLogger)[level](members, message),
  console: (logger) => (level, message, members) =>
    (logger as unknown as MessageFirstLogger)[level](showSpecifiers(message), members),
  winston: (logger) => {
    const hasLevel = namesLevel(logger['levels'])
    return (level, message, members) =>
      (logger as unknown as LevelFirstLogger).log(
        level === 'warn' && !hasLevel ? 'warning' : level,
        showSpecifiers(message),
        members,
      )
  },
}

/** What `console` and winston replace in a message by what follows it. */
const SPECIFIER = /%(?=[sdifjoOc%])/g

/** Writes specifiers with an escape, such as `%c` in the path of a URL. Otherwise the record would lose its members. */
function showSpecifiers(message: string): string {
  return message.replace(SPECIFIER, String.raw`\u0025`)
}

/** Whether winston has the level `warn`. With the levels of syslog it is called `warning`. */
function namesLevel(levels: unknown): boolean {
  return typeof levels !== 'object' || levels === null || 'warn' in levels || !('warning' in levels)
}
