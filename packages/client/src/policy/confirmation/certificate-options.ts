/** Options for certificate-bound tokens at a guard (RFC 8705 §3). */
import { CERTIFICATE_HEADERS, type CertificateHeaderFormat, parseCertificateHeader } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { GuardRequest } from '../../token/guard-request.ts'

/**
 * Group `policy.certificate`: a proxy terminates TLS in front of this API and writes the client's certificate into a
 * header field (RFC 9440).
 *
 * Security: the proxy has to remove this field from the requests that it receives. No other sender may reach this API
 * from an address that `isTrusted` accepts.
 */
export interface CertificateHeaderOptions {
  /**
   * The format that the proxy writes: `rfc9440` in `Client-Cert`, `nginx` as `$ssl_client_escaped_cert`, `envoy` in
   * `X-Forwarded-Client-Cert`, `alb` and `alb-passthrough` as the Application Load Balancer of AWS.
   */
  readonly format: CertificateHeaderFormat
  /**
   * Whether an address belongs to a proxy of yours. It gets the `remoteAddress` of the request. The guard ignores the
   * field from other addresses, because anybody can send it, and in a request without an address.
   */
  readonly isTrustedProxy: (remoteAddress: string) => boolean
  /**
   * The name of the field, in any case. Default by format: `client-cert`, `x-ssl-client-cert`,
   * `x-forwarded-client-cert`, `x-amzn-mtls-clientcert-leaf`, `x-amzn-mtls-clientcert`.
   */
  readonly header?: string | undefined
}

/** Finds the certificate of a request, as DER; `undefined` when the request has no trusted certificate. */
export type FindCertificate = (request: GuardRequest) => Uint8Array | undefined

const FORMATS = Object.keys(CERTIFICATE_HEADERS) as CertificateHeaderFormat[]

/** Reads the option; `undefined` when it is not given. */
export function resolveCertificate(policy: OptionGroup): FindCertificate | undefined {
  const given = policy.raw('certificate')
  if (given === undefined) return undefined
  if (given === true) return certificateOfConnection
  if (typeof given !== 'object')
    throw policy.error('certificate', 'must be true, or an object that names the format of the header field')
  const group = new OptionGroup(policy.path('certificate'), given, ['format', 'isTrustedProxy', 'header'])
  if (!group.has('format')) throw group.error('format', 'is required')
  const format = group.oneOf<CertificateHeaderFormat>('format', FORMATS, 'rfc9440')
  const isTrustedProxy = group.function<CertificateHeaderOptions['isTrustedProxy']>('isTrustedProxy')
  if (isTrustedProxy === undefined) throw group.error('isTrustedProxy', 'is required')
  const header = (group.string('header') ?? CERTIFICATE_HEADERS[format]).toLowerCase()
  return (request) => {
    const field = request.headers.get(header)
    if (field === undefined || field === null || field === '') return undefined
    const address = addressOf(request)
    // Only `true` counts. A promise would be truthy for every address.
    const trusted: unknown = address !== undefined && isTrustedProxy(address)
    return trusted === true ? parseCertificateHeader(format, field) : undefined
  }
}

function certificateOfConnection({ clientCertificate }: GuardRequest): Uint8Array | undefined {
  return typeof clientCertificate === 'function' ? clientCertificate() : clientCertificate
}

/** A server that listens on IPv4 and IPv6 shows IPv4 addresses as IPv6 ones (RFC 4291 §2.5.5.2). */
function addressOf({ remoteAddress }: GuardRequest): string | undefined {
  const address = typeof remoteAddress === 'function' ? remoteAddress() : remoteAddress
  return address?.replace(/^::ffff:(?=\d+\.)/i, '')
}
