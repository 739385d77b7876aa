/** X.509 certificates on Node. */
import { X509Certificate } from 'node:crypto'
import type { CertificateSubject } from './x509.ts'

export type { CertificateSubject } from './x509.ts'

/** Whether this runtime can read certificates. */
export const CAN_READ_CERTIFICATES: boolean = true

/** One entry in Node's text of a subject alternative name. Ambiguous values have JSON quotes. */
const ENTRY = /([^:,"]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y

/** Reads the subject of a DER certificate. `undefined` when it cannot be read. */
export function readCertificateSubject(der: Uint8Array): CertificateSubject | undefined {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(der)
  } catch {
    return undefined
  }
  // Octets after the certificate would allow two spellings of one certificate.
  if (certificate.raw.length !== der.length) return undefined
  const names = parseSubjectAltName(certificate.subjectAltName ?? '')
  if (names === undefined) return undefined
  return {
    distinguishedName: certificate.subject ?? '',
    dnsNames: valuesOf(names, 'DNS'),
    uris: valuesOf(names, 'URI'),
    hasIp: (address) => certificate.checkIP(address) !== undefined,
    // Compares only with the subject alternative name, never with the emailAddress of the subject.
    hasEmail: (address) => certificate.checkEmail(address, { subject: 'never' }) !== undefined,
  }
}

type Name = readonly [type: string, value: string]

function parseSubjectAltName(text: string): Name[] | undefined {
  const names: Name[] = []
  for (ENTRY.lastIndex = 0; ENTRY.lastIndex < text.length; ) {
    const match = ENTRY.exec(text)
    if (match === null) return undefined
    const [, type = '', value = ''] = match
    try {
      names.push([type, value.startsWith('"') ? (JSON.parse(value) as string) : value])
    } catch {
      return undefined
    }
  }
  return names
}

function valuesOf(names: readonly Name[], type: string): string[] {
  return names.filter(([name]) => name === type).map(([, value]) => value)
}
