/** Reads an attestation and its proof, before their signatures are verified (draft-ietf-oauth-attestation-based-client-auth-11). */
import { isBoundedKey, parseJwtPart, quote, splitCompactJws } from '@token-introspection/core'
import type { JWK } from 'jose'
import type { ClientAuthenticationFailedError } from '../../errors.ts'
import { refuseCredentials } from '../complaint.ts'
import type { SignedJwt } from '../private-key-jwt.ts'
import { PRIVATE_MEMBERS } from '../read-key-holder.ts'
import type { AttestationStep } from './attestation-options.ts'

/** The rules for both JWTs. */
type Rules = Pick<AttestationStep, 'algorithms' | 'audience' | 'clockToleranceSeconds' | 'maxProofAgeSeconds'>

/** An attestation whose signature is not verified yet. */
export interface Attestation extends SignedJwt {
  readonly clientId: string
  /** `undefined` without a claim `iss`. */
  readonly issuer: string | undefined
  /** The public key of the client instance. */
  readonly key: JWK
}

/** A proof whose signature is not verified yet. */
export interface AttestationProof extends SignedJwt {
  readonly jti: string
  readonly iat: number
  readonly challenge: string | undefined
}

/** The largest number of characters of each of the two. */
const MAX_LENGTH = 16_384
/** The largest number of characters of an identifier that is stored or looked up. */
const MAX_ID_LENGTH = 2048

const AT_ATTESTER = 'Change it at the attester'
const AT_CALLER = 'Change it at the caller'

/**
 * Reads the field `OAuth-Client-Attestation` (§4, §7.1).
 *
 * @throws ClientAuthenticationFailedError naming the rule.
 */
export function readAttestation(field: string | undefined, rules: Rules, now: number): Attestation {
  const { claims, ...signed } = readJwt(field, 'client attestation', 'oauth-client-attestation+jwt', rules)
  const { cnf, exp, iss, sub } = claims
  if (!isIdentifier(sub)) throw refuse('sub', describe(sub), 'the client_id of the caller', AT_ATTESTER)
  if (iss !== undefined && !isIdentifier(iss)) throw refuse('iss', describe(iss), 'a text, or no iss', AT_ATTESTER)
  if (!isDate(exp)) throw refuse('exp', quote(exp), 'the time the attestation ends', AT_ATTESTER)
  if (now >= exp + rules.clockToleranceSeconds) {
    throw refuse('exp', when(exp, now), 'a time in the future', 'Make the caller get a new attestation')
  }
  requireBegun(claims, rules, now, 'client attestation')
  const jwk = (cnf as { readonly jwk?: unknown } | null | undefined)?.jwk
  // The complaint does not quote the key, because it may be a private one.
  if (!isPublicKey(jwk))
    throw refuse('cnf', jwk === undefined ? 'no jwk' : 'another value', 'a public key', AT_ATTESTER)
  return { ...signed, clientId: sub, issuer: iss, key: jwk }
}

/**
 * Reads the field `OAuth-Client-Attestation-PoP` (§5.1, §7.2).
 *
 * @throws ClientAuthenticationFailedError naming the rule.
 */
