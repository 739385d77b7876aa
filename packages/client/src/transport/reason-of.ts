/** Step `transport`: why a request had no answer, in words for the operator. */

const CLOSED = 'the server, or a proxy or firewall on the way, closed the connection before the answer was complete'

const NO_TLS = 'no TLS is spoken at that port: check the port; the URL of a server without TLS begins with http'

const NO_ROUTE = 'there is no route to that address: check the network and its firewalls'

/** Explanations of error codes for the operator. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no address is known for that name: check the host',
  EAI_AGAIN: 'the resolver of names did not answer: check the DNS settings of this machine or container',
  ECONNREFUSED: 'nothing listens there: check host and port, and whether the server runs',
  ENOENT: 'there is no such socket: check transport.socketPath, and whether the server runs',
  EACCES: 'this process must not open that socket: check its permissions',
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  ETIMEDOUT: 'nothing answered at that address: check host and port, and the firewalls on the way',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time: check host and port, and the firewalls on the way',
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  UND_ERR_SOCKET: CLOSED,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_SSL_HTTP_REQUEST: NO_TLS,
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
    'the server takes no HTTP/1.1 at that port (ALPN), which the client speaks: allow it there, beside HTTP/2',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION:
    'the server and this process have no version of TLS in common: allow TLS 1.2 or 1.3 there',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    'the server wants a certificate of this client: give it as transport.tls.cert and transport.tls.key',
  CERT_HAS_EXPIRED: 'the certificate of the server has expired: renew it there',
  CERT_NOT_YET_VALID: 'the certificate of the server is not valid yet: check the clock of this machine',
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

/**
 * The reason as the end of a sentence, with the remedy. Empty when the error says nothing that is safe to repeat.
 *
 * @param url - the URL of the request. A connection that is lost over http may have met a server that speaks TLS.
 */
export function reasonOf(error: unknown, url = ''): string {
  if (isParserError(error)) return NO_HTTP
  const code = codeOf(error)
  if (code === undefined) return ''
  if (UNKNOWN_AUTHORITY.has(code)) {
    return (
      `: ${code}, its certificate is from an authority that this process does not trust. If it is your authority, give its ` +
      'certificate as transport.tls.ca'
    )
  }
  const advice = ADVICE[code]
  const further = advice === CLOSED && url.startsWith('http:') ? MAY_BE_TLS : ''
  return advice === undefined ? `: ${code}` : `: ${code}, ${advice}${further}`
}

const NO_HTTP =
  ': the answer is not HTTP/1.1. Check host and port: another service listens there, or the server takes HTTP/2 only'

const MAY_BE_TLS = '. If that port speaks TLS, the URL begins with https'

/** Whether the HTTP parser, of undici or inside `fetch`, could not read the answer. */
function isParserError(error: unknown): boolean {
  return (
    error instanceof Error &&
    [error, error.cause].some((each) => (each as Error | undefined)?.name === 'HTTPParserError')
  )
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
