/** Step `policy`: verifies the certificate that a token is bound to (RFC 8705 §3). */
import { equalDigests, sha256Base64url } from '@token-introspection/core'
import type { CertificateVerifier, ConfirmationOutcome } from './confirmation.ts'
import type { FindCertificate } from './certificate-options.ts'

const CONFIRMED: ConfirmationOutcome = Object.freeze({ confirmed: true, headers: Object.freeze({}) })
const REFUSED: ConfirmationOutcome = Object.freeze({ confirmed: false, reason: 'confirmation' })

/**
 * Creates the verifier of a client. It compares only the octets of the certificate. Whose certificate it is and who
 * issued it was the authorization server's decision (RFC 8705 §6.2).
 */
export function createCertificateVerifier(find: FindCertificate): CertificateVerifier {
  return {
    async verify(thumbprint, { request }) {
      const der: unknown = find(request)
      if (der === undefined || der === null) return REFUSED
      if (!ArrayBuffer.isView(der)) throw new TypeError('clientCertificate: must be the octets of a DER certificate')
      if (der.byteLength === 0) return REFUSED
      return equalDigests(await sha256Base64url(der as Uint8Array), thumbprint) ? CONFIRMED : REFUSED
    },
  }
}
