/** No diagnostics channel, where there is no `node:diagnostics_channel`. */

/** Nobody can listen. */
export const diagnostics = Object.freeze({
  hasSubscribers: false,
  publish(_message: unknown): void {
    // Nobody listens.
  },
})
