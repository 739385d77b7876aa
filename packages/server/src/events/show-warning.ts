/** Warnings on the console, for runtimes without `process`. */
import { type Warning, withoutCode } from '@token-introspection/core'

/** Shows a warning on the console, with the code in front. */
export function showWarning({ code, message }: Warning): void {
  // Without an observer this is the only way to reach the operator.
  // oxlint-disable-next-line no-console
  console.warn(`TokenIntrospectionWarning [${code}]: ${withoutCode(message, code)}`)
}
