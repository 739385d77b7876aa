/** A mistake that a client authentication of this package finds with a request. */

/** A `TypeError` that names the argument. Its message holds no part of a secret, so it may be shown as it is. */
export class MethodMistake extends TypeError {}
