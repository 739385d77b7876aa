/** Step `transport`: what may be told of a failed exchange. */

/**
 * The same error without the octets that the HTTP parser, of undici or inside `fetch`, could not read and keeps: they
 * may quote the token, and whoever logs an error logs its cause.
 */
export function withoutOctets(error: unknown): unknown {
  const causes = error instanceof Error ? [error, error.cause] : []
  for (const cause of causes) {
    if (cause instanceof Error && cause.name === 'HTTPParserError') Reflect.deleteProperty(cause, 'data')
  }
  return error
}
