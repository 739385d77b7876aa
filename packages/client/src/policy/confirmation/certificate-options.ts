/** Options of certificate-bound tokens at a guard (RFC 8705 §3). */
import { CERTIFICATE_HEADERS, type CertificateHeaderFormat, parseCertificateHeader } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { GuardRequest } from '../../token/guard-request.ts'

/**
 * Group `policy.certificate`: the certificate of a client stands in a header field that a proxy writes, which ends TLS in
 * front of this API (RFC 9440).
 *
 * Security: the proxy has to remove the field from what its own callers send. Whatever else is in front of it must not
 * reach this API past it with an address that is trusted.
 */
export interface CertificateHeaderOptions {
  /**
   * How the proxy writes it: `rfc9440` in `Client-Cert`, `nginx` as `$ssl_client_escaped_cert`, `envoy` in
   * `X-Forwarded-Client-Cert`, `alb` and `alb-passthrough` as the Application Load Balancer of AWS.
   */
  readonly format: CertificateHeaderFormat
  /**
   * Whether an address is that of a proxy of yours. It is given the `remoteAddress` of the request; the field of anybody
   * else is ignored, because anybody can write one, and so is that of a request without an address.
   */
  readonly isTrustedProxy: (remoteAddress: string) => boolean
  /**
   * The name of the field, in any case. Default by format: `client-cert`, `x-ssl-client-cert`, `x-forwarded-client-cert`,
   * `x-amzn-mtls-clientcert-leaf`, `x-amzn-mtls-clientcert`.
   */
  readonly header?: string | undefined
}

/** Finds the certificate of a request, as DER; `undefined` when it has none that counts. */
export type FindCertificate = (request: GuardRequest) => Uint8Array | undefined

const FORMATS = Object.keys(CERTIFICATE_HEADERS) as CertificateHeaderFormat[]

/** Reads the option; `undefined` when it was not given. */
export function resolveCertificate(policy: OptionGroup): FindCertificate | undefined {
  const given = policy.raw('certificate')
  if (given === undefined) return undefined
  if (given === true) return certificateOfConnection
  if (typeof given !== 'object') throw policy.error('certificate', 'must be true, or say which header has it')
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
    // A promise would be true of everybody.
    const trusted: unknown = address !== undefined && isTrustedProxy(address)
    return trusted === true ? parseCertificateHeader(format, field) : undefined
  }
}

function certificateOfConnection({ clientCertificate }: GuardRequest): Uint8Array | undefined {
  return typeof clientCertificate === 'function' ? clientCertificate() : clientCertificate
}

/** A server that listens on both families shows IPv4 addresses as IPv6 ones (RFC 4291 §2.5.5.2). */
function addressOf({ remoteAddress }: GuardRequest): string | undefined {
  const address = typeof remoteAddress === 'function' ? remoteAddress() : remoteAddress
  return address?.replace(/^::ffff:(?=\d+\.)/i, '')
}
