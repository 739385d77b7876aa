/** Events by `node:diagnostics_channel`, which Bun and Deno have too. */
import { channel } from 'node:diagnostics_channel'
import { type Warning, withoutCode } from '@token-introspection/core'

/**
 * The channel of all clients of the process. This reference keeps it alive, because Node forgets unreferenced channels.
 */
export const diagnostics = channel('token-introspection:client')

/** Shows a warning in the same way as Node's own warnings, with the code in front. */
export function showWarning({ code, message }: Warning): void {
  process.emitWarning(withoutCode(message, code), { type: 'TokenIntrospectionWarning', code })
}
