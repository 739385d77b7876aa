/** Fields that the application sets before the guard runs. */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** By this field a request asks for a `Cache-Control` that the application sets before the guard runs. */
export const ASKED_FOR = 'x-cache-control'

export function fieldsBefore(cacheControl: string | undefined): Record<string, string> {
  return {
    'access-control-expose-headers': 'X-Total',
    ...(cacheControl !== undefined && { 'cache-control': cacheControl }),
  }
}

export function setFieldsBefore(request: IncomingMessage, response: ServerResponse): void {
  const fields = fieldsBefore(request.headers[ASKED_FOR] as string | undefined)
  for (const [name, value] of Object.entries(fields)) response.setHeader(name, value)
}
