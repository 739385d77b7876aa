/**
 * Header fields in which a proxy that terminates TLS sends the certificate of a client: RFC 9440, and older fields of
 * proxies.
 */

/**
 * How a proxy writes a certificate. `rfc9440` is the byte sequence of `Client-Cert`, `nginx` is
 * `$ssl_client_escaped_cert`, `apache` is `%{SSL_CLIENT_CERT}s`, `envoy` is the `Cert` of `X-Forwarded-Client-Cert`,
 * and `traefik` is the option `pem` of `passTLSClientCert`. `alb` and `alb-passthrough` are the Application Load
 * Balancer of AWS in its modes verify and passthrough, and `azure` is Azure App Service.
 */
export type CertificateHeaderFormat =
  | 'rfc9440'
  | 'nginx'
  | 'apache'
  | 'envoy'
  | 'traefik'
  | 'alb'
  | 'alb-passthrough'
  | 'azure'

/** The usual name of the field for each format, in lower case. */
export const CERTIFICATE_HEADERS: Readonly<Record<CertificateHeaderFormat, string>> = Object.freeze({
  rfc9440: 'client-cert',
  nginx: 'x-ssl-client-cert',
  apache: 'ssl_client_cert',
  envoy: 'x-forwarded-client-cert',
  traefik: 'x-forwarded-tls-client-cert',
  alb: 'x-amzn-mtls-clientcert-leaf',
  'alb-passthrough': 'x-amzn-mtls-clientcert',
  azure: 'x-arr-clientcert',
})

const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]+={0,2}):$/
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/
/** The chain of the client, its own certificate first. White space would mean that two fields were joined. */
const BASE64_LIST = /^[A-Za-z0-9+/]+={0,2}(?:,[A-Za-z0-9+/]+={0,2})*$/
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
  // A PEM whose line breaks have become spaces.
  apache: (field) => fromBase64(base64OfPem(field, 'one')),
  envoy: (field) => fromEscapedPem(lastEnvoyCertificate(field), 'one'),
  traefik: fromBase64List,
  alb: (field) => fromEscapedPem(field, 'one'),
  // The whole chain, with the client's own certificate first.
  'alb-passthrough': (field) => fromEscapedPem(field, 'chain'),
  azure: (field) => fromBase64(BASE64.exec(field)?.[0]),
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

/** Versions of Traefik before 2.2 escape the list, and base64 itself has no `%`. */
function fromBase64List(field: string): Uint8Array | undefined {
  const list = field.includes('%') ? unescaped(field) : field
  if (list === undefined || !BASE64_LIST.test(list)) return undefined
  return fromBase64(list.slice(0, list.includes(',') ? list.indexOf(',') : undefined))
}

function fromEscapedPem(escaped: string | undefined, expected: 'one' | 'chain'): Uint8Array | undefined {
  if (escaped === undefined || /[\s,]/.test(escaped)) return undefined
  const text = unescaped(escaped)
  return text === undefined ? undefined : fromBase64(base64OfPem(text, expected))
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
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
