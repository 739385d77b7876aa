/**
 * Step `jwt`: checks whether the claims of a JWT are those of an access token of the issuer (RFC 9068 §2, §4; RFC 8725
 * §3).
 */
import {
  type ActiveIntrospectionResponse,
  INACTIVE,
  type IntrospectionResponse,
  isIntrospectionError,
  type JsonObject,
  readIntrospectionResponse,
} from '@token-introspection/core'
import type { TokenKind } from '../policy/policy.ts'
import { inactiveByClock } from '../result/inactive.ts'
import type { JwtFault } from './jwt-fault.ts'
import type { ParsedJwt } from './parse-jwt.ts'

/** The rules that claims are checked against. */
export interface ClaimRules {
  readonly issuer: string
  readonly algorithms: readonly string[]
  /** In lower case, without `application/`. */
  readonly types: readonly string[]
  /** Whether a JWT without `typ` is accepted. */
  readonly acceptUntyped: boolean
  /** Required in addition to `iss` and `exp`. */
  readonly requiredClaims: readonly string[]
  /** Claims that a JWT of another type than `at+jwt` must have. Without them it counts as another kind. */
  readonly kindClaims: readonly string[]
  /** The registered member, and the claim that holds it. */
  readonly aliases: readonly (readonly [string, string])[]
  /** The claim that has another meaning in an answer, and its new name. */
  readonly renames: readonly (readonly [string, string])[]
  /** The claim that is used as `aud` when there is none. */
  readonly audienceFrom: string | undefined
  /**
   * How the server's answers mark access tokens. A JWT without the mark gets it, because these rules have found its
   * kind.
   */
  readonly presumedKind: TokenKind | undefined
  /** Corrects the tolerated deviations of this server. */
  readonly right: ((claims: JsonObject) => JsonObject) | undefined
  /** How many seconds the two clocks may differ. */
  readonly leewaySeconds: number
}

/** Claims that no access token has. Security events, introspection responses, proofs and status lists have them. */
const OTHER_KINDS = ['events', 'token_introspection', 'htm', 'htu', 'ath', 'status_list'] as const
/** Claims of ID tokens. A `typ` of `JWT` does not tell ID tokens from access tokens (OpenID Connect Core §2). */
const ID_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 's_hash'] as const
const ACCESS_TOKEN_TYPE = 'at+jwt'

/**
 * The claims as an answer, or the fault of the JWT. The answer is inactive when the token is expired or not yet valid.
 * The signature is not verified here, so an active answer counts only if the signature is good.
 *
 * @param now - in seconds since the epoch.
 */
export function readClaims(
  { header, claims }: ParsedJwt,
  rules: ClaimRules,
  now: number,
): IntrospectionResponse | JwtFault {
  if (claims['iss'] !== rules.issuer) return 'issuer'
  const fault = checkHeader(header, rules) ?? checkKind(header, claims)
  if (fault !== undefined) return fault
  const response = toResponse(claims, rules)
  if (!response.active || response.exp === undefined) return 'claims'
  if (!rules.requiredClaims.every((name) => hasValue(response, name))) return 'claims'
  if (!isAccessTokenType(header) && !rules.kindClaims.every((name) => hasValue(response, name))) return 'kind'
  // Each comparison states the good case, so that a clock that returns NaN lets nothing pass.
  const { exp, nbf } = response
  if (!(now < exp + rules.leewaySeconds)) return inactiveByClock('expired', response, now)
  if (nbf !== undefined && !(now >= nbf - rules.leewaySeconds)) return inactiveByClock('not_yet_valid', response, now)
  if (rules.presumedKind !== undefined) presumeKind(response, rules.presumedKind)
  return response
}

/** RFC 9068 marks access tokens by `typ` and by their claims, and has no claim like the mark in answers. */
function presumeKind(response: ActiveIntrospectionResponse, { member, oneOf }: TokenKind): void {
  if (response[member] !== undefined) return
  const bound = response.cnf?.jkt === undefined ? undefined : oneOf.find((word) => word.toLowerCase() === 'dpop')
  Object.assign(response, { [member]: bound ?? oneOf[0] })
}

function checkHeader(header: JsonObject, { algorithms, types, acceptUntyped }: ClaimRules): JwtFault | undefined {
  const { alg, kid, typ, crit, b64 } = header
  if (typeof alg !== 'string' || !algorithms.includes(alg)) return 'algorithm'
  // No extension is supported (RFC 7515 §4.1.11, RFC 7797 §3).
  if (crit !== undefined || b64 !== undefined || (kid !== undefined && typeof kid !== 'string')) return 'malformed'
  if (typ === undefined) return acceptUntyped ? undefined : 'type'
  return typeof typ === 'string' && types.includes(typeName(typ)) ? undefined : 'type'
}

function checkKind(header: JsonObject, claims: JsonObject): JwtFault | undefined {
  if (OTHER_KINDS.some((name) => Object.hasOwn(claims, name))) return 'kind'
  if (isAccessTokenType(header)) return undefined
  return ID_TOKEN_CLAIMS.some((name) => Object.hasOwn(claims, name)) ? 'kind' : undefined
}

function isAccessTokenType({ typ }: JsonObject): boolean {
  return typeof typ === 'string' && typeName(typ) === ACCESS_TOKEN_TYPE
}

/** A media type in lower case, without the optional prefix `application/` (RFC 7515 §4.1.9). */
export function typeName(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '')
}

/** A claim named `active` is dropped. The signature and the clock decide whether a token is active. */
function toResponse(claims: JsonObject, { aliases, renames, audienceFrom, right }: ClaimRules) {
  const members: JsonObject = { ...claims, active: true }
  for (const [name, other] of renames) move(members, name, other)
  for (const [member, claim] of aliases) if (!Object.hasOwn(members, member)) move(members, claim, member)
  if (audienceFrom !== undefined && !Object.hasOwn(members, 'aud') && Object.hasOwn(members, audienceFrom)) {
    members['aud'] = members[audienceFrom]
  }
  try {
    return readIntrospectionResponse(right === undefined ? members : right(members))
  } catch (error) {
    if (isIntrospectionError(error)) return INACTIVE
    throw error
  }
}

function hasValue(response: ActiveIntrospectionResponse, name: string): boolean {
  const value: unknown = Object.hasOwn(response, name) ? response[name] : undefined
  return value !== undefined && value !== null && value !== ''
}

function move(members: JsonObject, from: string, to: string): void {
  if (!Object.hasOwn(members, from)) return
  members[to] = members[from]
  delete members[from]
}
