/** Checks before a store saves or revokes, because such mistakes would only lead to wrong answers later. */
import { isNumericDate, isScope, parseIntrospectionResponse, REGISTERED_MEMBERS } from '@token-introspection/core'
import { suggest } from '@token-introspection/core/options'
import { isUsed, type TokenRecord } from './token-record.ts'

/**
 * Checks that every store can keep a token and its record. For stores of your own: call it in `save`.
 *
 * @throws TypeError naming the member: an empty token or identifier, an unknown kind, an unknown member, a date that is not in
 *   whole seconds, a scope that breaks its grammar, a member of the wrong type, a member that the record inherits, such as a getter of
 *   a class, a `cnf` without a key, or an extension claim with the name of a registered member. In a known member, `null` and `undefined` count as absent.
 */
export function validateTokenRecord(token: string, record: TokenRecord): void {
  if (token === '') throw new TypeError('token: must not be empty')
  // Stores copy own members only, so that a token whose `exp` is inherited would never expire.
  const inherited = inheritedMember(record)
  if (inherited !== undefined) {
    throw new TypeError(
      `record.${inherited}: is inherited and would not be saved; give it as a property of the record itself`,
    )
  }
  if (record.kind !== 'access_token' && record.kind !== 'refresh_token') {
    throw new TypeError('record.kind: must be access_token or refresh_token')
  }
  const unknown = Object.keys(record).find((name) => name === 'active' || !isMember(name))
  if (unknown !== undefined) {
    const hint =
      unknown === 'active'
        ? 'is not saved: a token is active while it is live; to end it, call revoke()'
        : `no token record has this member${suggest(unknown, INHERITABLE)}; an extension claim belongs in record.claims.${unknown}`
    throw new TypeError(`record.${unknown}: ${hint}`)
  }
  for (const name of ['exp', 'iat', 'nbf'] as const) {
    if (record[name] !== undefined && !isNumericDate(record[name])) {
      throw new TypeError(`record.${name}: must be whole seconds since the epoch, not milliseconds (RFC 7662 §2.2)`)
    }
  }
  if (record.scope && !isScope(record.scope)) {
    throw new TypeError('record.scope: must be scope tokens with one space between them (RFC 6749 §3.3)')
  }
  const wrong = wrongMember(record)
  if (wrong !== undefined) {
    const hint = HINTS[wrong] ?? `type or range is not what the registry of RFC 7662 §3.1 gives ${wrong}`
    throw new TypeError(`record.${wrong}: ${hint}; this token could not be answered`)
  }
  if (record.cnf && Object.values(record.cnf).every((key) => key === undefined)) {
    throw new TypeError('record.cnf: names no key; leave it out for a bearer token')
  }
  if (record.revoked !== undefined && record.revoked !== null && typeof record.revoked !== 'boolean') {
    throw new TypeError('record.revoked: must be true or false')
  }
  if (record.consumedAt !== undefined && record.consumedAt !== null) {
    if (!isNumericDate(record.consumedAt))
      throw new TypeError('record.consumedAt: must be whole seconds since the epoch')
    if (record.revoked !== true) throw new TypeError('record.consumedAt: a consumed token needs revoked: true as well')
  }
  if (record.repetitions !== undefined && record.repetitions !== null) {
    if (!Number.isSafeInteger(record.repetitions) || record.repetitions < 1)
      throw new TypeError('record.repetitions: must be a whole number from 1')
    if (!isUsed(record)) throw new TypeError('record.repetitions: only a consumed token has it; give it consumedAt')
  }
  const claims: unknown = record.claims ?? {}
  if (typeof claims !== 'object' || Array.isArray(claims)) {
    throw new TypeError('record.claims: must be an object of extension claims')
  }
  const registered = Object.keys(claims as object).find((name) => REGISTERED_MEMBERS.has(name))
  if (registered !== undefined) {
    throw new TypeError(
      `record.claims.${registered}: is a registered member, which no extension claim can replace; give it as record.${registered}, ` +
        'or the claim another name',
    )
  }
  for (const name of ['grantId', 'sessionId', 'signedDigest'] as const) {
    if (record[name] !== undefined && !isIdentifier(record[name])) {
      throw new TypeError(`record.${name}: must be a non-empty string`)
    }
  }
}

/** Members of a record that are not registered. */
const OWN_MEMBERS: ReadonlySet<string> = new Set<keyof TokenRecord>([
  'kind',
  'revoked',
  'grantId',
  'sessionId',
  'signedDigest',
  'consumedAt',
  'repetitions',
  'claims',
])

/** Members that a record must not inherit. `toJSON` would replace the whole record. */
const INHERITABLE: readonly string[] = [...OWN_MEMBERS, ...REGISTERED_MEMBERS, 'toJSON']

/** A member that the record has from its prototype. */
function inheritedMember(record: TokenRecord): string | undefined {
  return INHERITABLE.find((name) => name in record && !Object.hasOwn(record, name))
}

function isMember(name: string): boolean {
  return OWN_MEMBERS.has(name) || REGISTERED_MEMBERS.has(name)
}

/** Hints for members that people often use with another meaning than the registered one. */
const HINTS: Readonly<Record<string, string>> = {
  permissions:
    'must be a list of objects with resource_id (UMA 2.0 Federated Authorization §5.1.1); a list of texts is an extension claim ' +
    'under another name',
}

/** The first registered member that no answer may have with this value. */
function wrongMember(record: TokenRecord): string | undefined {
  const members = Object.entries(record).filter(
    ([name, value]) => REGISTERED_MEMBERS.has(name) && value !== null && value !== undefined,
  )
  if (canBeAnswered(members)) return undefined
  return members.find((member) => !canBeAnswered([member]))?.[0]
}

function canBeAnswered(members: readonly (readonly [string, unknown])[]): boolean {
  try {
    parseIntrospectionResponse({ ...Object.fromEntries(members), active: true })
    return true
  } catch {
    return false
  }
}

/**
 * Checks the arguments of a revocation. For stores of your own: call it in `revokeGrant`, `revokeSession`, `revokeSubject` and
 * `revokeClient`.
 *
 * @param name - the name of the identifier in the message.
 * @param at - the moment of a cutoff, if there is one.
 * @throws TypeError when the identifier is empty or the moment is not in whole seconds, because a revocation of nothing must not
 *   look like a success.
 */
export function validateRevocation(name: string, identifier: string, at?: number): void {
  if (!isIdentifier(identifier)) throw new TypeError(`${name}: must be a non-empty string`)
  if (at !== undefined && !isNumericDate(at)) {
    throw new TypeError('at: must be whole seconds since the epoch, not milliseconds')
  }
}

/** The most repetitions of a consumed token. */
export const MAX_REPETITIONS = 10

/**
 * Checks the arguments of a consumption. For stores of your own: call it in `consume`.
 *
 * @throws TypeError when the moment is not in whole seconds, or the number of repetitions is not a whole number from 0 to 10.
 */
export function validateConsumption(at: number, repetitions = 0): void {
  if (!isNumericDate(at)) throw new TypeError('at: must be whole seconds since the epoch, not milliseconds')
  if (!Number.isInteger(repetitions) || repetitions < 0 || repetitions > MAX_REPETITIONS) {
    throw new TypeError(`repetitions: must be a whole number from 0 to ${MAX_REPETITIONS}`)
  }
}

function isIdentifier(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
