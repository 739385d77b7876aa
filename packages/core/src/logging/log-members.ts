/** The members of a record: bounded, harmless, and without any text that may quote a token or a secret. */
import { isIntrospectionError } from '../errors.ts'
import { type CleanValue, cleanValue } from '../values/clean-value.ts'
import { sayName } from '../values/say-cause.ts'
import { stackFrames } from '../values/stack-frames.ts'
import { visibleText } from '../values/visible-text.ts'

const MAX_CHARACTERS = 1000

const MAX_CAUSES = 4
const MAX_FRAMES = 10

/** A text that can neither break a line of a log nor hide a part of itself, with at most 1000 characters. */
export function logText(text: string): string {
  return text.length <= MAX_CHARACTERS ? visibleText(text) : `${visibleText(text.slice(0, MAX_CHARACTERS))}...`
}

/** The members that are there, cleaned. Fractions of a microsecond are left out of numbers. */
export function logMembers(members: object): Record<string, CleanValue> {
  const cleaned = Object.entries(members).map(([name, value]) => {
    return [name, typeof value === 'number' ? Math.round(value * 1000) / 1000 : cleanValue(value, logText)] as const
  })
  return Object.fromEntries(cleaned.filter(([, value]) => value !== undefined))
}

/** What a log says of an error. */
interface SaidError {
  readonly code: string
  readonly retryable?: boolean
  /** The names and codes of the errors behind it, the nearest first. */
  readonly cause?: string
  /** Where an unexpected error was thrown. */
  readonly stack?: string
}

/** The code of an error. Of an error that is not of these packages only names and codes are said, and where it was thrown. */
export function describeError(error: unknown): SaidError {
  if (isIntrospectionError(error)) return { code: error.code, retryable: error.retryable, ...saidCause(causeOf(error)) }
  const frames = error instanceof Error ? stackFrames(error).slice(0, MAX_FRAMES) : []
  const stack = frames.length === 0 ? {} : { stack: frames.map((line) => logText(line.trim())).join(' ') }
  return { code: 'ERR_UNEXPECTED', ...saidCause(error), ...stack }
}

function saidCause(error: unknown): { readonly cause?: string } {
  const said: string[] = []
  for (let cause = error; cause !== undefined && said.length < MAX_CAUSES; cause = causeOf(cause))
    said.push(sayName(cause))
  return said.length === 0 ? {} : { cause: said.join(' < ') }
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined
}