export function readAttestationProof(field: string | undefined, rules: Rules, now: number): AttestationProof {
  const subject = 'client attestation proof'
  const { claims, ...signed } = readJwt(field, subject, 'oauth-client-attestation-pop+jwt', rules)
  const { aud, challenge, exp, iat, jti } = claims
  const { audience, clockToleranceSeconds, maxProofAgeSeconds } = rules
  if (aud !== audience) throw refuse('aud', quote(aud), `${quote(audience)} alone, as a text`, AT_CALLER, subject)
  if (!isIdentifier(jti)) throw refuse('jti', describe(jti), 'a text that no other proof has', AT_CALLER, subject)
  if (!isDate(iat)) throw refuse('iat', quote(iat), 'the time the proof was made', AT_CALLER, subject)
  if (iat < now - maxProofAgeSeconds - clockToleranceSeconds) {
    const expected = `at most ${maxProofAgeSeconds} s ago, as maxProofAgeSeconds says`
    const remedy = 'Make the caller create a proof for each request, and compare the clocks of both sides'
    throw refuse('iat', when(iat, now), expected, remedy, subject)
  }
  if (exp !== undefined && !(isDate(exp) && now < exp + clockToleranceSeconds)) {
    throw refuse('exp', quote(exp), 'a time in the future, or no exp', AT_CALLER, subject)
  }
  requireBegun(claims, rules, now, subject)
  if (challenge !== undefined && !isIdentifier(challenge)) {
    throw refuse('challenge', describe(challenge), 'a text, or no challenge', AT_CALLER, subject)
  }
  return { ...signed, jti, iat, challenge }
}

/** @throws ClientAuthenticationFailedError for a field that cannot be such a JWT. Two fields are joined by a comma, and are none. */
function readJwt(
  field: string | undefined,
  subject: string,
  type: string,
  { algorithms }: Rules,
): SignedJwt & { readonly claims: Readonly<Record<string, unknown>> } {
  const jwt = field ?? ''
  const parts = jwt.length > MAX_LENGTH ? undefined : splitCompactJws(jwt)
  const header = parts?.signature ? decode(parts.header) : undefined
  const claims = parts?.signature ? decode(parts.payload) : undefined
  if (header === undefined || claims === undefined) {
    const expected = `one field with one signed JWT of at most ${MAX_LENGTH} characters`
    throw refuse('form', field === undefined ? 'no field' : `${jwt.length} characters`, expected, AT_CALLER, subject)
  }
  const { alg, crit, kid, typ } = header
  if (typeof typ !== 'string' || typ.toLowerCase().replace(/^application\//, '') !== type) {
    throw refuse('typ', quote(typ), quote(type), AT_CALLER, subject)
  }
  if (crit !== undefined) throw refuse('crit', quote(crit), 'no critical header parameter', AT_CALLER, subject)
  if (typeof alg !== 'string' || !algorithms.includes(alg)) {
    const remedy = 'Change it at its sender, or in clientAuthentication.attestation.algorithms'
    throw refuse('alg', quote(alg), `one of ${algorithms.join(', ')}`, remedy, subject)
  }
  return { jwt, algorithm: alg, keyId: kid, claims }
}

/** Neither `nbf` nor `iat` may be in the future. */
function requireBegun(
  claims: Readonly<Record<string, unknown>>,
  { clockToleranceSeconds }: Rules,
  now: number,
  subject: string,
): void {
  for (const name of ['nbf', 'iat']) {
    const date = claims[name]
    if (date === undefined || (isDate(date) && date <= now + clockToleranceSeconds)) continue
    const remedy = 'Compare the clocks of both sides'
    throw refuse(name, isDate(date) ? when(date, now) : quote(date), 'a time in the past', remedy, subject)
  }
}

function isPublicKey(jwk: unknown): jwk is JWK {
  if (typeof jwk !== 'object' || jwk === null || typeof (jwk as JWK).kty !== 'string') return false
  return !PRIVATE_MEMBERS.some((member) => member in jwk) && isBoundedKey(jwk)
}

function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH
}

function isDate(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `a text of ${value.length} characters` : quote(value)
}

function when(date: number, now: number): string {
  const seconds = Math.round(date - now)
  return `${date}, ${Math.abs(seconds)} s ${seconds < 0 ? 'ago' : 'ahead'}`
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    return parseJwtPart(part)
  } catch {
    return undefined
  }
}

function refuse(
  rule: string,
  got: string,
  expected: string,
  remedy: string,
  subject = 'client attestation',
): ClientAuthenticationFailedError {
  return refuseCredentials(subject, { rule, got, expected, remedy })
}
