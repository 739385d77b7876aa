/** Calls a function that finds a credential, and says what is wrong when there is none. */
import { MethodMistake } from './method-mistake.ts'
import { messageOf } from '@token-introspection/core'
import { andThen, isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { sayKind } from '@token-introspection/core/options'
import { isIntrospectionError, SecretUnavailableError } from '../../errors.ts'

/** The function, for error messages. */
export interface CredentialFunction {
  /** The argument or option that is the function. */
  readonly option: string
  /** The identifier of this resource server, if the method has one. */
  readonly clientId: string | undefined
}

const REMEDY = 'In this resource server, set the variable that it reads, or repair its access to the vault or key store'

/**
 * Calls `find`, and reads what it returned. It returns without a promise when `find` does.
 *
 * @param read - reads the credential. It throws an error that does not quote it, when it cannot be used.
 * @throws SecretUnavailableError, when `find` fails or returned something that cannot be used. A coded error of `find` is thrown
 * as it is.
 */
export function foundCredential<Found, Read>(
  find: () => MaybePromise<Found>,
  read: (found: Found) => MaybePromise<Read>,
  by: CredentialFunction,
): MaybePromise<Read> {
  return andThen(callFunction(find, by), (found) =>
    attempt(
      () => read(found),
      (fault) => unusable(found, fault, by),
    ),
  )
}

/**
 * Calls a function among the credentials. It returns without a promise when the function does.
 *
 * @throws SecretUnavailableError, when the function throws or rejects. A coded error of it is thrown as it is.
 */
export function callFunction<Result>(call: () => MaybePromise<Result>, by: CredentialFunction): MaybePromise<Result> {
  return attempt(call, (thrown) => (isIntrospectionError(thrown) ? thrown : failed(thrown, by)))
}

/** Throws another error in place of the one that `run` throws or rejects with. */
function attempt<Result>(run: () => MaybePromise<Result>, toError: (thrown: unknown) => Error): MaybePromise<Result> {
  const fail = (thrown: unknown): never => {
    throw toError(thrown)
  }
  try {
    const result = run()
    return isPromise(result) ? Promise.resolve(result).catch(fail) : result
  } catch (error) {
    return fail(error)
  }
}

function failed(thrown: unknown, by: CredentialFunction): SecretUnavailableError {
  // The mistake says what is wrong, and it is not about a function.
  if (thrown instanceof MethodMistake) return new SecretUnavailableError(thrown.message, { cause: thrown })
  return new SecretUnavailableError(`${by.option}: ${subject(by)} failed with ${sayError(thrown)}. ${REMEDY}`, {
    cause: thrown,
  })
}

/** A value of the wrong kind is named by its kind. What is wrong with another one, the reader has said. */
function unusable(found: unknown, fault: unknown, by: CredentialFunction): SecretUnavailableError {
  const isOfKind = (typeof found === 'string' && found !== '') || (typeof found === 'object' && found !== null)
  const message =
    isOfKind && fault instanceof Error
      ? `${messageOf(fault)}. ${capitalize(subject(by))} returned it`
      : `${by.option}: ${subject(by)} returned ${sayKind(found)}`
  return new SecretUnavailableError(`${message}. ${REMEDY}`, { cause: fault })
}

function subject({ clientId }: CredentialFunction): string {
  return clientId === undefined ? 'the function' : `the function of client "${clientId}"`
}

/** The name and the code of an error. Its message may quote a secret. */
function sayError(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'a value that is not an error'
  const { name, code } = thrown as { readonly name?: unknown; readonly code?: unknown }
  return [isWord(name) ? name : 'an error', ...(isWord(code) ? [`(${code})`] : [])].join(' ')
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^\w{1,64}$/.test(value)
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
