/** What the playground shows to the page. No text of a token is in it. */
import type { ExplainedStep } from '@token-introspection/client'
import type { Happening } from './happening-log.ts'
import type { Lateness } from './lateness.ts'
import type { Exchange } from './memory-network.ts'
import type { KeptAnswer } from './orders-api.ts'
import type { Settings } from './settings.ts'

/** Everything that the page shows. */
export interface PlaygroundView {
  readonly settings: Settings
  readonly nowMs: number
  readonly apiNowMs: number
  readonly tokens: readonly IssuedToken[]
  readonly calls: readonly CallReport[]
  readonly happenings: readonly Happening[]
  /** The answer about the newest token that the API would use again. */
  readonly kept: KeptAnswer | undefined
  /** For a revocation that happens now. */
  readonly lateness: Lateness
  /** For a revocation that happens just after the API has asked. */
  readonly worst: Lateness
  /** Seconds since the moment as of which the API knows every revocation; `undefined` without the feed. */
  readonly feedKnownSeconds: number | undefined
  readonly isListening: boolean
}

/** A token, without its text. */
export interface IssuedToken {
  readonly number: number
  readonly audience: string
  readonly scope: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  readonly revokedAtMs: number | undefined
  /** The reason for which the authorization server says that the token is inactive; `undefined` while it is active. */
  readonly inactive: string | undefined
}

/** One call of the API. */
export interface CallReport {
  readonly id: number
  readonly token: number
  readonly atMs: number
  readonly allowed: boolean
  /** Whether the token was revoked before the call. */
  readonly isRevoked: boolean
  /** The status that the caller of the API gets. */
  readonly status: number
  /** Why the guard refuses. */
  readonly reason: string | undefined
  readonly detail: string | undefined
  /** The challenge in the response. */
  readonly challenge: string | undefined
  readonly steps: readonly ExplainedStep[]
  readonly exchange: Exchange | undefined
  /** As the decision states it. */
  readonly liveness:
    | { readonly source: string; readonly ageSeconds: number; readonly boundSeconds: number; readonly bound: string }
    | undefined
}

/** What a revocation did. */
export interface RevocationReport {
  readonly isRevoked: boolean
  /** Milliseconds until the API had heard of it by the feed; `undefined` when it does not listen. */
  readonly heardAfterMs: number | undefined
}
