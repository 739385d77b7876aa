/** Warnings with `process.emitWarning`, which Bun and Deno have as well. */
import type { Warning } from '@token-introspection/core'

/** Emits a warning like Node does for its own. */
export function showWarning({ code, message }: Warning): void {
  process.emitWarning(message, { type: 'TokenIntrospectionWarning', code })
}
