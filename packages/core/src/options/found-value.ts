/** A function as an option that finds a secret or a key: when it is called, how long its value is used, and how it fails. */
import { SecretUnavailableError } from '../errors.ts'
import { isPromise, type MaybePromise } from '../promises/maybe-promise.ts'

/** Finds the value of an option. It never throws, but its promise may reject with `SecretUnavailableError`. */
export type FindValue<Value> = () => MaybePromise<Value>

/** What the function of an option finds. */
export interface FoundValue<Value> {
  /** The path of the option, for messages. */
  readonly path: string
  /** What the function has to return, for messages, such as `secret of at least 32 characters`. */
  readonly wanted: string
  /** Reads what the function returned. It throws an error that does not quote it, when it cannot be used. */
  readonly read: (found: unknown) => Value
  /** How long a value is used, in milliseconds from the call that found it. Default: a minute. */
  readonly keptMs?: number | undefined
}

/** So a secret can change while the process runs, and a vault gets one question a minute. */
const KEPT_MS = 60_000

/**
 * How long a caller waits for the function, in milliseconds. After this time the call is given up, because its connection may be dead. It
 * counts as a failure.
 */
const PATIENCE_MS = 5000

/** After a failure the function rests for this time, in milliseconds, however many requests want its value. */
const REST_MS = 1000

/** A call of the function that is under way. */
interface Finding<Value> {
  readonly sinceMs: number
  readonly value: Promise<Value>
}

/**
 * Returns a function that calls `find` with its first use, and again with the first use after `keptMs`. Simultaneous uses share one
 * call. A value is never used longer, also when `find` fails or gives no answer: then each use rejects with `SecretUnavailableError`, and the first
 * use after a second calls `find` again. The value is there at once when `find` returns no promise.
 */
export function createFinder<Value>(
  find: () => unknown,
  { path, wanted, read, keptMs = KEPT_MS }: FoundValue<Value>,
): FindValue<Value> {
  let known: { readonly value: Value; readonly sinceMs: number } | undefined
  let finding: Finding<Value> | undefined
  let failed: { readonly error: SecretUnavailableError; readonly sinceMs: number } | undefined

  const unavailable = (cause: unknown): SecretUnavailableError =>
    new SecretUnavailableError(
      `${path}: the function finds no ${wanted}. Is the variable or the vault that it reads there?`,
      { cause },
    )

  /** A call that was given up may answer after a later one. Its value may be the older one. */
  function keep(found: unknown, sinceMs: number): Value {
    const value = read(found)
    if (known === undefined || sinceMs >= known.sinceMs) known = { value, sinceMs }
    failed = undefined
    return value
  }

  function fail(cause: unknown): SecretUnavailableError {
    failed = { error: unavailable(cause), sinceMs: performance.now() }
    return failed.error
  }

  async function settle(found: Promise<unknown>, sinceMs: number): Promise<Value> {
    try {
      return keep(await found, sinceMs)
    } catch (error) {
      throw fail(error)
    } finally {
      // A later call may be under way.
      if (finding?.sinceMs === sinceMs) finding = undefined
    }
  }

  /** Each caller has a timer of its own, because on Workers a timer ends with the request that set it. */
  function inTime(call: Finding<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(giveUp(call)), PATIENCE_MS)
      call.value.finally(() => clearTimeout(timer)).then(resolve, reject)
    })
  }

  /** The first caller that has waited long enough gives the call up for all, so that the function rests. */
  function giveUp(call: Finding<Value>): SecretUnavailableError {
    const cause = new Error(`the function did not answer within ${PATIENCE_MS} ms`)
    if (finding !== call) return unavailable(cause)
    finding = undefined
    return fail(cause)
  }

  // It never throws: a caller may have begun other work, whose promises it would leave behind.
  return () => {
    const nowMs = performance.now()
    if (known !== undefined && nowMs - known.sinceMs < keptMs) return known.value
    if (finding !== undefined && nowMs - finding.sinceMs < PATIENCE_MS) return inTime(finding)
    if (failed !== undefined && nowMs - failed.sinceMs < REST_MS) return Promise.reject(failed.error)
    try {
      const found = find()
      if (!isPromise(found)) return keep(found, nowMs)
      finding = { sinceMs: nowMs, value: settle(Promise.resolve(found), nowMs) }
    } catch (error) {
      return Promise.reject(fail(error))
    }
    return inTime(finding)
  }
}
