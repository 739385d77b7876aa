/** What is behind a failure, in words that are safe in a message or a log. */
import { isIntrospectionError, messageOf } from '../errors.ts'

/** Names and codes of errors that may be repeated. */
const WORD = /^[\w-]{1,64}$/

/** The name and the code of an error. Its message is left out, because it may quote anything. */
export function sayName(error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`
  const { name, code } = error as { readonly name: unknown; readonly code?: unknown }
  const words = [name, code].filter((word) => typeof word === 'string' && WORD.test(word))
  return words.length === 0 ? 'Error' : words.join(' ')
}

/** The message of an error of these packages; the name and the code of any other. */
export function sayCause(cause: unknown): string {
  return isIntrospectionError(cause) ? messageOf(cause) : sayName(cause)
}
