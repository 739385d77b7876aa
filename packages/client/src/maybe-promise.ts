/** Values that may be there already: an answer at hand is given without waiting for anything. */

/** A value, or a promise of it. */
export type MaybePromise<Value> = Value | Promise<Value>

/** Whether a value is still to come. Anything with `then` counts, because stores may use promises of their own. */
export function isPromise<Value>(value: MaybePromise<Value>): value is Promise<Value> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

/** Goes on with a value, at once when it is there. */
export function andThen<Value, Next>(
  value: MaybePromise<Value>,
  next: (value: Value) => MaybePromise<Next>,
): MaybePromise<Next> {
  // The callback of the promise, or of what stands for it.
  // oxlint-disable-next-line promise/no-callback-in-promise
  return isPromise(value) ? value.then(next) : next(value)
}
