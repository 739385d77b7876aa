/** Values that may be there already: waiting for one that is costs more than the step it belongs to. */

/** A value, or a promise of it. */
export type MaybePromise<Value> = Value | Promise<Value>

/** Whether a value is still to come. Anything with `then` counts, because stores may use promises of their own. */
export function isPromise<Value>(value: MaybePromise<Value>): value is Promise<Value> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
