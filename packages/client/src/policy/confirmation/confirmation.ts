/** Step `policy`: what confirms that a token is used by whom it was issued to (RFC 7800 §3.1). */
import type { Presented } from '../../token/extract-token.ts'

/** How a token must be bound: by DPoP, by a client certificate, or by either. */
export type SenderConstraint = 'dpop' | 'certificate' | 'any'

/** What is known of the way a token was presented. */
export type Presentation = Presented

/** What a check of the binding comes to. */
export type ConfirmationOutcome =
  | {
      readonly confirmed: true
      /** Fields for the response, such as the next `DPoP-Nonce`. */
      readonly headers: Readonly<Record<string, string>>
      /** Uses the proof up, where there is one; `false` when it was used before. To be called last of all. */
      readonly useProof?: (() => Promise<boolean>) | undefined
    }
  | {
      readonly confirmed: false
      /** `confirmation`: the token and the way it came do not go together; `proof`: the proof is wrong; `nonce`: use this one. */
      readonly reason: 'confirmation' | 'proof'
    }
  | { readonly confirmed: false; readonly reason: 'nonce'; readonly nonce: string }

/** What can be verified here; a token bound in another way is refused. */
export interface ConfirmationStep {
  readonly dpop: DpopVerifier | undefined
  readonly certificate: CertificateVerifier | undefined
}

/** Verifies DPoP proofs (RFC 9449 §4.3). */
export interface DpopVerifier {
  /** Algorithms of proofs, for challenges. */
  readonly algorithms: readonly string[]
  /** Judges the proof in the request against the thumbprint of the token's key. */
  verify(jkt: string, presentation: Presentation): Promise<ConfirmationOutcome>
}

/** Compares the certificate of the connection (RFC 8705 §3). */
export interface CertificateVerifier {
  /** Judges the certificate of the request against the thumbprint in the token. */
  verify(thumbprint: string, presentation: Presentation): ConfirmationOutcome | Promise<ConfirmationOutcome>
}
