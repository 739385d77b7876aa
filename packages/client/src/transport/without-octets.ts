/** Step `transport`: makes the error of a failed exchange safe to report. */

/**
 * The same error without the octets that the HTTP parser, of undici or inside `fetch`, could not read and attached.
 * They may quote the token, and loggers also print the cause of an error.
 */
export function withoutOctets(error: unknown): unknown {
  const causes = error instanceof Error ? [error, error.cause] : []
  for (const cause of causes) {
    if (cause instanceof Error && cause.name === 'HTTPParserError') Reflect.deleteProperty(cause, 'data')
  }
  return error
}
