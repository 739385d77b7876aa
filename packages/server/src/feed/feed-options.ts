/** Options of step `feed`. */
import { OptionGroup } from '@token-introspection/core/options'
import { MAX_PAGE_BYTES, MAX_PAGE_EVENTS, type RevocationSource } from '@token-introspection/core/revocations'
import { createFollowers } from './followers.ts'
import { type StreamStep, toOctets } from './open-stream.ts'
import { createPlaces } from './places.ts'
import type { WaitStep } from './wait-for-events.ts'

/** Step `feed`: limits for followers. */
export interface FeedOptions {
  /** The most events on one page. A follower that is further behind asks again. Default 1000, from 1 to 4096. */
  readonly maxPageEvents?: number | undefined
  /** The longest `wait` of a question, in seconds. A longer one is cut. Default 30, from 0 to 300. */
  readonly maxWaitSeconds?: number | undefined
  /**
   * The most followers that wait in this process, in streams and in questions with `wait`. A protected resource may have at most
   * as many as places are free: one alone gets half of them. More are answered 429. Questions without `wait` need no place.
   * Default 10000, from 2 to 1000000. A follower takes about 10 kilobytes.
   */
  readonly maxFollowers?: number | undefined
  /**
   * The most octets that wait for the follower of a stream that reads slowly. Above that the connection is broken off. Default
   * 1048576, which is the largest page that there can be, from 1048576 to 16777216.
   */
  readonly maxUnsentBytes?: number | undefined
  /**
   * The longest time of a stream, in seconds. Then the follower opens another one, and authenticates again. So withdrawn
   * credentials end. Each stream ends up to a tenth of this time earlier, so that followers do not come back together. Default
   * 600, from 10 to 3600.
   */
  readonly maxStreamSeconds?: number | undefined
  /**
   * The seconds between two signs of life in a stream. At each of them the log is read as well, in case that a notification was
   * lost. Default 15, from 1 to 30.
   */
  readonly heartbeatSeconds?: number | undefined
}

/** The defaults of the step. */
export const feedDefaults = Object.freeze({
  maxPageEvents: 1000,
  maxWaitSeconds: 30,
  maxFollowers: 10_000,
  maxUnsentBytes: MAX_PAGE_BYTES,
  maxStreamSeconds: 600,
  heartbeatSeconds: 15,
})

/** The resolved options. */
export type FeedStep = WaitStep & StreamStep

/** What the step needs from the other options. */
interface Surroundings {
  readonly source: RevocationSource
  readonly timeoutMs: number
  readonly now: () => number
  readonly retryAfterSeconds: number
}

/** Resolves the step. */
export function resolveFeed(options: unknown, { source, timeoutMs, now, retryAfterSeconds }: Surroundings): FeedStep {
  const group = new OptionGroup('feed', options, Object.keys(feedDefaults))
  const integer = (name: keyof typeof feedDefaults, min: number, max: number): number =>
    group.integer(name, { default: feedDefaults[name], min, max })
  return {
    followers: createFollowers(source, {
      maxPageEvents: integer('maxPageEvents', 1, MAX_PAGE_EVENTS),
      timeoutMs,
      beatMs: integer('heartbeatSeconds', 1, 30) * 1000,
      toOctets,
    }),
    places: createPlaces(integer('maxFollowers', 2, 1_000_000)),
    maxWaitSeconds: integer('maxWaitSeconds', 0, 300),
    maxUnsentBytes: integer('maxUnsentBytes', MAX_PAGE_BYTES, 2 ** 24),
    maxStreamSeconds: integer('maxStreamSeconds', 10, 3600),
    retryAfterSeconds,
    now,
    random: Math.random,
  }
}
