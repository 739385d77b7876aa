/** Events by `node:diagnostics_channel`, which Bun and Deno have too. */
import { channel } from 'node:diagnostics_channel'
import type { Warning } from '@token-introspection/core'

/** Where every client of the process tells its events. It is held here, because Node forgets channels nobody holds. */
export const diagnostics = channel('token-introspection:client')

/** Shows a warning as Node shows its own. */
export function showWarning({ code, message }: Warning): void {
  process.emitWarning(message, { type: 'TokenIntrospectionWarning', code })
}
