/** Step `policy`: verifies the certificate that a token is bound to (RFC 8705 §3). */
import { equalDigests, sha256Base64url } from '@token-introspection/core'
import type { CertificateVerifier, ConfirmationOutcome } from './confirmation.ts'
import type { FindCertificate } from './certificate-options.ts'

import { refuseBinding } from './refuse-binding.ts'

const CONFIRMED: ConfirmationOutcome = Object.freeze({ confirmed: true, headers: Object.freeze({}) })
const ANOTHER = refuseBinding('the request has another certificate than the one that the token is bound to')

/**
 * Creates the verifier of a client. It compares only the octets of the certificate. Whose certificate it is and who
 * issued it was the authorization server's decision (RFC 8705 §6.2).
 */
export function createCertificateVerifier(find: FindCertificate): CertificateVerifier {
  return {
    async verify(thumbprint, { request }) {
      const { der, lack } = find(request)
      if (der === undefined) return refuseBinding(`the token is bound to a certificate, and ${lack}`)
      return equalDigests(await sha256Base64url(der), thumbprint) ? CONFIRMED : ANOTHER
    },
  }
}
