/** Errors of others, made fit for events and logs: they may quote what they failed on, an answer or a token. */
import { isIntrospectionError } from '../errors.ts'

/** Characters of a message that are kept. */
const MAX_MESSAGE_LENGTH = 200
/** Errors in errors that are kept. */
const MAX_DEPTH = 4
/** Where libraries begin to quote: a value, a command, a row, a JSON text. */
const QUOTED = /['"`{\n\r]/
const FRAME = /^\s+at /
const CODE = /^[\w-]{1,64}$/

/**
 * An error as it may be reported: its name, its `code`, its message up to the first quotation, where it was thrown, and the
 * same of its cause. Other properties are left out: ioredis hangs the whole command on its errors, with the answer that was to
 * be kept, and PostgreSQL says in `detail` which row it refused. Errors of these packages stay as they are. A value that is
 * no error becomes one that does not quote it.
 */
export function withoutData(thrown: unknown): Error {
  return clean(thrown, MAX_DEPTH)
}

function clean(thrown: unknown, depth: number): Error {
  if (isIntrospectionError(thrown)) return thrown
  if (!(thrown instanceof Error)) return new Error(`something was thrown that is no Error: ${typeof thrown}`)
  const { name, message, stack, cause } = thrown
  const { code } = thrown as { code?: unknown }
  const cleaned = new Error(
    upToQuotation(message),
    cause === undefined || depth === 0 ? {} : { cause: clean(cause, depth - 1) },
  )
  if (CODE.test(name)) Object.defineProperty(cleaned, 'name', { value: name, configurable: true, writable: true })
  const frames = (stack ?? '').split('\n').filter((line) => FRAME.test(line))
  cleaned.stack = [`${cleaned.name}: ${cleaned.message}`, ...frames].join('\n')
  return CODE.test(String(code)) ? Object.assign(cleaned, { code }) : cleaned
}

function upToQuotation(message: unknown): string {
  const text = String(message)
  const end = text.search(QUOTED)
  const kept = (end === -1 ? text : text.slice(0, end)).slice(0, MAX_MESSAGE_LENGTH)
  return kept.length < text.length ? `${kept.trimEnd()}…` : kept
}
