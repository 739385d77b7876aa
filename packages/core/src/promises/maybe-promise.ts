/** A value, or a promise of it. A caller that gets the value does not wait, because waiting takes longer than most steps. */

/** A value, or a promise of it. */
export type MaybePromise<Value> = Value | Promise<Value>

/** Whether this is a promise. Any object with a method `then` counts, because stores may have their own promises. */
export function isPromise<Value>(value: MaybePromise<Value>): value is Promise<Value> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

/**
 * Ignores the rejection of what an observer returned, which would end the process otherwise. Promises of libraries and of other
 * realms count, too, such as those of a virtual machine in which a test runs.
 */
export function ignoreRejection(returned: unknown): void {
  if (isPromise(returned)) Promise.resolve(returned).catch(() => undefined)
}

/** Calls `next` with the value: at once if it is no promise, and otherwise when the promise is fulfilled. */
export function andThen<Value, Next>(
  value: MaybePromise<Value>,
  next: (value: Value) => MaybePromise<Next>,
): MaybePromise<Next> {
  if (!isPromise(value)) return next(value)
  // The `then` of a store's own promise may return nothing, which would look like a value. `resolve` makes a real promise.
  // oxlint-disable-next-line promise/no-callback-in-promise
  return Promise.resolve(value).then(next)
}

/** The values in their order: at once if none of them is a promise, and otherwise when all promises are fulfilled. */
export function allOf<Value>(values: readonly MaybePromise<Value>[]): MaybePromise<readonly Value[]> {
  return values.some(isPromise) ? Promise.all(values) : (values as readonly Value[])
}

/** Takes the result of an async function right before the function returns it, and returns it unchanged. */
export type Settle<Value> = (value: Value) => Value

/**
 * Runs an async function. Returns its value if the function ended without awaiting anything, and otherwise its promise. With the
 * promise alone, a caller could read the value only a turn later.
 *
 * @param run - passes its result through `settle` right before it returns it.
 */
export function atOnce<Value extends object>(run: (settle: Settle<Value>) => Promise<Value>): MaybePromise<Value> {
  let settled: Value | undefined
  const running = run((value) => (settled = value))
  return settled ?? running
}
