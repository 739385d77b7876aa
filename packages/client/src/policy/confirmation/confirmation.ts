/** Step `policy`: proof that the sender of a token is the party it was issued to (RFC 7800 §3.1). */
import type { Presented } from '../../token/extract-token.ts'

/** How a token must be bound: by DPoP, by a client certificate, or by either. */
export type SenderConstraint = 'dpop' | 'certificate' | 'any'

/** The way in which a token was presented. */
export type Presentation = Presented

/** The result of a check of the binding. */
export type ConfirmationOutcome =
  | {
      readonly confirmed: true
      /** Header fields for the response, such as the next `DPoP-Nonce`. */
      readonly headers: Readonly<Record<string, string>>
      /**
       * Marks the proof as used; `false` when it was used before. Call it after the checks of the
       * guard, and before anything that may wait for the body. Absent without a proof.
       */
      readonly useProof?: (() => Promise<boolean>) | undefined
    }
  | {
      readonly confirmed: false
      /**
       * `confirmation`: the token and the way it was presented do not fit. `proof`: the proof is wrong. `nonce`: use
       * this nonce.
       */
      readonly reason: 'confirmation' | 'proof'
      /** What does not fit, for the log. */
      readonly detail?: string | undefined
    }
  | { readonly confirmed: false; readonly reason: 'nonce'; readonly nonce: string }

/** The bindings that can be verified. A token with another binding is refused. */
export interface ConfirmationStep {
  readonly dpop: DpopVerifier | undefined
  readonly certificate: CertificateVerifier | undefined
}

/** Verifies DPoP proofs (RFC 9449 §4.3). */
export interface DpopVerifier {
  /** Accepted algorithms of proofs, for challenges. */
  readonly algorithms: readonly string[]
  /** Judges the proof in the request against the thumbprint of the token's key. */
  verify(jkt: string, presentation: Presentation): Promise<ConfirmationOutcome>
}

/** Compares the certificate of the client (RFC 8705 §3). */
export interface CertificateVerifier {
  /** Judges the certificate of the request against the thumbprint in the token. */
  verify(thumbprint: string, presentation: Presentation): ConfirmationOutcome | Promise<ConfirmationOutcome>
}
