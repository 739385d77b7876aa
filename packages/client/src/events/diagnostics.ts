/** Replaces the diagnostics channel in runtimes without `node:diagnostics_channel`. */
import { type Warning, withoutCode } from '@token-introspection/core'

/** A channel that never has subscribers. */
export const diagnostics = Object.freeze({
  hasSubscribers: false,
  publish(_message: unknown): void {
    // There are no subscribers.
  },
})

/** Shows a warning on the console, with the code in front. */
export function showWarning({ code, message }: Warning): void {
  // The console is the only way to reach an operator who has set up no listener.
  // oxlint-disable-next-line no-console
  console.warn(`TokenIntrospectionWarning [${code}]: ${withoutCode(message, code)}`)
}
