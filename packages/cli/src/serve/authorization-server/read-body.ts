/** Reads the bodies of requests to the endpoints of this server. */
import { FORM_MEDIA_TYPE, type Form, parseForm, parseMediaType, RequestInvalidError } from '@token-introspection/core'
import type { HttpRequest } from '@token-introspection/server'

/** The octets of a body, at most. */
const MAX_BYTES = 65_536

/**
 * Reads a body as text.
 *
 * @returns `undefined` when the media type is another one.
 * @throws RequestTooLargeError when it has more than 65,536 octets; RequestInvalidError when it is not UTF-8.
 */
export async function readText(request: HttpRequest, mediaType: string): Promise<string | undefined> {
  if (parseMediaType(request.header('content-type')) !== mediaType) return undefined
  const body = await request.readBody(MAX_BYTES)
  if (typeof body === 'string') return body
  // Only a framework passes a form, and there is none here.
  if (!(body instanceof Uint8Array)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch (error) {
    throw new RequestInvalidError('the body is not UTF-8', { cause: error })
  }
}

/** Reads a form. `undefined` when the body is none. @throws as {@link readText}; RequestInvalidError for a broken form. */
export async function readForm(request: HttpRequest): Promise<Form | undefined> {
  const text = await readText(request, FORM_MEDIA_TYPE)
  return text === undefined ? undefined : parseForm(text)
}
