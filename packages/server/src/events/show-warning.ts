/** Warnings on the console, where there is no `process`. */
import type { Warning } from '@token-introspection/core'

/** Shows a warning on the console. */
export function showWarning({ code, message }: Warning): void {
  // There is no other way here to tell an operator who listens to nothing.
  // oxlint-disable-next-line no-console
  console.warn(`TokenIntrospectionWarning [${code}]: ${message}`)
}
