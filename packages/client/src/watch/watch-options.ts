/** Options of `watch`: how often the client checks the token of a long-lived connection. */
import { OptionGroup } from '@token-introspection/core/options'

/** How the client watches tokens: see {@link IntrospectionClient.watch}. */
export interface WatchOptions {
  /**
   * The longest time between two checks of one token, in seconds. The client notices a revocation within this time,
   * plus the duration of one request. Checks come up to a quarter earlier, at random, so that connections that began
   * together are not checked together. Default 30, from 1 to 86400.
   */
  readonly everySeconds?: number | undefined
  /**
   * Seconds for which a token stays accepted after a check that failed because its authorization server is down.
   * Default 60, from 5 to
   * 86400. No signal outlives the last good check by more than `everySeconds` plus this time.
   */
  readonly maxUncheckedSeconds?: number | undefined
  /** The highest number of tokens watched at once. Default 10000, from 1 to 1000000. One more is an error. */
  readonly maxWatched?: number | undefined
}

/** The defaults of the group. */
export const watchDefaults = Object.freeze({ everySeconds: 30, maxUncheckedSeconds: 60, maxWatched: 10_000 })

/** How one token is watched. */
export interface WatchPace {
  readonly everySeconds: number
  readonly maxUncheckedSeconds: number
}

/** The resolved options. */
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

/** Reads how a token is watched. These options override those of the client. */
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
