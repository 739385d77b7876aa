/** Header fields in which a proxy that ended TLS writes the certificate of a client (RFC 9440, and what there was before). */

/**
 * How a proxy writes a certificate: `rfc9440` as the byte sequence of `Client-Cert`; `nginx` as
 * `$ssl_client_escaped_cert`; `envoy` as the `Cert` of `X-Forwarded-Client-Cert`; `alb` as the Application Load Balancer
 * of AWS does when it validates, `alb-passthrough` as it does when it does not.
 */
export type CertificateHeaderFormat = 'rfc9440' | 'nginx' | 'envoy' | 'alb' | 'alb-passthrough'

/** The name each of them usually gives the field, in lower case. */
export const CERTIFICATE_HEADERS: Readonly<Record<CertificateHeaderFormat, string>> = Object.freeze({
  rfc9440: 'client-cert',
  nginx: 'x-ssl-client-cert',
  envoy: 'x-forwarded-client-cert',
  alb: 'x-amzn-mtls-clientcert-leaf',
  'alb-passthrough': 'x-amzn-mtls-clientcert',
})

const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]+={0,2}):$/
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/
const BEGIN = '-----BEGIN CERTIFICATE-----'
const END = '-----END CERTIFICATE-----'
/** The last element of the field of Envoy: pairs without white space between them, values quoted where they must be. */
const ENVOY_LIST = /^(?:[A-Za-z]+=(?:"(?:[^"\\]|\\.)*"|[^",;\s]*)(?:[,;](?=.)|$))+$/
const ENVOY_PAIR = /([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;\s]*))([,;]|$)/gy

/**
 * Parses the field of a proxy into the DER of the client's own certificate. Whether the proxy may be believed is for the
 * caller to know: anybody can write such a field.
 *
 * @param field - as it came; several fields joined by a comma are no certificate (RFC 9440 §4).
 * @returns `undefined` for anything but one certificate in that format.
 */
export function parseCertificateHeader(format: CertificateHeaderFormat, field: string): Uint8Array | undefined {
  return READERS[format](field)
}

const READERS: Readonly<Record<CertificateHeaderFormat, (field: string) => Uint8Array | undefined>> = {
  rfc9440: (field) => fromBase64(BYTE_SEQUENCE.exec(field)?.[1]),
  nginx: (field) => fromEscapedPem(field, 'one'),
  envoy: (field) => fromEscapedPem(lastEnvoyCertificate(field), 'one'),
  alb: (field) => fromEscapedPem(field, 'one'),
  // The whole chain, the caller's own certificate first.
  'alb-passthrough': (field) => fromEscapedPem(field, 'chain'),
}

/** Of the element the nearest proxy added, which is the last: those before it came with the request. */
function lastEnvoyCertificate(field: string): string | undefined {
  if (!ENVOY_LIST.test(field)) return undefined
  let certificates: string[] = []
  for (const [, key = '', quoted, plain, end] of field.matchAll(ENVOY_PAIR)) {
    if (key.toLowerCase() === 'cert') certificates.push(quoted ?? plain ?? '')
    if (end === ',') certificates = []
  }
  return certificates.length === 1 ? certificates[0] : undefined
}

function fromEscapedPem(escaped: string | undefined, expected: 'one' | 'chain'): Uint8Array | undefined {
  if (escaped === undefined || /[\s,]/.test(escaped)) return undefined
  try {
    return fromBase64(base64OfPem(decodeURIComponent(escaped), expected))
  } catch {
    return undefined
  }
}

/**
 * The base64 of the first certificate. Found by its two boundaries, and not by a pattern: a pattern with white space on
 * both sides of the base64 tries every way to share it out, and a field of 8 kB would take seconds.
 */
function base64OfPem(text: string, expected: 'one' | 'chain'): string | undefined {
  const pem = text.trimStart()
  const end = pem.indexOf(END)
  if (!pem.startsWith(BEGIN) || end === -1) return undefined
  if (expected === 'one' && pem.slice(end + END.length).trim() !== '') return undefined
  const body = pem.slice(BEGIN.length, end)
  // The boundary is a line of its own.
  if (body.trimStart() === body) return undefined
  const base64 = body.replace(/\s/g, '')
  return BASE64.test(base64) ? base64 : undefined
}

function fromBase64(text: string | undefined): Uint8Array | undefined {
  if (text === undefined || text.length % 4 !== 0) return undefined
  try {
    return Uint8Array.from(atob(text), (octet) => octet.charCodeAt(0))
  } catch {
    return undefined
  }
}
