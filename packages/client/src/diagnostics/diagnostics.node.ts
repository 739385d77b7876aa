/** Events by `node:diagnostics_channel`, which Bun and Deno have too. */
import { channel } from 'node:diagnostics_channel'

/** Where every client of the process tells its events. It is held here, because Node forgets channels nobody holds. */
export const diagnostics = channel('token-introspection:client')
