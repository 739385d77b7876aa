/** Loggers that write into memory, for tests of logs. */
import { Console } from 'node:console'
import { Writable } from 'node:stream'
import pino from 'pino'
import { expect } from 'vitest'
import winston from 'winston'
import type { EventLogger } from '../src/logging/event-logger.ts'

/** A stream, and what was written to it. */
export interface Sink {
  readonly stream: Writable
  readonly text: () => string
}

/** Opens a stream that keeps what is written to it. */
export function sink(): Sink {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => chunks.join('') }
}

/** Loggers of each kind that writes every level. */
export const LOGGERS: readonly [name: string, create: (stream: Writable) => EventLogger][] = [
  ['pino', (stream) => pino({ level: 'debug' }, stream)],
  [
    'winston',
    (stream) => winston.createLogger({ level: 'debug', transports: [new winston.transports.Stream({ stream })] }),
  ],
  ['console', (stream) => new Console(stream)],
]

/** A value that begins a record of its own, in a log that writes it as it is. */
export const FORGED = '\u001b[2J\r\nlevel=error msg="forged"\u202e'

/** Expects that no value has begun a record of its own. */
export function expectNoForgery(logger: string, written: string): void {
  expect(written).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\u202e]|^level=/m)
  if (logger === 'console') return
  for (const line of written.trimEnd().split('\n')) expect(typeof JSON.parse(line)).toBe('object')
}
