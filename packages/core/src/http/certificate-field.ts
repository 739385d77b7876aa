/** The header field in which a proxy sends the certificate of a client: its options, and whom it is believed from. */
import type { OptionGroup } from '../options/option-group.ts'
import { CERTIFICATE_HEADERS, type CertificateHeaderFormat, parseCertificateHeader } from './certificate-header.ts'

/** Options for the field, which both sides share. */
export interface CertificateFieldOptions {
  /** The format in which the proxy writes the certificate. Give either this or `parse`. */
  readonly format?: CertificateHeaderFormat | undefined
  /**
   * Reads the field of a proxy whose format is not in the list of `format`, and returns the client's own certificate as
   * DER. `undefined`, and an error that it throws, mean that the field holds no certificate. It needs `header`.
   *
   * Security: refuse two values that are joined by a comma, because one of them may come from a caller (RFC 9440 §4).
   */
  readonly parse?: ((field: string) => Uint8Array | undefined) | undefined
  /**
   * Whether an address belongs to one of your proxies. Required, because anybody can write the field: it does not count
   * from another address. The address is that of the connection, never one from a header field.
   */
  readonly isTrustedProxy: (remoteAddress: string) => boolean
  /**
   * The name of the field, in any case. The default depends on the format: `client-cert`, `x-ssl-client-cert`,
   * `ssl_client_cert`, `x-forwarded-client-cert`, `x-forwarded-tls-client-cert`, `x-amzn-mtls-clientcert-leaf`,
   * `x-amzn-mtls-clientcert`, `x-arr-clientcert`.
   */
  readonly header?: string | undefined
}

/** The names of the options. */
export const CERTIFICATE_FIELD_OPTIONS = ['format', 'parse', 'isTrustedProxy', 'header'] as const

/** What a field is: a certificate, nothing, a field from an address that is not trusted, or something else. */
export type FoundCertificate =
  | { readonly kind: 'certificate'; readonly der: Uint8Array }
  | { readonly kind: 'absent' | 'untrusted' | 'unreadable' }

/** The resolved options. */
export interface CertificateField {
  /** The name of the field in lower case. */
  readonly header: string
  /** The format; `undefined` for a function of the application. */
  readonly format: CertificateHeaderFormat | undefined
  /**
   * Reads the field of one request.
   *
   * @param addressOf - finds the address at the other end of the connection, for a request with the field. The field
   * of an unknown address is not trusted.
   * @throws TypeError when `parse` returns a value that is not octets.
   */
  find(field: string | null | undefined, addressOf: () => string | undefined): FoundCertificate
}

const FORMATS = Object.keys(CERTIFICATE_HEADERS) as CertificateHeaderFormat[]
/** Apache writes this for a client without a certificate. */
const NOTHING_OF_APACHE = '(null)'
const ABSENT: FoundCertificate = Object.freeze({ kind: 'absent' })
const UNTRUSTED: FoundCertificate = Object.freeze({ kind: 'untrusted' })
const UNREADABLE: FoundCertificate = Object.freeze({ kind: 'unreadable' })

/** Reads the options from a group that may have more. @throws TypeError naming the option that is wrong. */
export function resolveCertificateField(group: OptionGroup): CertificateField {
  const own = group.function<NonNullable<CertificateFieldOptions['parse']>>('parse')
  if (group.has('format') === (own !== undefined)) {
    throw group.error(
      'format',
      own === undefined ? 'is required, or parse in its place' : 'give this or parse, not both',
    )
  }
  const format = own === undefined ? group.oneOf<CertificateHeaderFormat>('format', FORMATS, 'rfc9440') : undefined
  const isTrustedProxy = group.function<CertificateFieldOptions['isTrustedProxy']>('isTrustedProxy')
  if (isTrustedProxy === undefined) throw group.error('isTrustedProxy', 'is required')
  const header = group.string('header') ?? (format && CERTIFICATE_HEADERS[format])
  if (header === undefined) throw group.error('header', 'is required with parse')
  const parse =
    own === undefined
      ? (field: string) => parseCertificateHeader(format as CertificateHeaderFormat, field)
      : guarded(group, own)
  const resolved: CertificateField = {
    header: header.toLowerCase(),
    format,
    find(field, addressOf) {
      if (field === undefined || field === null || field === '') return ABSENT
      if (format === 'apache' && field === NOTHING_OF_APACHE) return ABSENT
      const address = addressOf()?.replace(MAPPED_IPV4, '')
      // Only `true` counts. A promise would be truthy for every address.
      const trusted: unknown = address !== undefined && isTrustedProxy(address)
      if (trusted !== true) return UNTRUSTED
      const der = parse(field)
      return der === undefined ? UNREADABLE : { kind: 'certificate', der }
    },
  }
  return Object.freeze(resolved)
}

/** A server that listens on IPv4 and IPv6 shows IPv4 addresses as IPv6 ones (RFC 4291 §2.5.5.2). */
const MAPPED_IPV4 = /^::ffff:(?=\d+\.)/i

/** A parser of the application may throw for what it cannot read. */
function guarded(
  group: OptionGroup,
  parse: NonNullable<CertificateFieldOptions['parse']>,
): (field: string) => Uint8Array | undefined {
  return (field) => {
    let der: unknown
    try {
      der = parse(field)
    } catch {
      return undefined
    }
    if (der === undefined || der === null) return undefined
    if (!(der instanceof Uint8Array)) throw group.error('parse', 'must return a Uint8Array or undefined')
    return der.byteLength === 0 ? undefined : der
  }
}
