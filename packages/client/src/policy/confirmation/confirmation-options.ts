/** Options of step `policy` about what a token is bound to. */
import type { OptionGroup } from '@token-introspection/core/options'
import type { ConfirmationStep } from './confirmation.ts'
import { type CertificateHeaderOptions, resolveCertificate } from './certificate-options.ts'
import { createCertificateVerifier } from './certificate-verifier.ts'
import { type DpopOptions, resolveDpop } from './dpop-options.ts'
import { createDpopVerifier } from './dpop-verifier.ts'

/** What guards of a client can verify. A token that is bound in another way is refused, never taken as a bearer token. */
export interface ConfirmationOptions {
  /** DPoP proofs (RFC 9449). Default none: tokens bound to a key are refused, and `Authorization: DPoP` is no scheme of ours. */
  readonly dpop?: DpopOptions | undefined
  /**
   * Client certificates (RFC 8705 §3): `true` takes the one of the connection, `clientCertificate` of the request; options
   * say in which header field a proxy writes it. Default none: tokens bound to a certificate are refused.
   */
  readonly certificate?: true | CertificateHeaderOptions | undefined
}

/** Reads them from the policy of the client. */
export function resolveConfirmation(policy: OptionGroup, nowMs: () => number): ConfirmationStep {
  const dpop = resolveDpop(policy, nowMs)
  const certificate = resolveCertificate(policy)
  return Object.freeze({
    dpop: dpop && createDpopVerifier(dpop),
    certificate: certificate && createCertificateVerifier(certificate),
  })
}
