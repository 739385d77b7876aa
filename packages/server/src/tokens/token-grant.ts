/** What an authorization server grants, and how it becomes the records of tokens. */
import { sayUnknown } from '@token-introspection/core/options'
import type { TokenRecord } from '../stores/token-record.ts'

/** Members of a record that the issuer or the store sets. */
type OwnMembers = 'kind' | 'iat' | 'exp' | 'revoked' | 'consumedAt' | 'repetitions' | 'signedDigest'

/** What a token is issued for: the members of its record, and its lifetime. */
export interface TokenGrant<Claims extends object = object> extends Omit<TokenRecord<Claims>, OwnMembers> {
  /** The client to which the token is issued. */
  readonly client_id: string
  /** The lifetime of the access token in whole seconds, at least 1. */
  readonly expiresInSeconds: number
  /** Issues a refresh token as well. */
  readonly refreshToken?: RefreshTokenGrant | undefined
}

/** What a refresh token is issued with. */
export interface RefreshTokenGrant {
  /** The lifetime of the refresh token in whole seconds, at least 1. */
  readonly expiresInSeconds: number
  /**
   * Whether the client may use another key at each refresh. Default `false`: the refresh token is bound to `cnf`, as public clients need
   * (RFC 9449 §5). Use `true` only for confidential clients that change their keys. Such a client gets a bearer token when a refresh has
   * no `cnf`.
   */
  readonly keyMayChange?: boolean | undefined
}

/** Records of the tokens that a grant gives. */
export interface GrantedRecords<Claims extends object = object> {
  readonly access: TokenRecord<Claims>
  readonly refresh: TokenRecord<Claims> | undefined
}

const SET_BY_ISSUER: readonly string[] = [
  'kind',
  'iat',
  'exp',
  'revoked',
  'consumedAt',
  'repetitions',
  'signedDigest',
] satisfies OwnMembers[]

/**
 * Makes the records.
 *
 * @param now - seconds since the epoch.
 * @param newGrantId - makes the identifier of a grant that has none. A refresh token needs one.
 * @throws TypeError naming the member that is wrong.
 */
export function toRecords<Claims extends object>(
  grant: TokenGrant<Claims>,
  now: number,
  newGrantId: () => string,
): GrantedRecords<Claims> {
  if (typeof grant !== 'object' || grant === null) throw new TypeError('grant: must be an object')
  const { expiresInSeconds, refreshToken, ...members } = grant
  const own = Object.keys(members).find((name) => SET_BY_ISSUER.includes(name))
  if (own !== undefined) throw new TypeError(`${own}: is set by the issuer; give the lifetime as expiresInSeconds`)
  if (typeof grant.client_id !== 'string' || grant.client_id === '') {
    throw new TypeError('client_id: must be a non-empty string')
  }
  validateLifetime('expiresInSeconds', expiresInSeconds)
  if (refreshToken === undefined) {
    return { access: { kind: 'access_token', ...members, iat: now, exp: now + expiresInSeconds }, refresh: undefined }
  }
  validateRefreshTokenGrant(refreshToken)
  const known = { ...members, grantId: members.grantId ?? newGrantId() }
  const { cnf, ...unbound } = known
  const bound = refreshToken.keyMayChange || cnf === undefined ? unbound : known
  return {
    access: { kind: 'access_token', ...known, iat: now, exp: now + expiresInSeconds },
    refresh: { kind: 'refresh_token', ...bound, iat: now, exp: now + refreshToken.expiresInSeconds },
  }
}

/** @throws TypeError if a lifetime is not in whole seconds from 1, or longer than a hundred years. */
export function validateLifetime(name: string, seconds: number): void {
  if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > MAX_LIFETIME_SECONDS) {
    throw new TypeError(`${name}: must be whole seconds from 1 to ${MAX_LIFETIME_SECONDS}`)
  }
}

/** A hundred years. A larger number is usually a date, or milliseconds. */
const MAX_LIFETIME_SECONDS = 3_155_760_000

const REFRESH_TOKEN_OPTIONS: readonly string[] = [
  'expiresInSeconds',
  'keyMayChange',
] satisfies (keyof RefreshTokenGrant)[]

function validateRefreshTokenGrant(refreshToken: RefreshTokenGrant): void {
  if (typeof refreshToken !== 'object' || refreshToken === null) {
    throw new TypeError('refreshToken: must be an object such as { expiresInSeconds: 2592000 }')
  }
  const unknown = Object.keys(refreshToken).find((name) => !REFRESH_TOKEN_OPTIONS.includes(name))
  if (unknown !== undefined) {
    throw new TypeError(`refreshToken.${unknown}: ${sayUnknown(unknown, REFRESH_TOKEN_OPTIONS)}`)
  }
  validateLifetime('refreshToken.expiresInSeconds', refreshToken.expiresInSeconds)
  const { keyMayChange } = refreshToken
  if (keyMayChange !== undefined && typeof keyMayChange !== 'boolean') {
    throw new TypeError('refreshToken.keyMayChange: must be true or false')
  }
}
