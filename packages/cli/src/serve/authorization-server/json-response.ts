/** Answers of this server. */
import { JSON_MEDIA_TYPE } from '@token-introspection/core'
import type { HttpResponse } from '@token-introspection/server'

/** A JSON document that nobody keeps. */
export function jsonResponse(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { 'content-type': JSON_MEDIA_TYPE, 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  }
}
