/** The counts of a client. */
import { withoutQuery } from '@token-introspection/core'
import type { Steps } from '../introspect.ts'
import { DRIFT } from '../revocations/revocation-clock.ts'
import type { Followed } from '../revocations/revocations-options.ts'
import type { CircuitState } from '../transport/outage/circuit-breaker.ts'

/** The result of {@link IntrospectionClient.statistics}. Counts begin with the creation of the client. */
export interface IntrospectionStatistics {
  /** Calls that were answered from the cache, also with an inactive answer. */
  readonly hits: number
  /** Hits with an inactive answer. */
  readonly inactiveHits: number
  /** Calls that found no answer in the cache that was fresh enough, also with `maxAgeSeconds: 0`. */
  readonly misses: number
  /** Calls that shared the request of another call about the same token. */
  readonly joined: number
  /**
   * Answers in the cache now, including expired ones that are not dropped yet; `undefined` with a store of your own.
   */
  readonly entries: number | undefined
  /**
   * Answers that were dropped although they could still be used, because `cache.maxEntries` or `cache.inactiveMaxEntries`
   * were reached. If it grows, hits are lost: raise the limit. `undefined` with a store of your own.
   */
  readonly evicted: number | undefined
  /** Tokens that are watched now. */
  readonly watched: number
  /** Requests on their way now, including those for metadata, keys and access tokens. */
  readonly underWay: number
  /** Requests that wait for their turn now: see `transport.maxQueuedRequests`. */
  readonly queued: number
  /** Every URL that the client has asked, without its query, and the state of its circuit. */
  readonly circuits: readonly EndpointCircuit[]
  /** The feed of revocations; `undefined` when the client follows none. */
  readonly feed: FeedStatistics | undefined
}

/** The feed of revocations that the client follows. */
export interface FeedStatistics {
  /** The position that was applied last; `undefined` before the first answer of the feed. */
  readonly position: string | undefined
  /** Events that were applied so far. */
  readonly events: number
  /** How often the log did not have the position of the client. */
  readonly gaps: number
  /** Remembered answers that an event made void. */
  readonly voided: number
  /**
   * Seconds since the moment as of which every revocation is known, one percent more than the clock shows; infinite before
   * the first answer of the feed. The feed is of use while this is below `cache.leaseSeconds`.
   */
  readonly knownSeconds: number
  /**
   * With `keySecret`: the client knows every revocation after this moment, in seconds since the epoch by the clock of the
   * log. `boundSeconds` is infinite for a JWT that was issued earlier. `undefined` before the replay of the log.
   */
  readonly since: number | undefined
  /** Revoked tokens, sessions, users and clients that are remembered for JWTs. 0 without `keySecret`. */
  readonly revokedKeys: number
  /** Whether events come as they happen: the stream of the feed is open, and has sent its first page. */
  readonly isListening: boolean
}

/** The circuit of one URL: see `transport.circuitBreaker`. */
export interface EndpointCircuit {
  readonly endpoint: string
  readonly state: CircuitState
}

/** The counts so far, with zeros when there is no cache, and the requests and circuits of now. */
export function statisticsOf(
  { cache, flights, transport }: Pick<Steps, 'cache' | 'flights' | 'transport'>,
  followed: Followed | undefined,
  watched: number,
): IntrospectionStatistics {
  const { hits = 0, inactiveHits = 0, misses = 0 } = cache?.answers ?? {}
  return Object.freeze({
    feed: feedStatistics(followed),
    hits,
    inactiveHits,
    misses,
    joined: flights.joined,
    entries: cache ? cache.entries() : 0,
    evicted: cache ? cache.evicted() : 0,
    watched,
    underWay: transport.admission.underWay,
    queued: transport.admission.queued,
    circuits: Object.freeze(
      Array.from(transport.circuits, ([url, { state }]) => Object.freeze({ endpoint: withoutQuery(url), state })),
    ),
  })
}

function feedStatistics(followed: Followed | undefined): FeedStatistics | undefined {
  if (followed === undefined) return undefined
  const { state, voided } = followed.feed
  return Object.freeze({
    position: state.position,
    events: state.events,
    gaps: state.gaps,
    voided,
    knownSeconds: (state.knownMs() * DRIFT) / 1000,
    since: state.since,
    revokedKeys: followed.jwts?.revoked.size ?? 0,
    isListening: followed.following.isListening,
  })
}
