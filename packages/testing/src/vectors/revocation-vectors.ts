/** The vectors of the revocation feed (docs/revocation-feed.md §13). Readers in other languages take the JSON file. */
import type { RevocationEvent, RevocationKind } from '@token-introspection/core/revocations'
import vectors from './revocation-feed.json' with { type: 'json' }

/** A token and its digests (§4). */
export interface DigestVector {
  readonly title: string
  readonly token: string
  readonly iss?: string
  readonly jti?: string
  readonly digests: readonly string[]
}

/** A key and what it is made from (§4). */
export interface KeyVector {
  readonly title: string
  readonly secret: string
  readonly kind: RevocationKind | 'check'
  readonly identifier: string
  readonly key: string
}

/** A page as text, and what it says, or why a follower refuses it (§3.2). */
export interface PageVector {
  readonly title: string
  /** The position of the question; `null` if it has none. */
  readonly after: string | null
  readonly text: string
  /** Which member or rule is wrong. Without it the page is good, and has the members below. */
  readonly refused?: string
  readonly position?: string
  /** The positions of its events. */
  readonly events?: readonly string[]
  readonly gap?: boolean
  readonly more?: boolean
}

/** The page of a replay as text, and what it says, or why a follower refuses it (§3.2). */
export interface ReplayVector {
  readonly title: string
  readonly text: string
  /** Which member or rule is wrong. Without it the page is good, and has the members below. */
  readonly refused?: string
  readonly position?: string
  /** The positions of its events. */
  readonly events?: readonly string[]
  readonly more?: boolean
  /** `null` if the page does not have it, as for `keyCheck`. */
  readonly since?: number | null
  readonly keyCheck?: string | null
}

/** A JWT that is not introspected, and what a follower with the secret knows about it (§9). */
export interface JwtVector {
  readonly title: string
  readonly secret: string
  /** Its signature is not good. */
  readonly token: string
  /** The claims of the token. */
  readonly claims: Readonly<Record<string, string | number>>
  /** The `since` of the replay, if it had one. */
  readonly since?: number
  /** The events of the replay. */
  readonly events: readonly RevocationEvent[]
  readonly revoked: boolean
  readonly covered: boolean
}

/** An event stream as octets, and the pages in it (§3.4). */
export interface StreamVector {
  readonly title: string
  /** Each character is one octet. */
  readonly chunks: readonly string[]
  readonly pages: readonly { readonly position: string; readonly events: readonly string[] }[]
}

/** What happens to one follower, and what it knows after each step (§7). */
export interface HistoryVector {
  readonly title: string
  /** The length of the lease in seconds. */
  readonly lease: number
  readonly steps: readonly HistoryStep[]
}

/** One step of a history. Which members it has depends on what happens. */
export interface HistoryStep {
  /** Seconds, by the clock of the follower. */
  readonly at: number
  /** The follower sends the question of this name. */
  readonly ask?: string
  /** The question of this name fails. */
  readonly fail?: string
  /** This page arrives as the answer to the question `to`. */
  readonly page?: unknown
  readonly to?: string
  /** This page arrives in a stream that had reached the position `after`. */
  readonly stream?: unknown
  readonly after?: string
  /** The follower sends the introspection request of this name. */
  readonly send?: string
  /** The answer to the request of this name arrives, and is remembered. */
  readonly answer?: string
  readonly keys?: readonly string[]
  readonly readAt?: string
  readonly then: HistoryState
}

/** What a follower knows. */
export interface HistoryState {
  readonly applied: string | null
  /** Seconds, by the clock of the follower. */
  readonly knownAsOf: number | null
  readonly leased: boolean
  readonly gaps: number
  /** The answers that must not be used. */
  readonly void: readonly string[]
  /** The answers that may be used while the lease runs, whatever their age. */
  readonly proven: readonly string[]
}

/** Keys, pages, JWTs, streams and histories of followers. */
export const revocationVectors = vectors as {
  readonly digests: readonly DigestVector[]
  readonly keys: readonly KeyVector[]
  readonly pages: readonly PageVector[]
  readonly replays: readonly ReplayVector[]
  readonly jwts: readonly JwtVector[]
  readonly streams: readonly StreamVector[]
  readonly histories: readonly HistoryVector[]
}
