/** DPoP proofs of possession (RFC 9449), for whoever takes them. No I/O, no clock; the JOSE library is an argument. */
export { normalizeTargetUri } from './normalize-target-uri.ts'
export {
  type DpopExpectation,
  type DpopJose,
  type DpopProof,
  type DpopRules,
  type DpopVerdict,
  verifyDpopProof,
} from './verify-dpop-proof.ts'
