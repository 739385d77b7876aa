/** Options of `watch`: how often a token is asked about while connections live by it. */
import { OptionGroup } from '@token-introspection/core/options'

/** How tokens are watched: see {@link IntrospectionClient.watch}. */
export interface WatchOptions {
  /**
   * Seconds between two checks of one token, at most: a revocation is noticed within them, plus what an answer takes. Up to a
   * quarter less, at random, so that connections that began together are not checked together. Default 30, from 1 to 86400.
   */
  readonly everySeconds?: number | undefined
  /**
   * Seconds a token passes on when it should have been checked and could not be, because its authorization server is down.
   * Default 60, from 5 to 86400. No signal outlives the last good check by more than `everySeconds` and these.
   */
  readonly maxUncheckedSeconds?: number | undefined
  /** Tokens that are watched at the same time. Default 10000, from 1 to 1000000. One more is an error. */
  readonly maxWatched?: number | undefined
}

/** The defaults of the group. */
export const watchDefaults = Object.freeze({ everySeconds: 30, maxUncheckedSeconds: 60, maxWatched: 10_000 })

/** How one token is watched. */
export interface WatchPace {
  readonly everySeconds: number
  readonly maxUncheckedSeconds: number
}

/** What the options of the client come to. */
export interface WatchLimits extends WatchPace {
  readonly maxWatched: number
}

/** Reads the options of the client. */
export function resolveWatch(options: OptionGroup): WatchLimits {
  const group = new OptionGroup('watch', options.raw('watch'), ['everySeconds', 'maxUncheckedSeconds', 'maxWatched'])
  return Object.freeze({
    ...resolvePace(group, watchDefaults),
    maxWatched: group.integer('maxWatched', { default: watchDefaults.maxWatched, min: 1, max: 1_000_000 }),
  })
}

/** Reads how a token is watched, on top of what holds for all. */
export function resolvePace(group: OptionGroup, above: WatchPace): WatchPace {
  return {
    everySeconds: group.number('everySeconds', { default: above.everySeconds, min: 1, max: 86_400 }),
    maxUncheckedSeconds: group.number('maxUncheckedSeconds', {
      default: above.maxUncheckedSeconds,
      min: 5,
      max: 86_400,
    }),
  }
}
