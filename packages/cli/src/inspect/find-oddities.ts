/** What is unusual about an answer, and what follows from it. */
import { isScope } from '@token-introspection/core'
import { kindOf } from '../connection/kind-of.ts'

/** Something unusual. */
export interface Oddity {
  /** The member, or `answer` for the answer as a whole. */
  readonly member: string
  readonly what: string
  /** Where the usual is written. */
  readonly clause: string
}

/** What the answer is compared with. */
export interface OddityContext {
  /** Seconds since the epoch. */
  readonly now: number
  /** The issuer that was asked, if it is known. */
  readonly issuer: string | undefined
  readonly contentType: string | undefined
}

/** Dates above this are milliseconds, or nonsense. */
const MAX_SECONDS = 100_000_000_000
/** Two clocks may differ by this much, in seconds. */
const CLOCK_LEEWAY = 60
const DATES = ['exp', 'iat', 'nbf'] as const
const TEXTS = ['sub', 'iss', 'jti', 'client_id', 'username', 'token_type'] as const

type Body = Readonly<Record<string, unknown>>

/** Everything unusual, the most important first. */
export function findOddities(body: Body, context: OddityContext): Oddity[] {
  if (body['active'] !== true) return oddInactive(body)
  return [
    ...DATES.flatMap((name) => oddDate(name, body[name], context.now)),
    ...oddAudience(body['aud']),
    ...oddScope(body['scope']),
    ...TEXTS.flatMap((name) => oddText(name, body[name])),
    ...oddIssuer(body['iss'], context.issuer),
    ...oddType(body['token_type']),
    ...oddConfirmation(body),
    ...oddMediaType(context.contentType),
  ]
}

function oddInactive(body: Body): Oddity[] {
  const { active } = body
  if (active !== false) {
    return [
      odd('active', `is ${kindOf(active)}, and must be true or false; only true counts as active`, 'RFC 7662 §2.2'),
    ]
  }
  const others = Object.keys(body).filter((name) => name !== 'active')
  if (others.length === 0) return []
  return [
    odd('answer', `an inactive answer should say nothing else, and this one has ${others.join(', ')}`, 'RFC 7662 §2.2'),
  ]
}

function oddDate(name: (typeof DATES)[number], value: unknown, now: number): Oddity[] {
  const clause = 'RFC 7662 §2.2'
  if (value === undefined) {
    return name === 'exp'
      ? [odd('exp', 'is missing: nobody knows when the token expires, so keep answers for a short time only', clause)]
      : []
  }
  if (value === null) return [odd(name, 'is null; a member without a value is left out', clause)]
  if (typeof value !== 'number') return [odd(name, `is ${kindOf(value)}, and must be a number of seconds`, clause)]
  if (value > MAX_SECONDS) return [odd(name, 'is in milliseconds, and must be in seconds', clause)]
  if (!Number.isInteger(value)) return [odd(name, 'has a fraction, and must be whole seconds', clause)]
  if (name === 'exp' && value <= now)
    return [odd('exp', 'is past, and the server still calls the token active: compare the clocks', clause)]
  if (name === 'iat' && value > now + CLOCK_LEEWAY) return [odd('iat', 'is in the future: compare the clocks', clause)]
  if (name === 'nbf' && value > now)
    return [odd('nbf', 'is in the future, and the server already calls the token active', clause)]
  return []
}

function oddAudience(aud: unknown): Oddity[] {
  const clause = 'RFC 9700 §2.3'
  if (aud === undefined) {
    return [
      odd(
        'aud',
        'is missing: every resource server would accept the token. Guards refuse it unless audience is false',
        clause,
      ),
    ]
  }
  if (typeof aud === 'string') return []
  const isList = Array.isArray(aud) && aud.every((each) => typeof each === 'string')
  if (!isList) return [odd('aud', `is ${kindOf(aud)}, and must be a string or an array of strings`, 'RFC 7662 §2.2')]
  return aud.length === 0 ? [odd('aud', 'is empty: the token is for no resource server', clause)] : []
}

function oddScope(scope: unknown): Oddity[] {
  if (scope === undefined) return []
  if (Array.isArray(scope)) {
    return [
      odd(
        'scope',
        'is an array, and must be one string with spaces. The option response.tolerate.scopeAsArray accepts it',
        'RFC 7662 §2.2',
      ),
    ]
  }
  if (typeof scope !== 'string') return [odd('scope', `is ${kindOf(scope)}, and must be a string`, 'RFC 7662 §2.2')]
  if (scope === '') return [odd('scope', 'is empty; without scope the member is left out', 'RFC 6749 §3.3')]
  const hasCommas = scope.includes(',')
  if (isScope(scope) && !hasCommas) return []
  const remedy = hasCommas ? ' with spaces, not commas' : ' with one space between them'
  return [odd('scope', `must be scope tokens${remedy}`, 'RFC 6749 §3.3')]
}

function oddText(name: (typeof TEXTS)[number], value: unknown): Oddity[] {
  if (value === undefined || typeof value === 'string') return []
  const rule = value === null ? 'a member without a value is left out' : 'must be a string'
  return [odd(name, `is ${kindOf(value)}; ${rule}`, 'RFC 7662 §2.2')]
}

function oddIssuer(iss: unknown, issuer: string | undefined): Oddity[] {
  if (typeof iss !== 'string' || issuer === undefined || iss === issuer) return []
  return [odd('iss', `is "${iss}", and the issuer that was asked is "${issuer}"`, 'RFC 7662 §2.2')]
}

function oddType(type: unknown): Oddity[] {
  if (typeof type !== 'string') return []
  const usual = new Set(['bearer', 'dpop', 'n_a', 'pop'])
  if (usual.has(type.toLowerCase())) return []
  return [
    odd(
      'token_type',
      `is "${type}", which is no type of RFC 6749; guards may take it for another kind of token`,
      'RFC 6749 §5.1',
    ),
  ]
}

function oddConfirmation({ cnf, token_type: type }: Body): Oddity[] {
  if (typeof cnf !== 'object' || cnf === null) return []
  const { jkt } = cnf as { readonly jkt?: unknown }
  const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer'
  return jkt !== undefined && isBearer
    ? [odd('token_type', 'is Bearer, although cnf.jkt binds the token to a DPoP key', 'RFC 9449 §6.2')]
    : []
}

function oddMediaType(contentType: string | undefined): Oddity[] {
  return contentType === undefined ? [odd('answer', 'has no Content-Type', 'RFC 7662 §2.2')] : []
}

function odd(member: string, what: string, clause: string): Oddity {
  return { member, what, clause }
}
