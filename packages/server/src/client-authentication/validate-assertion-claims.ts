/** What a client assertion says, against RFC 7523 §3. */
import { ClientAuthenticationFailedError } from '../errors.ts'

/** What the claims are held against. */
export interface AssertionRules {
  /** The audiences, one of which must be the assertion's only one: the issuer, and what older callers send. */
  readonly audiences: ReadonlySet<string>
  /** Whether a single audience may not stand in an array (FAPI 2.0 Security Profile §5.3.2.1). */
  readonly fapi2: boolean
  readonly maxLifetimeSeconds: number
  readonly clockToleranceSeconds: number
  readonly allowStringDates: boolean
}

/** Claims that hold. */
export interface AssertionClaims {
  readonly clientId: string
  readonly jti: string
  /** Seconds since the epoch. */
  readonly exp: number
}

/** Characters of an identifier that is kept or looked up. */
const MAX_ID_LENGTH = 2048

/** @throws ClientAuthenticationFailedError naming the claim that does not hold. */
export function validateAssertionClaims(
  claims: Readonly<Record<string, unknown>>,
  rules: AssertionRules,
  now: number,
): AssertionClaims {
  const { iss, sub, jti } = claims
  if (!isIdentifier(iss) || iss !== sub) throw refused('iss and sub must be the client_id')
  if (!isIdentifier(jti)) throw refused('jti is required')
  if (!isForUs(claims['aud'], rules)) throw refused('aud must be this issuer and nothing else')
  const exp = readDate(claims, 'exp', rules)
  if (exp === undefined) throw refused('exp is required')
  const { maxLifetimeSeconds, clockToleranceSeconds } = rules
  if (now >= exp + clockToleranceSeconds) throw refused('exp is past')
  if (exp > now + maxLifetimeSeconds + clockToleranceSeconds) throw refused('exp is too far away')
  if ((readDate(claims, 'nbf', rules) ?? now) > now + clockToleranceSeconds) throw refused('nbf is to come')
  const iat = readDate(claims, 'iat', rules) ?? now
  if (iat > now + clockToleranceSeconds) throw refused('iat is to come')
  if (iat < now - maxLifetimeSeconds - clockToleranceSeconds) throw refused('iat is too long ago')
  return { clientId: iss, jti, exp }
}

function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH
}

function isForUs(aud: unknown, { audiences, fapi2 }: AssertionRules): boolean {
  const sole = Array.isArray(aud) && aud.length === 1 && !fapi2 ? (aud[0] as unknown) : aud
  return typeof sole === 'string' && audiences.has(sole)
}

function readDate(
  claims: Readonly<Record<string, unknown>>,
  name: 'exp' | 'nbf' | 'iat',
  { allowStringDates }: AssertionRules,
): number | undefined {
  const value = claims[name]
  if (value === undefined) return undefined
  const date = allowStringDates && typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof date !== 'number' || !Number.isFinite(date)) throw refused(`${name} must be a number of seconds`)
  return date
}

function refused(complaint: string): ClientAuthenticationFailedError {
  return new ClientAuthenticationFailedError(`client assertion: ${complaint}`)
}
