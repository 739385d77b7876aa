/** The error in place of a thrown value that a framework does not treat as an error. */

/** Express takes these two, like `undefined`, as permission to go on to what is behind the guard. */
const NO_ERRORS: readonly unknown[] = ['route', 'router']

const NOT_AN_ERROR = 'a guard, or a function in its options, threw a value that is not an error'

/**
 * Returns the thrown value, or a `TypeError` in place of a value with which a framework would go on or never answer: Express
 * and Fastify go on after `undefined`, and Koa does not answer.
 */
export function errorOf(thrown: unknown, message: string = NOT_AN_ERROR): unknown {
  return Boolean(thrown) && !NO_ERRORS.includes(thrown) ? thrown : new TypeError(message, { cause: thrown })
}
