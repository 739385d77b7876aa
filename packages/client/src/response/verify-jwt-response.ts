/**
 * Step `response`: verifies the signature of a JWT introspection response with a key of the issuer (RFC 9701 §5, RFC
 * 8725 §3).
 */
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

/** The settings for verification. */
export interface VerificationRules {
  /** The accepted algorithms, none with a shared secret. */
  readonly algorithms: readonly string[]
  readonly keys: KeySource
}

/**
 * The claims of a JWT introspection response with a good signature. An answer that names an unknown key causes one more
 * fetch of the keys, which the key source limits.
 *
 * @throws ResponseMalformedError when it is not a JWT.
 * @throws ResponseUntrustedError when it is another kind of JWT, or not signed by the issuer.
 * @throws ResponseKeysUnavailableError when the keys are unavailable, or none of them fits.
 */
export async function verifyJwtResponse(
  jws: string,
  rules: VerificationRules,
  deadline: Deadline,
): Promise<JsonObject> {
  if (!isCompactJws(jws)) throw new ResponseMalformedError('the answer is not a JWT in the compact form')
  const header = parseJoseHeader(jws)
  checkHeader(header, rules.algorithms)
  const known = await rules.keys.current(deadline)
  let outcome = await verifySignature(jws, known, rules.algorithms)
  // The header names this key. Fetching the keys again would not make the signature good.
  if (outcome === 'unknown key' || (outcome === 'bad signature' && header['kid'] === undefined)) {
    outcome = await verifyAgain(jws, known, outcome, rules, deadline)
  }
  if (outcome === 'unknown key')
    throw new ResponseUntrustedError('the answer is not signed with a known key of the issuer')
  if (outcome === 'bad signature') throw new ResponseUntrustedError('the signature of the answer is wrong')
  return parseJwtOctets(outcome)
}

function checkHeader({ typ, alg, kid }: JsonObject, algorithms: readonly string[]): void {
  // Other JWTs of the issuer for this client, such as access tokens and ID tokens, are not answers (RFC 9701 §8.1).
  if (!isJwtIntrospectionTyp(typ))
    throw new ResponseUntrustedError('the typ of the answer is not token-introspection+jwt')
  if (typeof alg !== 'string' || !algorithms.includes(alg)) {
    throw new ResponseUntrustedError(`the answer is not signed with one of ${algorithms.join(', ')}`)
  }
  if (kid !== undefined && typeof kid !== 'string')
    throw new ResponseMalformedError('the kid of the answer is not a string')
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
  // The issuer probably signs with a key before it publishes the key, so a new attempt can succeed.
  if (again === 'unknown key')
    throw new ResponseKeysUnavailableError('the answer is not signed with a known key of the issuer')
  return again
}
