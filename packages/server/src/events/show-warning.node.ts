/** Warnings by `process.emitWarning`, which Bun and Deno have too. */
import type { Warning } from '@token-introspection/core'

/** Shows a warning as Node shows its own. */
export function showWarning({ code, message }: Warning): void {
  process.emitWarning(message, { type: 'TokenIntrospectionWarning', code })
}
