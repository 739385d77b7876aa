/** Gives up a response of Node that cannot be written. */
import type { ServerResponse } from 'node:http'

/** Others may have wrapped the methods of a response: when one throws, the connection ends and the process does not. */
export function abandonResponse(response: ServerResponse): void {
  try {
    response.destroy()
  } catch {}
}
