/** Step `response`: the signature of a JWT introspection response, by a key of the issuer (RFC 9701 §5, RFC 8725 §3). */
import {
  isJwtIntrospectionTyp,
  type JsonObject,
  parseJwtOctets,
  ResponseMalformedError,
} from '@token-introspection/core'
import type { JSONWebKeySet } from 'jose'
import { ResponseKeysUnavailableError, ResponseUntrustedError } from '../errors.ts'
import type { KeySource } from '../keys/key-source.ts'
import { type SignatureOutcome, verifySignature } from '../keys/verify-signature.ts'
import type { Deadline } from '../transport/deadline.ts'
import { isCompactJws, parseJoseHeader } from './jose-header.ts'

/** What verifying needs. */
export interface VerificationRules {
  /** The algorithms that are believed; none with a shared secret. */
  readonly algorithms: readonly string[]
  readonly keys: KeySource
}

/**
 * The claims of a JWT introspection response whose signature is good. An answer that names a key nobody knows makes
 * for one more look at the keys, bounded by the source.
 *
 * @throws ResponseMalformedError when it is no JWT.
 * @throws ResponseUntrustedError when it is another kind of JWT, or not signed by the issuer.
 * @throws ResponseKeysUnavailableError when the keys cannot be looked at, or have none that fits.
 */
export async function verifyJwtResponse(
  jws: string,
  rules: VerificationRules,
  deadline: Deadline,
): Promise<JsonObject> {
  if (!isCompactJws(jws)) throw new ResponseMalformedError('the answer is no JWT in the compact form')
  const header = parseJoseHeader(jws)
  checkHeader(header, rules.algorithms)
  const known = await rules.keys.current(deadline)
  let outcome = await verifySignature(jws, known, rules.algorithms)
  // A key that was named and found is the key: looking again would not mend the signature.
  if (outcome === 'unknown key' || (outcome === 'bad signature' && header['kid'] === undefined)) {
    outcome = await verifyAgain(jws, known, outcome, rules, deadline)
  }
  if (outcome === 'unknown key') throw new ResponseUntrustedError('the answer is signed with no key of the issuer')
  if (outcome === 'bad signature') throw new ResponseUntrustedError('the signature of the answer is not good')
  return parseJwtOctets(outcome)
}

function checkHeader({ typ, alg, kid }: JsonObject, algorithms: readonly string[]): void {
  // What else the issuer signs for us, access tokens and ID tokens, is no answer (RFC 9701 §8.1).
  if (!isJwtIntrospectionTyp(typ)) throw new ResponseUntrustedError('the typ of the answer is not that of an answer')
  if (typeof alg !== 'string' || !algorithms.includes(alg)) {
    throw new ResponseUntrustedError(`the answer is not signed with one of ${algorithms.join(', ')}`)
  }
  if (kid !== undefined && typeof kid !== 'string')
    throw new ResponseMalformedError('the kid of the answer is no string')
}

async function verifyAgain(
  jws: string,
  known: JSONWebKeySet,
  outcome: SignatureOutcome,
  { keys, algorithms }: VerificationRules,
  deadline: Deadline,
): Promise<SignatureOutcome> {
  let renewed: JSONWebKeySet
  try {
    renewed = await keys.renew(known, deadline)
  } catch (error) {
    if (outcome === 'bad signature') return outcome
    throw error
  }
  if (renewed === known) return outcome
  const again = await verifySignature(jws, renewed, algorithms)
  // Most likely a key that signs before it is published, so trying again can help.
  if (again === 'unknown key') throw new ResponseKeysUnavailableError('the answer is signed with no key of the issuer')
  return again
}
