/**
 * Throws unless this is a handler of this package. An adapter that accepted any other value would close the connection of each
 * request and report nothing.
 */
export function requireHandler(handler: unknown): void {
  if (typeof (handler as { handle?: unknown } | null | undefined)?.handle === 'function') return
  throw new TypeError(
    'handler: must be the handler that createIntrospectionHandler or its like returns; a function from Request to Response of ' +
      'your own needs the adapter of your framework for web requests',
  )
}
