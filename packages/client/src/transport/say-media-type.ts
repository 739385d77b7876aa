/** Step `transport`: the media type of a reply, for messages. */

/** Other media types are not named, because a server chooses the text and may write a token or a secret into it. */
const NAMED = new Set([
  'application/json',
  'application/jwt',
  'application/octet-stream',
  'application/problem+json',
  'application/token-introspection+jwt',
  'application/x-www-form-urlencoded',
  'application/xhtml+xml',
  'application/xml',
  'text/event-stream',
  'text/html',
  'text/plain',
  'text/xml',
])

/** The media type, if it is a usual one. */
export function sayMediaType(mediaType: string | undefined): string {
  if (mediaType === undefined) return 'no media type'
  return NAMED.has(mediaType) ? mediaType : 'another media type'
}
