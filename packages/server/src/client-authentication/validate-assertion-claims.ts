/** Validates the claims of a client assertion (RFC 7523 §3). */
import { quote } from '@token-introspection/core'
import type { ClientAuthenticationFailedError } from '../errors.ts'
import { refuseAssertion } from './complaint.ts'

/** The rules for the claims. */
export interface AssertionRules {
  /**
   * The accepted audiences: the issuer first, then the values of `legacyAudiences`. With the issuer alone, the `aud` of an
   * assertion must be the issuer. With more values, `aud` may hold several of them and nothing else.
   */
  readonly audiences: ReadonlySet<string>
  /** Whether `aud` must not be an array (FAPI 2.0 Security Profile §5.3.2.1). */
  readonly fapi2: boolean
  readonly maxLifetimeSeconds: number
  readonly clockToleranceSeconds: number
  readonly allowStringDates: boolean
}

/** The validated claims. */
export interface AssertionClaims {
  readonly clientId: string
  readonly jti: string
  /** Seconds since the epoch. */
  readonly exp: number
}

/** The largest number of characters of an identifier that is stored or looked up. */
const MAX_ID_LENGTH = 2048
/** The upper limit of `maxLifetimeSeconds`. */
const LONGEST_LIFETIME_SECONDS = 3600
const OPTIONS = 'clientAuthentication.assertion'

/** @throws ClientAuthenticationFailedError naming the wrong claim and both values. */
export function validateAssertionClaims(
  claims: Readonly<Record<string, unknown>>,
  rules: AssertionRules,
  now: number,
): AssertionClaims {
  const { iss, sub, jti } = claims
  if (!isIdentifier(iss) || iss !== sub) {
    throw refuseAssertion({
      rule: 'iss and sub',
      got: `iss ${quote(iss)} and sub ${quote(sub)}`,
      expected: 'the client_id of the caller in both',
      remedy: 'Change it at the caller (RFC 7523 §3)',
    })
  }
  if (!isIdentifier(jti)) {
    throw refuseAssertion({
      rule: 'jti',
      got: typeof jti === 'string' ? `a text of ${jti.length} characters` : quote(jti),
      expected: `a text of 1 to ${MAX_ID_LENGTH} characters`,
      remedy: 'Make the caller give each assertion a jti of its own (OpenID Connect Core §9)',
    })
  }
  if (!isForUs(claims['aud'], rules)) throw refuseAudience(claims['aud'], rules)
  return { clientId: iss, jti, exp: validateDates(claims, rules, now) }
}

function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH
}

/**
 * Whether every value of `aud` is an accepted audience. With the issuer as the only audience, an array may have only one
 * element, because an assertion is for one server.
 */
function isForUs(aud: unknown, { audiences, fapi2 }: AssertionRules): boolean {
  const values: readonly unknown[] = Array.isArray(aud) && !fapi2 ? aud : [aud]
  if (values.length === 0 || (values.length > 1 && audiences.size === 1)) return false
  return values.every((value) => typeof value === 'string' && audiences.has(value))
}

function refuseAudience(aud: unknown, { audiences, fapi2 }: AssertionRules): ClientAuthenticationFailedError {
  const [issuer, ...others] = [...audiences].map(quote)
  const form = fapi2 ? ', as a string because of fapi2' : ''
  return refuseAssertion({
    rule: 'aud',
    got: quote(aud),
    expected:
      others.length === 0 ? `${issuer} alone${form}` : `only values from ${[issuer, ...others].join(', ')}${form}`,
    remedy: `Change it at the caller, or list the values it sends in ${OPTIONS}.legacyAudiences if they are URLs of this authorization server`,
  })
}

/** Validates every date of an assertion and returns its `exp`. */
function validateDates(claims: Readonly<Record<string, unknown>>, rules: AssertionRules, now: number): number {
  const { maxLifetimeSeconds, clockToleranceSeconds } = rules
  const tolerance = `${clockToleranceSeconds} s of ${OPTIONS}.clockToleranceSeconds`
  const exp = readDate(claims, 'exp', rules)
  if (exp === undefined) {
    throw refuseAssertion({
      rule: 'exp',
      got: 'nothing',
      expected: 'the time the assertion ends',
      remedy: 'Change it at the caller (RFC 7523 §3)',
    })
  }
  if (now >= exp + clockToleranceSeconds) {
    throw refuseAssertion({
      rule: 'exp',
      got: when(exp, now),
      expected: `a time in the future, or at most ${tolerance} ago`,
      remedy: 'Make the caller create an assertion for each request, and compare the clocks of both sides',
    })
  }
  if (exp > now + maxLifetimeSeconds + clockToleranceSeconds) {
    const needed = Math.ceil(exp - now)
    throw refuseAssertion({
      rule: 'exp',
      got: when(exp, now),
      expected: `at most ${maxLifetimeSeconds} s ahead, as ${OPTIONS}.maxLifetimeSeconds says, and ${tolerance}`,
      remedy:
        needed <= LONGEST_LIFETIME_SECONDS + clockToleranceSeconds
          ? `Shorten the lifetime at the caller, or set maxLifetimeSeconds to ${Math.min(needed, LONGEST_LIFETIME_SECONDS)}`
          : `Shorten the lifetime at the caller: maxLifetimeSeconds is at most ${LONGEST_LIFETIME_SECONDS}. Dates count seconds, not milliseconds`,
    })
  }
  for (const name of ['nbf', 'iat'] as const) {
    const date = readDate(claims, name, rules) ?? now
    if (date <= now + clockToleranceSeconds) continue
    throw refuseAssertion({
      rule: name,
      got: when(date, now),
      expected: `a time in the past, or at most ${tolerance} ahead`,
      remedy: 'Set the clock of the caller, or that of this endpoint, whichever is wrong',
    })
  }
  const iat = readDate(claims, 'iat', rules) ?? now
  if (iat < now - maxLifetimeSeconds - clockToleranceSeconds) {
    throw refuseAssertion({
      rule: 'iat',
      got: when(iat, now),
      expected: `at most ${maxLifetimeSeconds} s ago, as ${OPTIONS}.maxLifetimeSeconds says, and ${tolerance}`,
      remedy: 'Make the caller create an assertion for each request, and compare the clocks of both sides',
    })
  }
  return exp
}

/** A date, and how far it is from now. */
function when(date: number, now: number): string {
  const seconds = Math.round(date - now)
  return `${date}, ${Math.abs(seconds)} s ${seconds < 0 ? 'ago' : 'ahead'}`
}

function readDate(
  claims: Readonly<Record<string, unknown>>,
  name: 'exp' | 'nbf' | 'iat',
  { allowStringDates }: AssertionRules,
): number | undefined {
  const value = claims[name]
  if (value === undefined) return undefined
  const isDigits = typeof value === 'string' && /^\d{1,15}$/.test(value)
  const date = allowStringDates && isDigits ? Number(value) : value
  if (typeof date === 'number' && Number.isFinite(date)) return date
  throw refuseAssertion({
    rule: name,
    got: quote(value),
    expected: 'a number of seconds (RFC 7519 §2)',
    remedy:
      isDigits && !allowStringDates
        ? `Change it at the caller, or set ${OPTIONS}.allowStringDates`
        : 'Change it at the caller',
  })
}
