/** Step `response`: the answer as HTTP (RFC 7662 §2.2). */
import { type IntrospectionResponse, JSON_MEDIA_TYPE } from '@token-introspection/core'
import type { HttpResponse } from '../http-message.ts'

/** Header fields of every response: nothing is cached, nothing is sniffed (RFC 6749 §5.1). */
export const RESPONSE_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-type': JSON_MEDIA_TYPE,
  'cache-control': 'no-store',
  pragma: 'no-cache',
  'x-content-type-options': 'nosniff',
  vary: 'accept',
})

const INACTIVE_RESPONSE: HttpResponse = Object.freeze({
  status: 200,
  headers: RESPONSE_HEADERS,
  body: '{"active":false}',
})

/** The one answer to every revocation that was carried out, or had nothing left to do: no content (RFC 7009 §2.2). */
export const REVOKED_RESPONSE: HttpResponse = Object.freeze({
  status: 200,
  headers: Object.freeze({
    'cache-control': 'no-store',
    pragma: 'no-cache',
    'x-content-type-options': 'nosniff',
  }),
  body: '',
})

/** Writes an introspection response; every inactive one is the same object, byte for byte. */
export function writeResponse(response: IntrospectionResponse): HttpResponse {
  if (!response.active) return INACTIVE_RESPONSE
  return { status: 200, headers: RESPONSE_HEADERS, body: JSON.stringify(response) }
}
