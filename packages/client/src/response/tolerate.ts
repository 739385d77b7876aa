/** Step `response`: corrects tolerated deviations of an answer, before the schema checks it. */
import { isScopeToken, type JsonObject, NUMERIC_DATE_LIMIT } from '@token-introspection/core'
import type { Tolerance } from './tolerance-options.ts'

const DATES = ['exp', 'iat', 'nbf', 'auth_time'] as const
const IDENTIFIERS = ['sub', 'client_id', 'username', 'jti', 'acr', 'aud'] as const
/** A date and time with its offset from UTC (RFC 3339 §5.6). */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/
/** A number that is neither a date in any unit nor exact in JavaScript. */
const NO_DATE = 2 ** 53

/** Members in which an empty string means absent. In other members that would skip a check, so it is refused. */
const EMPTY_MEMBERS = ['scope', 'sub', 'username', 'client_id', 'jti'] as const

/**
 * A copy of the answer with tolerated deviations corrected. Other values are not changed, so the schema refuses wrong
 * ones.
 */
export function tolerate(answer: JsonObject, tolerance: Tolerance): JsonObject {
  const righted: JsonObject = { ...answer }
  if (tolerance.activeAsString) rightActive(righted)
  if (tolerance.nullAsAbsent) dropNothings(righted)
  for (const [member, name] of tolerance.renames) rename(righted, member, name)
  for (const [member, alias] of tolerance.aliases) rename(righted, alias, member)
  if (tolerance.scopeAsArray) rightScopeArray(righted)
  if (tolerance.scopeWithCommas) rightCommas(righted)
  if (tolerance.datesAsText) rightDateTexts(righted)
  if (tolerance.hugeExpiryAsAbsent && isHuge(righted['exp'])) delete righted['exp']
  if (tolerance.timestampsInMilliseconds) rightMilliseconds(righted)
  if (tolerance.numbersAsText) rightIdentifiers(righted)
  if (tolerance.authorizationDetailsAsObject) rightDetails(righted)
  if (tolerance.zeroExpiryAsAbsent && righted['exp'] === 0) delete righted['exp']
  if (tolerance.actAsString && isText(righted['act'])) righted['act'] = { sub: righted['act'] }
  if (tolerance.uma1Permissions) rightPermissions(righted)
  return righted
}

function rightActive(answer: JsonObject): void {
  if (answer['active'] === 'true') answer['active'] = true
  else if (answer['active'] === 'false') answer['active'] = false
}

function dropNothings(answer: JsonObject): void {
  for (const [name, value] of Object.entries(answer)) {
    if (value === null && name !== 'active') delete answer[name]
  }
  for (const name of EMPTY_MEMBERS) if (answer[name] === '') delete answer[name]
}

/** A member under its registered name wins over its alias. */
function rename(values: JsonObject, from: string, to: string): void {
  if (!Object.hasOwn(values, from) || Object.hasOwn(values, to)) return
  values[to] = values[from]
  delete values[from]
}

function rightScopeArray(answer: JsonObject): void {
  const scope: unknown = answer['scope']
  // An element with a space would become two scope tokens.
  if (!Array.isArray(scope) || !scope.every((element) => isText(element) && isScopeToken(element))) return
  if (scope.length === 0) delete answer['scope']
  else answer['scope'] = scope.join(' ')
}

function rightCommas(answer: JsonObject): void {
  const { scope } = answer
  if (isText(scope)) answer['scope'] = scope.split(/[ ,]+/).join(' ').trim()
}

function rightMilliseconds(answer: JsonObject): void {
  for (const name of DATES) {
    const value = answer[name]
    if (typeof value === 'number' && value >= NUMERIC_DATE_LIMIT) answer[name] = Math.floor(value / 1000)
  }
}

function rightDateTexts(answer: JsonObject): void {
  for (const name of DATES) {
    const value = answer[name]
    if (!isText(value)) continue
    if (/^\d{1,16}$/.test(value)) answer[name] = Number(value)
    else if (DATE_TIME.test(value) && !Number.isNaN(Date.parse(value)))
      answer[name] = Math.floor(Date.parse(value) / 1000)
  }
}

function isHuge(exp: unknown): boolean {
  return Number.isFinite(exp) && (exp as number) >= NO_DATE
}

function rightIdentifiers(answer: JsonObject): void {
  for (const name of IDENTIFIERS) {
    const value = answer[name]
    if (Array.isArray(value)) answer[name] = value.map(toText)
    else if (value !== undefined) answer[name] = toText(value)
  }
}

function toText(value: unknown): unknown {
  return Number.isSafeInteger(value) ? String(value) : value
}

function rightDetails(answer: JsonObject): void {
  const { authorization_details: details } = answer
  if (typeof details !== 'object' || details === null || Array.isArray(details)) return
  answer['authorization_details'] = [details]
}

function rightPermissions(answer: JsonObject): void {
  const { permissions } = answer
  if (!Array.isArray(permissions)) return
  answer['permissions'] = permissions.map((permission: unknown) => {
    if (typeof permission !== 'object' || permission === null || Array.isArray(permission)) return permission
    const righted: JsonObject = { ...permission }
    rename(righted, 'resource_set_id', 'resource_id')
    rename(righted, 'scopes', 'resource_scopes')
    return righted
  })
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
