import { Console } from 'node:console'
import pino from 'pino'
import { describe, expect, test, vi } from 'vitest'
import winston from 'winston'
import { sink } from '../../test/loggers.ts'
import { ResponseMalformedError } from '../errors.ts'
import type { EventLogger, LogEventsOptions } from './event-logger.ts'
import type { LogLevel } from './log-record.ts'
import { createLogWriter } from './log-writer.ts'

interface Told {
  readonly type: string
  readonly message: string
  readonly level?: LogLevel
  readonly error?: unknown
  readonly [member: string]: unknown
}

function write(logger: EventLogger, event: Told, options?: LogEventsOptions): void {
  createLogWriter<Told>(logger, options, ({ message, level = 'warn' }) => ({ level, message }))(event)
}

function throwing(): never {
  throw new Error('disk full')
}

function record(told: Told): { readonly message: string; readonly members: Record<string, unknown> } {
  const log = vi.fn<(level: string, message: string, members: object) => void>()
  write({ log }, told, { shape: 'winston' })
  const [, message = '', members = {}] = log.mock.calls[0] ?? []
  return { message, members: { ...members } }
}

const event: Told = { type: 'failed', message: 'it failed', durationMs: 1.23456789, none: undefined }

describe('a logger', () => {
  test.each([
    ['pino', {}],
    ['pino with a level log', { customLevels: { log: 35 } }],
  ])('of %s gets the members first', (_, options) => {
    const { stream, text } = sink()
    write(pino(options, stream), event)
    expect(JSON.parse(text())).toMatchObject({ level: 40, msg: 'it failed', event: 'failed', durationMs: 1.235 })
  })

  test.each([
    ['npm', winston.config.npm.levels, 'warn'],
    ['syslog', winston.config.syslog.levels, 'warning'],
  ])('of winston gets the level first, with the levels of %s, also as a child', (_, levels, level) => {
    const { stream, text } = sink()
    const transports = [new winston.transports.Stream({ stream })]
    const logger = winston.createLogger({ levels, level: 'debug', format: winston.format.json(), transports })
    write(logger.child({ part: 'api' }), event)
    expect(JSON.parse(text())).toMatchObject({ level, message: 'it failed', event: 'failed', part: 'api' })
  })

  test('of the shape console gets the message first', () => {
    const { stream, text } = sink()
    write(new Console(stream), event)
    expect(text()).toBe("it failed { event: 'failed', durationMs: 1.235 }\n")
  })

  test.each([
    ['https://as.example.com/caf%c3%a9', String.raw`https://as.example.com/caf\u0025c3%a9`],
    ['%s %d %i %f %j %o %O', String.raw`\u0025s \u0025d \u0025i \u0025f \u0025j \u0025o \u0025O`],
    ['100%%', String.raw`100\u0025%`],
    ['100% of %20', '100% of %20'],
  ])('of winston and console keeps the members beside the message %j', (message, shown) => {
    const { combine, json, splat } = winston.format
    const { stream, text } = sink()
    const [told, transports] = [{ type: 'failed', message, member: 1 }, [new winston.transports.Stream({ stream })]]
    write(new Console(stream), told)
    write(winston.createLogger({ format: json(), transports }), told)
    write(winston.createLogger({ format: combine(splat(), json()), transports }), told)
    const [plain, ...records] = text().trimEnd().split('\n')
    expect(plain).toBe(`${shown} { event: 'failed', member: 1 }`)
    const written = { level: 'warn', message: shown, event: 'failed', member: 1 }
    expect(records.map((line) => JSON.parse(line) as unknown)).toEqual([written, written])
  })

  test('is called as the option shape says', () => {
    const warn = vi.fn<(...given: unknown[]) => void>()
    const logger = { debug: warn, info: warn, warn, error: warn }
    write(logger, event)
    write(logger, event, { shape: 'console' })
    const members = { event: 'failed', durationMs: 1.235 }
    expect(warn.mock.calls).toEqual([
      [members, 'it failed'],
      ['it failed', members],
    ])
  })

  test('gets what is urgent enough: everything, but of console no debug', () => {
    const { stream, text } = sink()
    const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
    for (const level of levels) write(new Console(stream), { type: 'a', message: level, level })
    for (const level of levels) write(pino({ level: 'debug' }, stream), { type: 'b', message: level, level })
    for (const level of levels) write(new Console(stream), { type: 'c', message: level, level }, { level: 'error' })
    const written = text()
      .trimEnd()
      .split('\n')
      .map((line) => (line.startsWith('{') ? (JSON.parse(line) as { msg: string }).msg : line.split(' ')[0]))
    expect(written).toEqual(['info', 'warn', 'error', 'debug', 'info', 'warn', 'error', 'error'])
  })

  test('that throws or rejects has no effect', async () => {
    const rejecting = vi.fn(() => Promise.reject(new Error('disk full')))
    write({ log: rejecting }, event, { shape: 'winston' })
    await expect(rejecting.mock.results[0]?.value).rejects.toThrow('disk full')
    expect(() => write({ log: throwing }, event, { shape: 'winston' })).not.toThrow()
  })

  test.each<[string, unknown, LogEventsOptions | undefined, string]>([
    ['nothing', undefined, undefined, 'logger: must be a logger such as pino() or console, not undefined'],
    ['a text', 'console', undefined, 'logger: must be a logger such as pino() or console, not a string'],
    [
      'no debug()',
      { info() {}, warn() {}, error() {} },
      undefined,
      'logger: has no debug(), which the shape pino needs',
    ],
    ['no log()', pino({ enabled: false }), { shape: 'winston' }, 'logger: has no log(), which the shape winston needs'],
    ['another shape', console, { shape: 'bunyan' as 'pino' }, 'shape: must be one of pino, console, winston'],
    ['another level', console, { level: 'trace' as 'debug' }, 'level: must be one of debug, info, warn, error'],
    [
      'another option',
      console,
      { levels: 'debug' } as LogEventsOptions,
      'levels: unknown option (did you mean level?)',
    ],
  ])('is refused with %s', (_, logger, options, complaint) => {
    expect(() => write(logger as EventLogger, event, options)).toThrow(TypeError)
    expect(() => write(logger as EventLogger, event, options)).toThrow(complaint)
  })
})

