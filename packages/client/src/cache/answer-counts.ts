/** Step `cache`: how many calls found an answer. */

/** Counts since the creation of the cache. */
export class AnswerCounts {
  hits = 0
  /** Hits with an inactive answer. */
  inactiveHits = 0
  misses = 0

  /** Counts the outcome of a call, and returns it. */
  count<Result extends { readonly active: boolean }>(result: Result | undefined): Result | undefined {
    if (result === undefined) return this.miss()
    this.hits += 1
    if (!result.active) this.inactiveHits += 1
    return result
  }

  /** Counts a call that found nothing. */
  miss(): undefined {
    this.misses += 1
    return undefined
  }
}
