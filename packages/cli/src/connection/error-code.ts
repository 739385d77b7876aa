/** The error code of a failed connection, wherever the runtime puts it. */

/** Codes of our own errors say what failed, and not why. */
const OURS = /^ERR_(?:TRANSPORT|RESPONSE)_/

/** The code of a TLS alert may have a slash: `ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE`. */
const CODE = /^[A-Z\d_/]{1,64}$/

/** The innermost code, because it says most. `undefined` without any. */
export function errorCodeOf(error: unknown): string | undefined {
  let cause = error
  let found: string | undefined
  for (let depth = 0; depth < 5 && cause instanceof Error; depth += 1) {
    const { code } = cause as { readonly code?: unknown }
    if (typeof code === 'string' && CODE.test(code) && !OURS.test(code)) found = code
    cause = cause instanceof AggregateError ? (cause.errors as unknown[])[0] : cause.cause
  }
  return found
}
