/**
 * Header fields in which a proxy that terminates TLS sends the certificate of a client: RFC 9440, and older fields of
 * proxies.
 */

/**
 * How a proxy writes a certificate. `rfc9440` is the byte sequence of `Client-Cert`, `nginx` is
 * `$ssl_client_escaped_cert`, and `envoy` is the `Cert` of `X-Forwarded-Client-Cert`. `alb` and `alb-passthrough` are
 * the Application Load Balancer of AWS in its modes verify and passthrough.
 */
export type CertificateHeaderFormat = 'rfc9440' | 'nginx' | 'envoy' | 'alb' | 'alb-passthrough'

/** The usual name of the field for each format, in lower case. */
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
/** The last element of the field of Envoy: pairs without white space between them, and quoted values where needed. */
const ENVOY_LIST = /^(?:[A-Za-z]+=(?:"(?:[^"\\]|\\.)*"|[^",;\s]*)(?:[,;](?=.)|$))+$/
const ENVOY_PAIR = /([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;\s]*))([,;]|$)/gy

/**
 * Parses the field of a proxy into the DER of the client's own certificate.
 *
 * Security: anybody can send such a field. The caller has to know that the field comes from a trusted proxy.
 *
 * @param field - the field, unchanged. Several fields joined by a comma are refused (RFC 9440 §4).
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
  // The whole chain, with the client's own certificate first.
  'alb-passthrough': (field) => fromEscapedPem(field, 'chain'),
}

/**
 * Reads the last element, which the nearest proxy added. Earlier elements came with the request and cannot be trusted.
 */
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
 * The base64 of the first certificate, found by its two boundary lines and not by a pattern. A pattern with white space
 * on both sides of the base64 backtracks: a field of 8 kB would take seconds.
 */
function base64OfPem(text: string, expected: 'one' | 'chain'): string | undefined {
  const pem = text.trimStart()
  const end = pem.indexOf(END)
  if (!pem.startsWith(BEGIN) || end === -1) return undefined
  if (expected === 'one' && pem.slice(end + END.length).trim() !== '') return undefined
  const body = pem.slice(BEGIN.length, end)
  // The boundary must be a line of its own.
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