describe('a record', () => {
  test('has neither control characters nor texts or lists without an end', () => {
    const { message, members } = record({
      type: 'a',
      message: 'one\ntwo\u001b[2J',
      text: `\u202e${'x'.repeat(5000)}`,
      list: Array.from({ length: 500 }, () => '\r'),
      deep: { 'a\n': [[[[1]]]] },
      run: () => 1,
    })
    expect(message).toBe('one\\u000atwo\\u001b[2J')
    expect(members).toEqual({
      event: 'a',
      text: `\\u202e${'x'.repeat(999)}...`,
      list: Array.from({ length: 100 }, () => '\\u000d'),
      deep: { 'a\\u000a': [[['...']]] },
    })
  })

  test('has of a coded error the code, and of its causes only names and codes', () => {
    const socket = Object.assign(new Error('tok_s3cr3t'), { code: 'ECONNREFUSED' })
    const error = new ResponseMalformedError('no answer', { cause: new TypeError('tok_s3cr3t', { cause: socket }) })
    const { members } = record({ type: 'failed', message: error.message, error })
    expect(members).toEqual({
      event: 'failed',
      code: 'ERR_RESPONSE_MALFORMED',
      retryable: false,
      cause: 'TypeError < Error ECONNREFUSED',
    })
  })

  test('has of another error its name and where it was thrown, and nothing of its message', () => {
    const error = new RangeError('tok_s3cr3t\n    at tok_s3cr3t (tok_s3cr3t:1:1)')
    const { members } = record({ type: 'unexpected', message: 'unexpected', error })
    expect(members).toMatchObject({ code: 'ERR_UNEXPECTED', cause: 'RangeError' })
    expect(members['stack']).toContain('log-writer.test.ts')
    expect(JSON.stringify(members)).not.toContain('tok_s3cr3t')
    expect(record({ type: 'unexpected', message: 'm', error: 'tok_s3cr3t' }).members).toEqual({
      event: 'unexpected',
      code: 'ERR_UNEXPECTED',
      cause: 'a thrown string',
    })
  })

  test('ends where causes go round', () => {
    const error = new Error('round')
    error.cause = error
    expect(record({ type: 'unexpected', message: 'm', error }).members['cause']).toBe('Error < Error < Error < Error')
  })
})
