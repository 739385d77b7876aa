/** Step `cache`: which tokens were forgotten, and when. It is limited in size, and never covers too few answers. */

/** How many tokens are remembered one by one. */
const MAX_TOKENS = 10_000

/** Answers that must not be used, because they were requested before their token was forgotten. */
export class Forgotten {
  /** Oldest first. */
  readonly #tokens = new Map<string, number>()
  /** Every answer requested before this time counts as forgotten. */
  #floorMs = Number.NEGATIVE_INFINITY
  /** When the newest kept answer was requested. */
  #keptMs = Number.NEGATIVE_INFINITY

  /** When a token was last forgotten. Answers requested later are not covered. */
  #latestMs = Number.NEGATIVE_INFINITY

  get size(): number {
    return this.#tokens.size
  }

  get latestMs(): number {
    return this.#latestMs
  }

  /** Notes when a kept answer was requested. */
  noteKept(askedAtMs: number): void {
    this.#keptMs = Math.max(this.#keptMs, askedAtMs)
  }

  /**
   * Forgets a token. Every answer about it that is kept by now is covered, also when the clock was set back since. When there
   * are too many tokens, the oldest record is dropped, and every answer requested before that time counts as forgotten. Then
   * other tokens cost one more request, but no forgotten answer comes back.
   */
  add(token: string, nowMs: number): void {
    const forgottenAtMs = Math.max(nowMs, this.#keptMs)
    this.#latestMs = Math.max(this.#latestMs, forgottenAtMs)
    this.#tokens.delete(token)
    this.#tokens.set(token, forgottenAtMs)
    if (this.#tokens.size <= MAX_TOKENS) return
    const [oldest] = this.#tokens
    if (oldest === undefined) return
    this.#tokens.delete(oldest[0])
    this.#floorMs = Math.max(this.#floorMs, oldest[1])
  }

  /**
   * Forgets every token. Every answer that is kept by now is covered, also when the clock was set back since. A record of a
   * later time stays, and covers its own token only. If it covered all, a token that was forgotten while the clock was ahead
   * would keep every answer from being used until the clock is there again.
   */
  addAll(nowMs: number): void {
    const floorMs = Math.max(nowMs, this.#floorMs, this.#keptMs)
    this.#floorMs = floorMs
    this.#latestMs = Math.max(this.#latestMs, floorMs)
    for (const [token, forgottenAtMs] of this.#tokens) {
      if (forgottenAtMs <= floorMs) this.#tokens.delete(token)
    }
  }

  /** Drops every record, because the clock was set back so far that times say nothing. */
  startAgain(): void {
    this.#tokens.clear()
    this.#floorMs = Number.NEGATIVE_INFINITY
    this.#keptMs = Number.NEGATIVE_INFINITY
    this.#latestMs = Number.NEGATIVE_INFINITY
  }

  /**
   * Drops records that are older than any stored answer can be. Every answer requested before counts as forgotten, in case the
   * clock was ahead for a moment and they were not that old.
   */
  sweep(longestMs: number, nowMs: number): void {
    for (const [token, forgottenAtMs] of this.#tokens) {
      if (nowMs - forgottenAtMs <= longestMs) return
      this.#tokens.delete(token)
      this.#floorMs = Math.max(this.#floorMs, forgottenAtMs)
    }
  }

  /** Whether an answer was requested before its token was forgotten. `tokenPart` returns the token's part of a key. */
  covers(key: string, askedAtMs: number, tokenPart: (key: string) => string): boolean {
    if (askedAtMs <= this.#floorMs) return true
    if (this.#tokens.size === 0) return false
    const forgottenAtMs = this.#tokens.get(tokenPart(key))
    return forgottenAtMs !== undefined && askedAtMs <= forgottenAtMs
  }
}
