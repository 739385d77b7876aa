/** Simulates the requests for introspection when answers from before a gap may no longer live by the lease. */
import type { SeededRandom } from './seeded-random.ts'

/** What is simulated. */
export interface GapLoad {
  readonly tokens: number
  /** The mean time between two uses of a token at one process. */
  readonly secondsBetweenUses: number
  readonly maxAgeSeconds: number
  readonly maxAgeWhileConnectedSeconds: number
  /** What is lost after ten minutes: the place in the log, once; or the feed, for good. */
  readonly lost: 'place' | 'feed'
}

/** What came out: requests per second for each 1,000 tokens. */
export interface GapLoadResult {
  /** Before. */
  readonly steady: number
  /** In the worst second afterwards. */
  readonly peak: number
  /** In the worst second later than a minute afterwards: answers of one age grow old together. */
  readonly echo: number
  /** The mean of what comes later than a minute afterwards. */
  readonly later: number
}

/** Simulates three quarters of an hour. */
export function simulateGapLoad(setting: GapLoad, random: SeededRandom): GapLoadResult {
  const { tokens, secondsBetweenUses, maxAgeSeconds, maxAgeWhileConnectedSeconds, lost } = setting
  const before = maxAgeWhileConnectedSeconds
  const lostAt = 2 * before
  const end = lostAt + 3 * before + 60
  const requests = new Float64Array(end)
  for (let token = 0; token < tokens; token++) {
    // The first answers are not all of one age.
    let askedAt = -random.uniform() * before
    for (let at = random.exponential(secondsBetweenUses); at < end; at += random.exponential(secondsBetweenUses)) {
      const isConnected = at < lostAt || (lost === 'place' && askedAt >= lostAt)
      if (at - askedAt < (isConnected ? before : maxAgeSeconds)) continue
      askedAt = at
      const second = Math.floor(at)
      requests[second] = (requests[second] ?? 0) + 1
    }
  }
  const perThousand = (sum: number): number => (sum / tokens) * 1000
  const mean = (from: number, to: number): number =>
    perThousand(requests.subarray(from, to).reduce((sum, count) => sum + count, 0) / (to - from))
  return {
    steady: mean(before, lostAt),
    peak: perThousand(Math.max(...requests.subarray(lostAt, end))),
    echo: perThousand(Math.max(...requests.subarray(lostAt + 60, end))),
    later: mean(lostAt + 60, end),
  }
}
