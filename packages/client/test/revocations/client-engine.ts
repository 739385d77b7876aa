/** What the simulation needs of the client under test. */
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'

/** What the server answers about a token. */
export interface SimulatedResponse {
  readonly active: boolean
  /** The number of the answer. */
  readonly serial: number
  /** The number of the last change of the token that the answer knows of. */
  readonly version?: number
  readonly iat?: number
  readonly revocation_keys?: readonly string[]
  readonly read_at?: string
}

/** An answer on its way: what the client noted before it sent the request, and later what it has read. */
export interface NotedReading {
  /** Sent as `revocation_position`. */
  readonly position: string | undefined
}

/** A question of the lease. */
export interface NotedQuestion {
  readonly after: string | undefined
  answer(page: RevocationPage): void
}

export interface Liveness {
  /** How late a revocation can be, in seconds, with one percent for the clock. */
  readonly boundSeconds: number
  /** `proven` by the feed, or `assumed` from the age of the answer. */
  readonly bound: 'proven' | 'assumed'
  /** Seconds from the request for the answer to its use. */
  readonly ageSeconds: number
}

/** An answer that the client uses. */
export interface FoundAnswer {
  readonly serial: number
  readonly active: boolean
  readonly version: number
  readonly liveness: Liveness
}

/** Runs something when the application has judged an answer. */
export type Judge = (run: () => void) => void

export interface ClientEngine {
  readonly position: string | undefined
  /** Events of the stream. `false` if they do not follow what was applied. */
  append(events: readonly RevocationEvent[]): boolean
  beginQuestion(): NotedQuestion
  beginReading(notOlderThan: string | undefined): NotedReading
  /** An answer has arrived. */
  take(reading: NotedReading, response: SimulatedResponse): void
  /** An event has made the answer void on its way. */
  isVoid(reading: NotedReading): boolean
  /** The server says that its answer knows of the position that was sent. */
  isConfirmed(reading: NotedReading): boolean
  keep(token: string, reading: NotedReading): void
  /** The answer as it may be used at this moment by the calls that waited for it. */
  use(reading: NotedReading): FoundAnswer
  /**
   * Looks into the cache.
   *
   * @param judge - the check of the application; `undefined` when it decides at once.
   * @param done - gets the answer that may be used at that moment.
   */
  recall(
    token: string,
    notOlderThan: string | undefined,
    judge: Judge | undefined,
    done: (found: FoundAnswer | undefined) => void,
  ): void
}

/** The limits of all clients of the simulation, in seconds. */
export const LIMITS = { maxAge: 10, inactiveMaxAge: 4, maxAgeWhileConnected: 60, lease: 6 } as const
