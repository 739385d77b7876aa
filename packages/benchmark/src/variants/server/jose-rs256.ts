/** Our unsigned answer, and beside it one RS256 signature by jose over as many octets: the least cost of a signed answer. */
import { createJoseSignature } from './create-jose-signature.ts'

createJoseSignature('RS256')
