/** What an adapter hands to its framework when something throws. */

/** With these, as with nothing, `next` of Express goes on to what stands behind the guard. */
const NO_ERRORS: readonly unknown[] = ['route', 'router']

const NOT_AN_ERROR = 'a guard, or a function in its options, threw a value that is not an error'

/** The thrown value; or an error in its place, where the framework would take the value for none and go on. */
export function errorOf(thrown: unknown, message: string = NOT_AN_ERROR): unknown {
  return Boolean(thrown) && !NO_ERRORS.includes(thrown) ? thrown : new TypeError(message, { cause: thrown })
}
