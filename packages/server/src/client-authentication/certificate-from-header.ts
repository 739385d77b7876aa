/** The client certificate from a header field of a proxy that terminates TLS (RFC 9440, and older formats of proxies). */
import {
  CERTIFICATE_FIELD_OPTIONS,
  type CertificateFieldOptions,
  type CertificateHeaderFormat,
  resolveCertificateField,
} from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { PeerCertificate } from '../http/http-message.ts'
import type { ClientCertificateResolver } from './client-certificate.ts'
import { refuseCredentials } from './complaint.ts'

export type { CertificateFieldOptions, CertificateHeaderFormat } from '@token-introspection/core'

/** Options of {@link certificateFromHeader}. */
export interface CertificateFromHeaderOptions extends CertificateFieldOptions {
  /**
   * The field in which nginx sends `$ssl_client_verify`, or Apache `%{SSL_CLIENT_VERIFY}s`. The chain counts as
   * validated when the value is `SUCCESS`. Default `x-ssl-client-verify` for the format `nginx`, `ssl_client_verify`
   * for `apache`. Only for these two.
   */
  readonly verifyHeader?: string | undefined
  /**
   * Whether the proxy accepts only certificates whose chain it validated. `tls_client_auth` needs such a chain. Default
   * `false`. Only for the formats `rfc9440`, `envoy` and `traefik`, and for `parse`. The others say it themselves: nginx and
   * Apache with each request, `alb` always means yes, and `alb-passthrough` and `azure` always mean no.
   */
  readonly chainValidated?: boolean | undefined
}

/** The usual name of the field with the result of the validation, in lower case. */
const VERIFY_HEADERS: Partial<Record<CertificateHeaderFormat, string>> = Object.freeze({
  nginx: 'x-ssl-client-verify',
  apache: 'ssl_client_verify',
})
/** The formats of proxies that may validate chains and do not say so. */
const SILENT: ReadonlySet<CertificateHeaderFormat | undefined> = new Set(['rfc9440', 'envoy', 'traefik', undefined])

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
  const group = new OptionGroup('', options, [...CERTIFICATE_FIELD_OPTIONS, 'verifyHeader', 'chainValidated'])
  const field = resolveCertificateField(group)
  const { header, format } = field
  const usualVerifyHeader = format && VERIFY_HEADERS[format]
  if (group.has('verifyHeader') && usualVerifyHeader === undefined) {
    throw group.error('verifyHeader', 'is for nginx and apache only')
  }
  if (group.has('chainValidated') && !SILENT.has(format)) {
    throw group.error('chainValidated', 'is for rfc9440, envoy, traefik and parse only')
  }
  const verifyHeader = usualVerifyHeader && (group.string('verifyHeader') ?? usualVerifyHeader).toLowerCase()
  const chainValidated = format === 'alb' || group.boolean('chainValidated', false)

  return (request, warn) => {
    const value = request.header(header)
    const found = field.find(value, () => request.remoteAddress?.())
    if (found.kind === 'certificate') {
      const validated = verifyHeader === undefined ? chainValidated : request.header(verifyHeader) === 'SUCCESS'
      return { der: found.der, chainValidated: validated } satisfies PeerCertificate
    }
    if (found.kind === 'absent') return undefined
    if (found.kind === 'untrusted') {
      warn('forgeable-certificate-header', `${header} came from an address that is not a trusted proxy and was ignored`)
      return undefined
    }
    throw refuseCredentials('client certificate', {
      rule: header,
      got: `${value?.length} characters that are not one certificate`,
      expected: format === undefined ? 'one certificate that parse can read' : `one certificate as ${format} writes it`,
      remedy: 'Compare the option format with what the proxy is configured to send, and send the field once',
    })
  }
}
