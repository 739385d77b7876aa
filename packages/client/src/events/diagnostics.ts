/** No diagnostics channel, where there is no `node:diagnostics_channel`. */
import type { Warning } from '@token-introspection/core'

/** Nobody can listen. */
export const diagnostics = Object.freeze({
  hasSubscribers: false,
  publish(_message: unknown): void {
    // Nobody listens.
  },
})

/** Shows a warning on the console. */
export function showWarning({ code, message }: Warning): void {
  // There is no other way here to tell an operator who listens to nothing.
  // oxlint-disable-next-line no-console
  console.warn(`TokenIntrospectionWarning [${code}]: ${message}`)
}
