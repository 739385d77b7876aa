/** A value that may already be there. The caller then goes on without waiting, because waiting costs more than most steps. */

/** A value, or a promise of it. */
export type MaybePromise<Value> = Value | Promise<Value>

/** Whether the value is still to come. Any object with a method `then` counts, because stores may have their own promises. */
export function isPromise<Value>(value: MaybePromise<Value>): value is Promise<Value> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

/** Passes the value to `next`: at once if the value is there, and otherwise when the promise fulfils. */
export function andThen<Value, Next>(
  value: MaybePromise<Value>,
  next: (value: Value) => MaybePromise<Next>,
): MaybePromise<Next> {
  if (!isPromise(value)) return next(value)
  // The `then` of another promise may return nothing, and that would look like a value. `resolve` makes a promise of it.
  // oxlint-disable-next-line promise/no-callback-in-promise
  return Promise.resolve(value).then(next)
}

/** Takes the result of an async function at the moment it is there, and gives it back. */
export type Settle<Value> = (value: Value) => Value

/**
 * The result of an async function: the value itself when the function ended without awaiting anything, otherwise its promise. A
 * promise that is fulfilled already would still be read a turn later.
 *
 * @param run - passes its result through `settle` right before it returns it.
 */
export function atOnce<Value extends object>(run: (settle: Settle<Value>) => Promise<Value>): MaybePromise<Value> {
  let settled: Value | undefined
  const running = run((value) => (settled = value))
  return settled ?? running
}
