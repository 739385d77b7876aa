/** The client certificate from the header field of a proxy that ended TLS (RFC 9440, and what proxies had before). */
import { OptionGroup } from '@token-introspection/core/options'
import { ClientAuthenticationFailedError } from '../errors.ts'
import type { PeerCertificate } from '../http-message.ts'
import type { ClientCertificateResolver } from './client-certificate.ts'

/**
 * How a proxy writes a certificate: `rfc9440` as the byte sequence of `Client-Cert`; `nginx` as
 * `$ssl_client_escaped_cert`; `envoy` as the `Cert` of `X-Forwarded-Client-Cert`; `alb` as the Application Load Balancer
 * of AWS does when it validates, `alb-passthrough` as it does when it does not.
 */
export type CertificateHeaderFormat = 'rfc9440' | 'nginx' | 'envoy' | 'alb' | 'alb-passthrough'

/** Options of {@link certificateFromHeader}. */
export interface CertificateFromHeaderOptions {
  /** How the proxy writes the certificate. */
  readonly format: CertificateHeaderFormat
  /**
   * Whether an address is that of a proxy of yours. Required: the field of anybody else is ignored and reported, because
   * anybody can write one. The address is the one of the connection, never one out of a header field.
   */
  readonly isTrustedProxy: (remoteAddress: string) => boolean
  /**
   * The name of the field, in any case. Default by format: `client-cert`, `x-ssl-client-cert`, `x-forwarded-client-cert`,
   * `x-amzn-mtls-clientcert-leaf`, `x-amzn-mtls-clientcert`.
   */
  readonly header?: string | undefined
  /** The field with nginx's `$ssl_client_verify`; the chain counts as validated where it says `SUCCESS`. Default `x-ssl-client-verify`. For `nginx` only. */
  readonly verifyHeader?: string | undefined
  /**
   * Whether the proxy lets in only certificates whose chain it validated, which `tls_client_auth` needs and the formats
   * `rfc9440` and `envoy` do not say. Default `false`. For these two only: nginx says it per request, and of the formats of
   * the load balancer one means yes and the other no.
   */
  readonly chainValidated?: boolean | undefined
}

const HEADERS: Readonly<Record<CertificateHeaderFormat, string>> = {
  rfc9440: 'client-cert',
  nginx: 'x-ssl-client-cert',
  envoy: 'x-forwarded-client-cert',
  alb: 'x-amzn-mtls-clientcert-leaf',
  'alb-passthrough': 'x-amzn-mtls-clientcert',
}
const FORMATS = Object.keys(HEADERS) as CertificateHeaderFormat[]

const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]+={0,2}):$/
const PEM = /^\s*-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END CERTIFICATE-----/
/** The last element of the field of Envoy: pairs without white space between them, values quoted where they must be. */
const ENVOY_LIST = /^(?:[A-Za-z]+=(?:"(?:[^"\\]|\\.)*"|[^",;\s]*)(?:[,;](?=.)|$))+$/
const ENVOY_PAIR = /([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;\s]*))([,;]|$)/g

/**
 * Takes the certificate from a header field of a proxy in front. The proxy has to remove that field from what its own
 * callers send; a field that stands twice is refused, since one of the two may be a caller's (RFC 9440 §4).
 *
 * @throws TypeError naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { BlockList } from 'node:net'
 * import { certificateFromHeader } from '@token-introspection/server'
 *
 * const proxies = new BlockList()
 * proxies.addSubnet('10.0.0.0', 24)
 *
 * export const clientCertificate = certificateFromHeader({
 *   format: 'rfc9440',
 *   isTrustedProxy: (address) => proxies.check(address, address.includes(':') ? 'ipv6' : 'ipv4'),
 *   chainValidated: true,
 * })
 * ```
 * @see [RFC 9440 §2](https://www.rfc-editor.org/rfc/rfc9440.html#section-2)
 */
export function certificateFromHeader(options: CertificateFromHeaderOptions): ClientCertificateResolver {
  const group = new OptionGroup('', options, ['format', 'isTrustedProxy', 'header', 'verifyHeader', 'chainValidated'])
  if (!group.has('format')) throw group.error('format', 'is required')
  const format = group.oneOf<CertificateHeaderFormat>('format', FORMATS, 'rfc9440')
  const isTrustedProxy = group.function<(remoteAddress: string) => boolean>('isTrustedProxy')
  if (isTrustedProxy === undefined) throw group.error('isTrustedProxy', 'is required')
  if (group.has('verifyHeader') && format !== 'nginx') throw group.error('verifyHeader', 'is for nginx only')
  if (group.has('chainValidated') && format !== 'rfc9440' && format !== 'envoy') {
    throw group.error('chainValidated', 'is for rfc9440 and envoy only')
  }
  const header = (group.string('header') ?? HEADERS[format]).toLowerCase()
  const verifyHeader = (group.string('verifyHeader') ?? 'x-ssl-client-verify').toLowerCase()
  const chainValidated = format === 'alb' || group.boolean('chainValidated', false)

  return (request, warn) => {
    const field = request.header(header)
    if (field === undefined || field === '') return undefined
    const address = request.remoteAddress?.()
    // A promise would be true of everybody.
    const trusted: unknown = address !== undefined && isTrustedProxy(address)
    if (trusted !== true) {
      warn('forgeable-certificate-header', `${header} came from an address that is no trusted proxy and was ignored`)
      return undefined
    }
    const der = READERS[format](field)
    if (der === undefined) throw new ClientAuthenticationFailedError(`${header} does not hold one certificate`)
    const validated = format === 'nginx' ? request.header(verifyHeader) === 'SUCCESS' : chainValidated
    return { der, chainValidated: validated } satisfies PeerCertificate
  }
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
  let text: string
  try {
    text = decodeURIComponent(escaped)
  } catch {
    return undefined
  }
  const match = PEM.exec(text)
  if (match === null || (expected === 'one' && text.slice(match[0].length).trim() !== '')) return undefined
  return fromBase64(match[1]?.replace(/\s+/g, ''))
}

function fromBase64(text: string | undefined): Uint8Array | undefined {
  if (text === undefined || text.length % 4 !== 0) return undefined
  try {
    return Uint8Array.from(atob(text), (octet) => octet.charCodeAt(0))
  } catch {
    return undefined
  }
}
