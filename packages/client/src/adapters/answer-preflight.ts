/** The answer to a CORS preflight that nobody has answered before it reached a guard. */
import type { ServerResponse } from 'node:http'
import { abandonResponse } from './abandon-response.ts'
import { BODY_FIELDS } from './response-fields.ts'

/**
 * Sends 204 without permission: the browser then sends nothing. Fields that middleware has set before stay, so the
 * permission of a CORS middleware that hands on what it has answered stays too.
 */
export function answerPreflight(response: ServerResponse): void {
  if (response.headersSent || response.writableEnded) return
  try {
    for (const name of BODY_FIELDS) response.removeHeader(name)
    response.statusCode = 204
    response.end()
  } catch {
    abandonResponse(response)
  }
}
