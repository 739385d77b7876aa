/** The client certificate from a header field of a proxy that terminates TLS (RFC 9440, and older formats of proxies). */
import { CERTIFICATE_HEADERS, type CertificateHeaderFormat, parseCertificateHeader } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { PeerCertificate } from '../http/http-message.ts'
import type { ClientCertificateResolver } from './client-certificate.ts'
import { refuseCredentials } from './complaint.ts'

export type { CertificateHeaderFormat } from '@token-introspection/core'

const FORMATS = Object.keys(CERTIFICATE_HEADERS) as CertificateHeaderFormat[]

/** Options of {@link certificateFromHeader}. */
export interface CertificateFromHeaderOptions {
  /** The format in which the proxy writes the certificate. */
  readonly format: CertificateHeaderFormat
  /**
   * Whether an address belongs to one of your proxies. Required, because anybody can write the field: the endpoint ignores and
   * reports it when it comes from another address. The address is that of the connection, never one from a header field.
   */
  readonly isTrustedProxy: (remoteAddress: string) => boolean
  /**
   * The name of the field, in any case. The default depends on the format: `client-cert`, `x-ssl-client-cert`,
   * `x-forwarded-client-cert`, `x-amzn-mtls-clientcert-leaf`, `x-amzn-mtls-clientcert`.
   */
  readonly header?: string | undefined
  /**
   * The field with nginx's `$ssl_client_verify`. The chain counts as validated when the value is `SUCCESS`. Default
   * `x-ssl-client-verify`. Only for the format `nginx`.
   */
  readonly verifyHeader?: string | undefined
  /**
   * Whether the proxy accepts only certificates whose chain it validated. `tls_client_auth` needs such a chain. Default
   * `false`. Only for the formats `rfc9440` and `envoy`, which do not say so themselves. nginx says it per request, and of
   * the two formats of the AWS load balancer, `alb` means yes and the other means no.
   */
  readonly chainValidated?: boolean | undefined
}

/**
 * Takes the certificate from a header field that a proxy writes. The proxy must remove this field from the requests of its
 * own callers. A field that occurs twice is refused, because one of the two may come from a caller (RFC 9440 §4).
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
  const header = (group.string('header') ?? CERTIFICATE_HEADERS[format]).toLowerCase()
  const verifyHeader = (group.string('verifyHeader') ?? 'x-ssl-client-verify').toLowerCase()
  const chainValidated = format === 'alb' || group.boolean('chainValidated', false)

  return (request, warn) => {
    const field = request.header(header)
    if (field === undefined || field === '') return undefined
    const address = request.remoteAddress?.()
    // Only `true` counts. A promise would be truthy for every address.
    const trusted: unknown = address !== undefined && isTrustedProxy(address)
    if (trusted !== true) {
      warn('forgeable-certificate-header', `${header} came from an address that is not a trusted proxy and was ignored`)
      return undefined
    }
    const der = parseCertificateHeader(format, field)
    if (der === undefined) {
      throw refuseCredentials('client certificate', {
        rule: header,
        got: `${field.length} characters that are not one certificate`,
        expected: `one certificate as ${format} writes it`,
        remedy: 'Compare the option format with what the proxy is configured to send, and send the field once',
      })
    }
    const validated = format === 'nginx' ? request.header(verifyHeader) === 'SUCCESS' : chainValidated
    return { der, chainValidated: validated } satisfies PeerCertificate
  }
}
