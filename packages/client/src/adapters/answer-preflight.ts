/** The answer to a CORS preflight that reaches a guard. */
import type { ServerResponse } from 'node:http'
import { abandonResponse } from './abandon-response.ts'
import { BODY_FIELDS } from '../result/response-fields.ts'

/**
 * Sends 204 without CORS permission, so the browser sends no request. Fields that earlier middleware has set stay, such
 * as the permission of a CORS middleware that passes preflights on.
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
