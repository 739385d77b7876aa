/** Step `jwt`: a JWT access token, verified with the keys of its issuer (RFC 9068 §4). */
import { type IntrospectionResponse, isIntrospectionError } from '@token-introspection/core'
import type { KeySource } from '../keys/key-source.ts'
import { type SignatureOutcome, verifySignature } from '../keys/verify-signature.ts'
import type { Deadline } from '../transport/deadline.ts'
import type { JwtFault } from './jwt-fault.ts'
import { type ParsedJwt, parseJwt } from './parse-jwt.ts'
import { type ClaimRules, readClaims } from './read-claims.ts'

/** What verifying needs. */
export interface AccessTokenRules extends ClaimRules {
  readonly keys: KeySource
}

/**
 * The claims of a good access token as an active answer, an inactive one for a token of another time, or why it is none. What can be refused without a key is refused
 * without one: it costs less, and no keys have to be there. Keys come from the issuer alone: those in the token, and those
 * it points to, are not looked at (RFC 8725 §3.10).
 *
 * @param now - in seconds since the epoch.
 * @throws JwtKeysUnavailableError when nobody can say, because the keys cannot be looked at.
 */
export async function verifyAccessToken(
  token: string,
  rules: AccessTokenRules,
  deadline: Deadline,
  now: number,
): Promise<IntrospectionResponse | JwtFault> {
  const jwt = parse(token)
  if (jwt === undefined) return 'malformed'
  const claims = readClaims(jwt, rules, now)
  if (typeof claims === 'string' || !claims.active) return claims
  return (await isSigned(token, jwt, rules, deadline)) ? claims : 'signature'
}

function parse(token: string): ParsedJwt | undefined {
  try {
    return parseJwt(token)
  } catch (error) {
    if (isIntrospectionError(error)) return undefined
    throw error
  }
}

async function isSigned(
  token: string,
  { header }: ParsedJwt,
  { keys, algorithms }: AccessTokenRules,
  deadline: Deadline,
): Promise<boolean> {
  const known = await keys.current(deadline)
  const outcome = await verifySignature(token, known, algorithms)
  if (isGood(outcome)) return true
  // A key that was named and found is the key: looking again would not mend the signature.
  const mayBeNew = outcome === 'unknown key' || header['kid'] === undefined
  if (!mayBeNew || keys.isCurrent()) return false
  const renewed = await keys.renew(known, deadline)
  return renewed !== known && isGood(await verifySignature(token, renewed, algorithms))
}

function isGood(outcome: SignatureOutcome): boolean {
  return typeof outcome !== 'string'
}
