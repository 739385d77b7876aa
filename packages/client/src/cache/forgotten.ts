/** Step `cache`: which tokens were forgotten, and when; bounded, and it never forgets too much. */

/** Tokens that are remembered one by one. */
const MAX_TOKENS = 10_000

/** Answers that may not be used, because they were asked for before their token was forgotten. */
export class Forgotten {
  /** Oldest first. */
  readonly #tokens = new Map<string, number>()
  /** Everything that was asked for until then is forgotten. */
  #floorMs = Number.NEGATIVE_INFINITY

  /** When a token was last forgotten: an answer that was asked for later is not covered. */
  #latestMs = Number.NEGATIVE_INFINITY

  get size(): number {
    return this.#tokens.size
  }

  get latestMs(): number {
    return this.#latestMs
  }

  /**
   * Forgets a token. Where there are too many, the one forgotten longest ago goes, and with it every answer that was asked for
   * until then: others are asked for once more, and no forgotten one comes back.
   */
  add(token: string, nowMs: number): void {
    this.#latestMs = Math.max(this.#latestMs, nowMs)
    this.#tokens.delete(token)
    this.#tokens.set(token, nowMs)
    if (this.#tokens.size <= MAX_TOKENS) return
    const [oldest] = this.#tokens
    if (oldest === undefined) return
    this.#tokens.delete(oldest[0])
    this.#floorMs = Math.max(this.#floorMs, oldest[1])
  }

  /** Forgets every token. */
  addAll(nowMs: number): void {
    this.#tokens.clear()
    this.#floorMs = nowMs
    this.#latestMs = Math.max(this.#latestMs, nowMs)
  }

  /** Lets go of what was forgotten longer ago than any answer is kept. */
  sweep(longestMs: number, nowMs: number): void {
    for (const [token, forgottenAtMs] of this.#tokens) {
      if (nowMs - forgottenAtMs <= longestMs) return
      this.#tokens.delete(token)
    }
  }

  /** Whether an answer was asked for before its token was forgotten. `tokenPart` makes the token of a key. */
  covers(key: string, askedAtMs: number, tokenPart: (key: string) => string): boolean {
    if (askedAtMs <= this.#floorMs) return true
    if (this.#tokens.size === 0) return false
    const forgottenAtMs = this.#tokens.get(tokenPart(key))
    return forgottenAtMs !== undefined && askedAtMs <= forgottenAtMs
  }
}
