/** Makes foreign errors safe for events and logs. Their messages may quote an answer or a token. */
import { isIntrospectionError } from '../errors.ts'
import { stackFrames } from './stack-frames.ts'

/** How many characters of a message are kept. */
const MAX_MESSAGE_LENGTH = 200
/** How many nested causes are kept. */
const MAX_DEPTH = 4
/** Where the messages of libraries begin to quote: a value, a command, a row, a JSON text. */
const QUOTED = /['"`{\n\r]/
const CODE = /^[\w-]{1,64}$/

/**
 * An error that is safe to report: with the name, the `code`, the message up to the first quotation and the stack of
 * the given error, and the same of its cause. Other properties are left out: ioredis attaches the whole command, which
 * holds the cached answer, and PostgreSQL names the refused row in `detail`. Errors of these packages are not changed.
 * A thrown value that is not an error becomes an error that does not quote it.
 */
export function withoutData(thrown: unknown): Error {
  return clean(thrown, MAX_DEPTH)
}

function clean(thrown: unknown, depth: number): Error {
  if (isIntrospectionError(thrown)) return thrown
  if (!(thrown instanceof Error)) return new Error(`the thrown value is not an Error: ${typeof thrown}`)
  const { name, message, cause } = thrown
  const { code } = thrown as { code?: unknown }
  const cleaned = new Error(
    upToQuotation(message),
    cause === undefined || depth === 0 ? {} : { cause: clean(cause, depth - 1) },
  )
  if (CODE.test(name)) Object.defineProperty(cleaned, 'name', { value: name, configurable: true, writable: true })
  cleaned.stack = [`${cleaned.name}: ${cleaned.message}`, ...stackFrames(thrown)].join('\n')
  return CODE.test(String(code)) ? Object.assign(cleaned, { code }) : cleaned
}

function upToQuotation(message: unknown): string {
  const text = String(message)
  const end = text.search(QUOTED)
  const kept = (end === -1 ? text : text.slice(0, end)).slice(0, MAX_MESSAGE_LENGTH)
  return kept.length < text.length ? `${kept.trimEnd()}…` : kept
}
