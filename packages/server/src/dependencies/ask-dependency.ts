/** Calls functions of the application, such as a store or a policy. They may answer at once, later or never, or throw. */
import { sayCause, withoutData } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { SecretUnavailableError } from '../errors.ts'

/** The `cause` of an error about a dependency that did not answer in time. */
export class DependencyTimeoutError extends Error {
  override readonly name = 'DependencyTimeoutError'
}

/** Why a dependency failed, for a message. */
export function sayFailure(cause: unknown): string {
  return cause instanceof DependencyTimeoutError ? cause.message : sayCause(cause)
}

/** A call that can be aborted. */
interface Abortable {
  abort(reason: Error): void
}

/**
 * Returns the answer of a dependency. It waits at most `timeoutMs` milliseconds and ignores a later answer.
 *
 * @param toError - makes the error of the step from the thrown value. A `SecretUnavailableError` is thrown as it is, because it names
 * the option whose function failed.
 * @param asked - aborted when nobody waits for the answer any more.
 */
export function askDependency<Value>(
  ask: () => MaybePromise<Value>,
  timeoutMs: number,
  toError: (cause: unknown) => Error,
  asked?: Abortable,
): MaybePromise<Value> {
  let answer: MaybePromise<Value>
  try {
    answer = ask()
  } catch (cause) {
    throw stepError(cause, toError)
  }
  return isPromise(answer) ? withinTime(answer, timeoutMs, toError, asked) : answer
}

function stepError(thrown: unknown, toError: (cause: unknown) => Error): Error {
  return thrown instanceof SecretUnavailableError ? thrown : toError(reportable(thrown))
}

/** A thrown error may quote a record or a token. A limiter throws a value that is not an error, when a budget is used up. */
function reportable(thrown: unknown): unknown {
  const { msBeforeNext } = (thrown ?? {}) as { msBeforeNext?: unknown }
  return typeof msBeforeNext === 'number' ? thrown : withoutData(thrown)
}

function withinTime<Value>(
  answer: Promise<Value>,
  timeoutMs: number,
  toError: (cause: unknown) => Error,
  asked?: Abortable,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const reason = new DependencyTimeoutError(`no answer within ${timeoutMs} ms`)
      asked?.abort(reason)
      reject(toError(reason))
    }, timeoutMs)
    // A thenable becomes a real promise here.
    Promise.resolve(answer)
      .then(resolve, (cause: unknown) => reject(stepError(cause, toError)))
      .finally(() => clearTimeout(timer))
  })
}
