/** Exchanges a refresh token for new tokens (RFC 6749 §6), and ends the grant when one is used again (RFC 9700 §4.14.2). */
import { sayUnknown } from '@token-introspection/core/options'
import { digestToken, type ConsumingTokenStore } from '../stores/token-store.ts'
import { isUsed, type TokenRecord } from '../stores/token-record.ts'
import { type IssuedTokens, saveTokens } from './issued-tokens.ts'
import { judgeRefresh, type RefreshRefusalReason } from './judge-refresh.ts'
import { type GrantedRecords, validateLifetime } from './token-grant.ts'
import type { TokenIssuerSettings } from './token-issuer-options.ts'

/** A request to the token endpoint with `grant_type=refresh_token`. */
export interface RefreshRequest {
  /** The refresh token that the client sent. */
  readonly refresh_token: string
  /** The client. Security: authenticate it first, unless it is a public client. */
  readonly client_id: string
  /** The scope that the client asks for: some of what was granted. Default, also for an empty text: all of it. */
  readonly scope?: string | undefined
  /**
   * The audience that the client asks for, as with `resource` (RFC 8707 §2.2): some of what was granted. Default, also for an empty list:
   * all of it.
   */
  readonly aud?: string | readonly string[] | undefined
  /**
   * The key that the client has proved in this request: the thumbprint of its DPoP key (`jkt`) or of its certificate (`x5t#S256`). A
   * refresh token that is bound to a key needs the same one. The new access token is bound to it.
   */
  readonly cnf?: TokenRecord['cnf']
  /** The lifetime of the access token in whole seconds, at least 1. */
  readonly expiresInSeconds: number
  /**
   * The lifetime of the new refresh token in whole seconds, at least 1. Default: it expires when the old one would have, so the grant ends
   * then, however often the client refreshes.
   */
  readonly refreshExpiresInSeconds?: number | undefined
}

/** New tokens, or the reason why there are none. */
export type RefreshOutcome<Claims extends object = object> =
  | (IssuedTokens<Claims> & { readonly issued: true })
  | RefusedRefresh<Claims>

/** A refusal. Send `error` as the body, with the status 400 (RFC 6749 §5.2). */
export interface RefusedRefresh<Claims extends object = object> {
  readonly issued: false
  /** The reason, for the operator. `reused` means that the grant was ended. Do not send it to the client. */
  readonly reason: RefreshRefusalReason
  /** The body of the response to the client. */
  readonly error: { readonly error: 'invalid_grant' | 'invalid_scope' | 'invalid_target' }
  /** The record of the refresh token, if the store has it: for a log, or to tell the user. */
  readonly record: TokenRecord<Claims> | undefined
}

type Settings = TokenIssuerSettings & { readonly store: ConsumingTokenStore }

/** @throws TypeError when the store of the issuer cannot consume tokens. */
export function requireConsuming(settings: TokenIssuerSettings): asserts settings is Settings {
  if (typeof settings.store.consume !== 'function') {
    throw new TypeError(
      'store: must have consume() for refresh tokens; the built-in stores have it (ConsumingTokenStore)',
    )
  }
}

/** Judges the request, saves the new tokens, and consumes the old refresh token. */
export async function refreshTokens(request: RefreshRequest, settings: Settings): Promise<RefreshOutcome> {
  validateRequest(request)
  const { store, now, graceSeconds, graceRepetitions } = settings
  // Read before the lookup: a revocation that comes after the lookup then covers the new tokens, because they are not younger.
  const clock = { seconds: now(), graceSeconds, graceRepetitions }
  const digest = await digestToken(request.refresh_token)
  const found = await store.find(digest)
  const judged = judgeRefresh(found, request, clock)
  if (!judged.granted) return await refuse(judged.reason, found, store)
  // Saved before the old token is consumed: when a save fails, the client can try again.
  const issued = await saveTokens(toRefreshed(judged, request, clock.seconds), settings)
  // The store counts repetitions: of any number of requests at once, no more succeed than the options allow.
  if (await store.consume(digest, clock.seconds, graceRepetitions)) return { issued: true, ...issued }
  // Other requests were faster, or the token was revoked meanwhile.
  const used = await store.find(digest)
  return used !== null && isUsed(used)
    ? await refuse('reused', used, store)
    : await refuse('revoked', judged.record, store)
}

/** Refuses, and ends the grant of a token that is used again. */
async function refuse(
  reason: RefreshRefusalReason,
  record: TokenRecord | null,
  store: ConsumingTokenStore,
): Promise<RefusedRefresh> {
  // Every record that gets this far has a grant, see `judgeRefresh`.
  if (reason === 'reused' && record?.grantId) await store.revokeGrant(record.grantId)
  const error = reason === 'scope' ? 'invalid_scope' : reason === 'audience' ? 'invalid_target' : 'invalid_grant'
  return { issued: false, reason, error: { error }, record: record ?? undefined }
}

function toRefreshed(
  {
    record,
    scope,
    aud,
  }: { readonly record: TokenRecord; readonly scope?: string | undefined; readonly aud?: TokenRecord['aud'] },
  { cnf, expiresInSeconds, refreshExpiresInSeconds }: RefreshRequest,
  seconds: number,
): GrantedRecords {
  const { revoked: _, consumedAt: __, repetitions: ___, ...granted } = record
  const { cnf: ____, exp, ...unbound } = granted
  const access = {
    ...unbound,
    ...(scope !== undefined && { scope }),
    ...(aud !== undefined && { aud }),
    ...(cnf && { cnf }),
  }
  const refreshExp = refreshExpiresInSeconds === undefined ? exp : seconds + refreshExpiresInSeconds
  return {
    access: { ...access, kind: 'access_token', iat: seconds, exp: seconds + expiresInSeconds },
    // Its scope is that of the old one, whatever this request asked for (RFC 6749 §6).
    refresh: { ...granted, iat: seconds, exp: refreshExp },
  }
}

const MEMBERS: readonly string[] = [
  'refresh_token',
  'client_id',
  'scope',
  'aud',
  'cnf',
  'expiresInSeconds',
  'refreshExpiresInSeconds',
] satisfies (keyof RefreshRequest)[]

/** A misspelt member must not pass silently: without `scope` the new token has all that was granted. */
function validateRequest(request: RefreshRequest): void {
  if (typeof request !== 'object' || request === null) throw new TypeError('request: must be an object')
  const unknown = Object.keys(request).find((name) => !MEMBERS.includes(name))
  if (unknown !== undefined) throw new TypeError(`${unknown}: ${sayUnknown(unknown, MEMBERS)}`)
  for (const name of ['refresh_token', 'client_id'] as const) {
    if (typeof request[name] !== 'string') throw new TypeError(`${name}: must be a string`)
  }
  validateLifetime('expiresInSeconds', request.expiresInSeconds)
  if (request.refreshExpiresInSeconds !== undefined) {
    validateLifetime('refreshExpiresInSeconds', request.refreshExpiresInSeconds)
  }
}
