/** What a store refuses to keep, and whom it refuses to revoke: mistakes that could only lead to wrong answers later. */
import { isNumericDate, isScope, REGISTERED_MEMBERS } from '@token-introspection/core'
import type { TokenRecord } from './token-record.ts'

/**
 * Holds a token and its record against what every store can keep. For stores of your own: call it in `save`.
 *
 * @throws TypeError naming the member: an empty token or identifier, an unknown kind, a date that is not in whole seconds,
 *   a scope that breaks its grammar, an extension claim with the name of a registered member.
 */
export function validateTokenRecord(token: string, record: TokenRecord): void {
  if (token === '') throw new TypeError('token: must not be empty')
  if (record.kind !== 'access_token' && record.kind !== 'refresh_token') {
    throw new TypeError('record.kind: must be access_token or refresh_token')
  }
  for (const name of ['exp', 'iat', 'nbf'] as const) {
    if (record[name] !== undefined && !isNumericDate(record[name])) {
      throw new TypeError(`record.${name}: must be whole seconds since the epoch, not milliseconds (RFC 7662 §2.2)`)
    }
  }
  if (record.scope && !isScope(record.scope)) {
    throw new TypeError('record.scope: must be scope tokens with one space between them (RFC 6749 §3.3)')
  }
  const registered = Object.keys(record.claims ?? {}).find((name) => REGISTERED_MEMBERS.has(name))
  if (registered !== undefined) {
    throw new TypeError(
      `record.claims.${registered}: is a registered member, which no extension claim can replace; give it as record.${registered}, ` +
        'or the claim another name',
    )
  }
  for (const name of ['grantId', 'sessionId'] as const) {
    if (record[name] !== undefined && !isIdentifier(record[name])) {
      throw new TypeError(`record.${name}: must be a non-empty string`)
    }
  }
}

/**
 * Holds the arguments of a revocation against what can be meant. For stores of your own: call it in `revokeGrant`,
 * `revokeSession`, `revokeSubject` and `revokeClient`.
 *
 * @param name - what the identifier is called in the message.
 * @param at - the moment of a cutoff, when there is one.
 * @throws TypeError when the identifier is empty or the moment is not in whole seconds: revoking nobody must not pass
 *   for a revocation.
 */
export function validateRevocation(name: string, identifier: string, at?: number): void {
  if (!isIdentifier(identifier)) throw new TypeError(`${name}: must be a non-empty string`)
  if (at !== undefined && !isNumericDate(at)) {
    throw new TypeError('at: must be whole seconds since the epoch, not milliseconds')
  }
}

function isIdentifier(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
