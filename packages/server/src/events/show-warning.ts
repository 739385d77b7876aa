/** Warnings on the console, for runtimes without `process`. */
import type { Warning } from '@token-introspection/core'

/** Shows a warning on the console. */
export function showWarning({ code, message }: Warning): void {
  // Without an observer this is the only way to reach the operator.
  // oxlint-disable-next-line no-console
  console.warn(`TokenIntrospectionWarning [${code}]: ${message}`)
}
