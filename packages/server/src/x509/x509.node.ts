/** X.509 certificates on Node. */
import { X509Certificate } from 'node:crypto'
import type { CertificateSubject } from './x509.ts'

export type { CertificateSubject } from './x509.ts'

/** Whether certificates can be read on this runtime. */
export const CAN_READ_CERTIFICATES: boolean = true

/** One entry of the text Node makes of a subject alternative name; what could be misread stands in JSON quotes. */
const ENTRY = /([^:,"]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y

/** The subject of a DER certificate; `undefined` when it cannot be read. */
export function readCertificateSubject(der: Uint8Array): CertificateSubject | undefined {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(der)
  } catch {
    return undefined
  }
  // Octets after the certificate would make two certificates of one.
  if (certificate.raw.length !== der.length) return undefined
  const names = parseSubjectAltName(certificate.subjectAltName ?? '')
  if (names === undefined) return undefined
  return {
    distinguishedName: certificate.subject ?? '',
    dnsNames: valuesOf(names, 'DNS'),
    uris: valuesOf(names, 'URI'),
    hasIp: (address) => certificate.checkIP(address) !== undefined,
    // Never the emailAddress of the subject: only what stands in the subject alternative name.
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
