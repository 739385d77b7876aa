/** X.509 certificates without `node:crypto`. This runtime cannot read them. */

/** The subject of a certificate. */
export interface CertificateSubject {
  /** The distinguished name: one line per relative name, the first one first, with values escaped as in RFC 4514 §2.4. */
  readonly distinguishedName: string
  /** The `dNSName` entries of its subject alternative name. */
  readonly dnsNames: readonly string[]
  /** The `uniformResourceIdentifier` entries. */
  readonly uris: readonly string[]
  /** Whether an `iPAddress` entry is this address, compared in binary. */
  hasIp(address: string): boolean
  /** Whether an `rfc822Name` entry is this address. */
  hasEmail(address: string): boolean
}

/** Whether this runtime can read certificates. */
export const CAN_READ_CERTIFICATES: boolean = false

/** Reads the subject of a DER certificate. `undefined` when it cannot be read. */
export function readCertificateSubject(_der: Uint8Array): CertificateSubject | undefined {
  throw new Error('certificates cannot be read on this runtime: it has no node:crypto')
}
