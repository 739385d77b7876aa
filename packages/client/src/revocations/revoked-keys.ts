/** What was revoked, by key: for JWTs that are never introspected. It is limited in time and in number. */
import type { RevocationEvent } from '@token-introspection/core/revocations'

/** The limits of the memory. */
export interface RevokedKeysLimits {
  /** The most keys. */
  readonly maxKeys: number
  /** How long a key is kept at least, in milliseconds, unless there are too many. */
  readonly lifetimeMs: number
  /** Milliseconds of a clock that is never set. It may stand still while the machine sleeps; keys are then kept longer. */
  readonly elapsedMs: () => number
  /** Called when keys are forgotten before their time, because there are too many. */
  readonly onFull: () => void
}

/**
 * A server may issue a token of a session, user or client for this many seconds after a revocation that ends it for good,
 * when the two happen at once.
 */
export const ISSUED_LATE_SECONDS = 3600

/** The keys of one span of time. */
interface Generation {
  /** The moment up to which tokens are revoked, in seconds since the epoch; infinite for good. */
  readonly cuts: Map<string, number>
  readonly beganMs: number
  /** The latest moment at which a token can have been issued that one of the events ends. */
  latestIssue: number
}

/**
 * Keys are forgotten a generation at a time. Between one and two lifetimes of keys are known, and at most `maxKeys`.
 * A token that an event may have ended which is forgotten can be told by its `iat`: see {@link RevokedKeys.forgottenUntil}.
 */
export class RevokedKeys {
  readonly #limits: RevokedKeysLimits
  #latest: Generation
  #earlier: Generation
  #forgottenUntil = Number.NEGATIVE_INFINITY

  constructor(limits: RevokedKeysLimits) {
    this.#limits = limits
    this.#latest = this.#begin()
    this.#earlier = this.#begin()
  }

  /** How many keys are known. A key of both generations counts twice. */
  get size(): number {
    return this.#latest.cuts.size + this.#earlier.cuts.size
  }

  /**
   * The moment up to which events are forgotten, in seconds since the epoch. A token that was issued later is covered by
   * what is known. Negative infinity while nothing was forgotten.
   */
  get forgottenUntil(): number {
    return this.#forgottenUntil
  }

  /**
   * Adds what an event names. A JWT names no grant, so events of grants are left out. Of two events with one key, the
   * later `cut` counts.
   */
  add({ kind, key, cut, at }: RevocationEvent): void {
    if (kind === 'grant') return
    const { maxKeys, lifetimeMs, elapsedMs } = this.#limits
    const isOld = elapsedMs() - this.#latest.beganMs >= lifetimeMs
    if (isOld || this.#latest.cuts.size >= maxKeys / 2) this.#forget()
    const generation = this.#latest
    generation.cuts.set(key, Math.max(this.cutOf(key), cut ?? Number.POSITIVE_INFINITY))
    const late = cut === null && kind !== 'token' ? ISSUED_LATE_SECONDS : 0
    generation.latestIssue = Math.max(generation.latestIssue, cut ?? at + late)
  }

  /**
   * The moment up to which the tokens with a key are revoked, in seconds since the epoch: infinite for good, negative
   * infinity when none is.
   */
  cutOf(key: string): number {
    return Math.max(
      this.#latest.cuts.get(key) ?? Number.NEGATIVE_INFINITY,
      this.#earlier.cuts.get(key) ?? Number.NEGATIVE_INFINITY,
    )
  }

  /** Forgets the earlier generation. Its keys were added before the latest one began. */
  #forget(): void {
    const { lifetimeMs, elapsedMs, onFull } = this.#limits
    const { latestIssue, cuts } = this.#earlier
    this.#forgottenUntil = Math.max(this.#forgottenUntil, latestIssue)
    if (cuts.size > 0 && elapsedMs() - this.#latest.beganMs < lifetimeMs) onFull()
    this.#earlier = this.#latest
    this.#latest = this.#begin()
  }

  #begin(): Generation {
    return { cuts: new Map(), beganMs: this.#limits.elapsedMs(), latestIssue: Number.NEGATIVE_INFINITY }
  }
}
