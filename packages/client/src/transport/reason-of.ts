/** Step `transport`: why a request had no answer, in words for the operator. */

/** Explanations of error codes for the operator. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no address is known for that name: check the host',
  EAI_AGAIN: 'the resolver of names did not answer',
  ECONNREFUSED: 'nothing listens there: check host and port, and whether the server runs',
  ENOENT: 'there is no such socket: check transport.socketPath, and whether the server runs',
  EACCES: 'this process must not open that socket: check its permissions',
  EHOSTUNREACH: 'there is no route to that address',
  ENETUNREACH: 'there is no route to that address',
  CERT_HAS_EXPIRED: 'the certificate of the server has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the server is for another name: check the host',
}

/** Codes by which Node says that it does not know the issuer of a certificate. */
const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** The reason as the end of a sentence, with the remedy. Empty when the error has no code. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error)
  if (code === undefined) return ''
  if (UNKNOWN_AUTHORITY.has(code)) {
    return (
      `: ${code}, its certificate is from an authority that this process does not trust. If it is your authority, give its ` +
      'certificate as transport.tls.ca'
    )
  }
  const advice = ADVICE[code]
  return advice === undefined ? `: ${code}` : `: ${code}, ${advice}`
}

/** The error code, wherever the runtime puts it. A code is a word in capitals. Other text is not quoted. */
function codeOf(error: unknown): string | undefined {
  let cause = error
  for (let depth = 0; depth < 3 && cause instanceof Error; depth++) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'string' && /^[A-Z\d_]{1,64}$/.test(code)) return code
    cause = cause.cause
  }
  return undefined
}
