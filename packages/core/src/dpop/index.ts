/** Verifies DPoP proofs of possession (RFC 9449). No I/O, no clock; the caller passes the JOSE library. */
export { normalizeTargetUri } from './normalize-target-uri.ts'
export {
  type DpopExpectation,
  type DpopJose,
  type DpopProof,
  type DpopRules,
  type DpopVerdict,
  verifyDpopProof,
} from './verify-dpop-proof.ts'
