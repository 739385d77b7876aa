/** Options for certificate-bound tokens at a guard (RFC 8705 §3). */
import {
  CERTIFICATE_FIELD_OPTIONS,
  type CertificateFieldOptions,
  resolveCertificateField,
} from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { GuardRequest } from '../../token/guard-request.ts'

/**
 * Group `policy.certificate`: a proxy terminates TLS in front of this API and writes the client's certificate into a
 * header field (RFC 9440). Give `format`, or `parse` with `header`.
 *
 * Security: the proxy has to remove this field from the requests that it receives. No other sender may reach this API
 * from an address that `isTrustedProxy` accepts.
 */
export interface CertificateHeaderOptions extends CertificateFieldOptions {}

/** The certificate of a request as DER, or why there is none, for the log. */
export type CertificateOfRequest =
  | { readonly der: Uint8Array; readonly lack?: undefined }
  | { readonly der?: undefined; readonly lack: string }

/** Finds the certificate of a request. */
export type FindCertificate = (request: GuardRequest) => CertificateOfRequest

/** Reads the option; `undefined` when it is not given. */
export function resolveCertificate(policy: OptionGroup): FindCertificate | undefined {
  const given = policy.raw('certificate')
  if (given === undefined) return undefined
  if (given === true) return certificateOfConnection
  if (typeof given !== 'object')
    throw policy.error('certificate', 'must be true, or an object that names the format of the header field')
  const path = policy.path('certificate')
  const field = resolveCertificateField(new OptionGroup(path, given, CERTIFICATE_FIELD_OPTIONS))
  const { header, format } = field
  const lacks = {
    absent: {
      lack: `the request has no certificate in the field ${header}: the proxy that ends TLS has to ask for one, and to send it there`,
    },
    untrusted: { lack: `${path}.isTrustedProxy does not trust the sender of the field ${header}` },
  } as const
  return (request) => {
    const value = request.headers.get(header)
    const found = field.find(value, () => addressOf(request))
    if (found.kind === 'certificate') return found
    if (found.kind !== 'unreadable') return lacks[found.kind]
    const expected = format === undefined ? 'parse reads' : `${format} writes`
    return {
      lack: `the field ${header} has ${value?.length} characters that are not one certificate as ${expected} it`,
    }
  }
}

const NONE_ON_CONNECTION: CertificateOfRequest = Object.freeze({
  lack: 'the connection has no client certificate: the server has to ask for one (requestCert), or the proxy that ends TLS has to send it in a field that policy.certificate reads',
})

function certificateOfConnection({ clientCertificate }: GuardRequest): CertificateOfRequest {
  const der: unknown = typeof clientCertificate === 'function' ? clientCertificate() : clientCertificate
  if (der === undefined || der === null) return NONE_ON_CONNECTION
  if (!ArrayBuffer.isView(der)) throw new TypeError('clientCertificate: must be the octets of a DER certificate')
  return der.byteLength === 0 ? NONE_ON_CONNECTION : { der: der as Uint8Array }
}

function addressOf({ remoteAddress }: GuardRequest): string | undefined {
  return typeof remoteAddress === 'function' ? remoteAddress() : remoteAddress
}
