/** Step `jwt`: verifies a JWT access token with the keys of its issuer (RFC 9068 §4). */
import { type IntrospectionResponse, isIntrospectionError } from '@token-introspection/core'
import type { KeySource } from '../keys/key-source.ts'
import { type SignatureOutcome, verifySignature } from '../keys/verify-signature.ts'
import type { Deadline } from '../transport/deadline.ts'
import type { JwtFault } from './jwt-fault.ts'
import { type ParsedJwt, parseJwt } from './parse-jwt.ts'
import { type ClaimRules, readClaims } from './read-claims.ts'

/** The rules and keys for verification. */
export interface AccessTokenRules extends ClaimRules {
  readonly keys: KeySource
}

/**
 * Returns the claims of a good access token as an active answer, an inactive answer for an expired or not yet valid
 * token, or the fault. A token that can be refused without a key is refused first, which costs less and works without
 * keys. Keys come only from the issuer: keys in the token, and keys it points to, are ignored (RFC 8725 §3.10).
 *
 * @param now - in seconds since the epoch.
 * @throws JwtKeysUnavailableError when the keys are unavailable.
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
  // The header names this key. Fetching the keys again would not make the signature good.
  const mayBeNew = outcome === 'unknown key' || header['kid'] === undefined
  if (!mayBeNew || keys.isCurrent()) return false
  const renewed = await keys.renew(known, deadline)
  return renewed !== known && isGood(await verifySignature(token, renewed, algorithms))
}

function isGood(outcome: SignatureOutcome): boolean {
  return typeof outcome !== 'string'
}
