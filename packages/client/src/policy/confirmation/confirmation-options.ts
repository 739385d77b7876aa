/** Options of step `policy` for bound tokens. */
import type { UrlRules } from '@token-introspection/core'
import type { OptionGroup } from '@token-introspection/core/options'
import type { ConfirmationStep } from './confirmation.ts'
import { type CertificateHeaderOptions, resolveCertificate } from './certificate-options.ts'
import { createCertificateVerifier } from './certificate-verifier.ts'
import { type DpopOptions, resolveDpop } from './dpop-options.ts'
import { createDpopVerifier } from './dpop-verifier.ts'

/**
 * The bindings that guards of a client can verify. A token with another binding is refused, never accepted as a bearer
 * token.
 */
export interface ConfirmationOptions {
  /**
   * DPoP proofs (RFC 9449). Default none: guards refuse tokens bound to a key, and do not accept `Authorization: DPoP`.
   */
  readonly dpop?: DpopOptions | undefined
  /**
   * Client certificates (RFC 8705 §3). `true` uses the certificate of the connection, `clientCertificate` of the
   * request. An object says in which header field a proxy writes it. Default none: guards refuse tokens bound to a
   * certificate.
   */
  readonly certificate?: true | CertificateHeaderOptions | undefined
}

/** Reads the options from the policy of the client. */
export function resolveConfirmation(policy: OptionGroup, urlRules: UrlRules, nowMs: () => number): ConfirmationStep {
  const dpop = resolveDpop(policy, urlRules, nowMs)
  const certificate = resolveCertificate(policy)
  return Object.freeze({
    dpop: dpop && createDpopVerifier(dpop),
    certificate: certificate && createCertificateVerifier(certificate),
  })
}
