/** Asking what is not ours, such as a store, a registry or a policy: it may answer at once, later, never, or throw. */
import { withoutData } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'

/** The `cause` of an error about a dependency that did not answer in time. */
export class DependencyTimeoutError extends Error {
  override readonly name = 'DependencyTimeoutError'
}

/** A question that can be given up. */
interface Abortable {
  abort(reason: Error): void
}

/**
 * What a dependency gives. It is not waited for longer than `timeoutMs`; what it gives later is dropped.
 *
 * @param toError - makes the error of the step out of whatever was thrown.
 * @param asked - told when nobody waits any more.
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
    throw toError(reportable(cause))
  }
  return isPromise(answer) ? withinTime(answer, timeoutMs, toError, asked) : answer
}

/** What is thrown may quote a record or a token. A limiter throws what is no error, to say that a budget is used up. */
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
    // What only looks like a promise is one afterwards.
    Promise.resolve(answer)
      .then(resolve, (cause: unknown) => reject(toError(reportable(cause))))
      .finally(() => clearTimeout(timer))
  })
}
