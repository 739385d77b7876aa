/** Our unsigned answer, and beside it one signature of jose with ES256 over as many octets: the least a signed one costs. */
import { createJoseSignature } from './create-jose-signature.ts'

createJoseSignature('ES256')
