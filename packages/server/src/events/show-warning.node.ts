/** Warnings with `process.emitWarning`, which Bun and Deno have as well. */
import { type Warning, withoutCode } from '@token-introspection/core'

/** Emits a warning like Node does for its own, with the code in front. */
export function showWarning({ code, message }: Warning): void {
  process.emitWarning(withoutCode(message, code), { type: 'TokenIntrospectionWarning', code })
}
