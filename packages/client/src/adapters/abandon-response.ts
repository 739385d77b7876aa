/** Closes a Node response that cannot be written. */
import type { ServerResponse } from 'node:http'

/**
 * Other code may have wrapped the methods of a response. When one throws, the connection is closed and the process goes
 * on.
 */
export function abandonResponse(response: ServerResponse): void {
  try {
    response.destroy()
  } catch {}
}
