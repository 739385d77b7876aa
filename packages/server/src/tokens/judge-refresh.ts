/** Whether a refresh token may be exchanged by this request. */
import { isScope, parseScope, toAudienceList } from '@token-introspection/core'
import { isUsed, type NotLive, type TokenRecord, whyNotLiveBeforeUse } from '../stores/token-record.ts'

/** Why a refresh token was refused. */
export type RefreshRefusalReason =
  | 'unknown'
  | NotLive
  | 'not-a-refresh-token'
  | 'other-client'
  | 'other-key'
  | 'no-grant'
  | 'reused'
  | 'scope'
  | 'audience'

/** What the request asks for. */
interface Asked {
  readonly client_id: string
  readonly scope?: string | undefined
  readonly aud?: string | readonly string[] | undefined
  readonly cnf?: TokenRecord['cnf']
}

/** The time, and how long and how often a consumed token may be used again. */
export interface RefreshClock {
  /** Seconds since the epoch. */
  readonly seconds: number
  readonly graceSeconds: number
  readonly graceRepetitions: number
}

/** The refusal, or what the new access token may have. */
export type JudgedRefresh =
  | { readonly granted: false; readonly reason: RefreshRefusalReason }
  | {
      readonly granted: true
      readonly record: TokenRecord
      /** The narrower scope and audience; `undefined` for all that the record has. */
      readonly scope: string | undefined
      readonly aud: TokenRecord['aud']
    }

/** Judges a refresh token. */
export function judgeRefresh(record: TokenRecord | null, asked: Asked, clock: RefreshClock): JudgedRefresh {
  if (record === null) return { granted: false, reason: 'unknown' }
  const reason = whyRefused(record, asked, clock)
  if (reason !== undefined) return { granted: false, reason }
  const scope = asked.scope || undefined
  const aud = toAudienceList(asked.aud)
  return { granted: true, record, scope, aud: aud.length === 0 ? undefined : aud.length === 1 ? aud[0] : [...aud] }
}

/** Whether a token was used before, and may not be used again. */
function isReuse(record: TokenRecord, { seconds, graceSeconds, graceRepetitions }: RefreshClock): boolean {
  if (!isUsed(record)) return false
  return (record.repetitions ?? 0) >= graceRepetitions || seconds > (record.consumedAt ?? 0) + graceSeconds
}

function whyRefused(record: TokenRecord, asked: Asked, clock: RefreshClock): RefreshRefusalReason | undefined {
  if (record.kind !== 'refresh_token') return 'not-a-refresh-token'
  // A token that was used is revoked as well. Its reuse counts only after the checks of the client: another client, or a thief without
  // the key, must not be able to end the grant.
  const notLive = whyNotLiveBeforeUse(record, clock.seconds)
  if (notLive !== undefined) return notLive
  if (!record.client_id || record.client_id !== asked.client_id) return 'other-client'
  if (!hasKey(record.cnf, asked.cnf)) return 'other-key'
  if (!record.grantId) return 'no-grant'
  if (isReuse(record, clock)) return 'reused'
  if (!includesScope(record.scope, asked.scope)) return 'scope'
  const granted = toAudienceList(record.aud ?? undefined)
  return toAudienceList(asked.aud).every((value) => granted.includes(value)) ? undefined : 'audience'
}

/** Whether the client has proved every key to which the token is bound. */
function hasKey(bound: TokenRecord['cnf'], proved: TokenRecord['cnf']): boolean {
  return Object.entries(bound ?? {}).every(([name, value]) => proved?.[name] === value)
}

function includesScope(granted: string | undefined, asked: string | undefined): boolean {
  if (!asked) return true
  const tokens = parseScope(granted || undefined)
  return isScope(asked) && parseScope(asked).every((token) => tokens.includes(token))
}
