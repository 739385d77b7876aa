/** Step `jwt`: chooses the JWTs about which the authorization server is asked although the client could verify them alone. */

/** The settings of a sample. */
export interface JwtSampleSettings {
  /** The share of JWTs to ask about: above 0, at most 1. */
  readonly rate: number
  /** At least 0 and below 1. */
  readonly random: () => number
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
  /** Gets the fingerprint of a JWT that the authorization server calls inactive, once. */
  readonly onInactive: (fingerprint: string) => void
}

/** A JWT that was asked about, and that the authorization server has not called active since. */
interface Doubt {
  readonly expiresAtMs: number
  isTold: boolean
}

/** The most JWTs in doubt. Each takes about 120 octets. */
const MAX_DOUBTS = 100_000
/** How often a full table looks for expired JWTs. */
const SWEEP_EVERY_MS = 60_000

/**
 * A random sample. A JWT stays in doubt from the question until the server calls it active, or until it expires. Then the
 * client asks about it each time, so no sender gets past a question by trying again, whether the answer was inactive or
 * did not come.
 */
export class JwtSample {
  readonly #settings: JwtSampleSettings
  readonly #doubts = new Map<string, Doubt>()
  #sweptAtMs = Number.NEGATIVE_INFINITY

  constructor(settings: JwtSampleSettings) {
    this.#settings = settings
  }

  /** Whether to ask about a JWT now. */
  asks(signed: string): boolean {
    const { rate, random } = this.#settings
    // A value that is not a number counts as a question.
    return this.isInDoubt(signed) || !(random() >= rate)
  }

  /** Whether a JWT is asked about each time. While the table is full, every JWT is, so no doubt is forgotten. */
  isInDoubt(signed: string): boolean {
    return this.#doubts.has(signed) || this.#isFull()
  }

  /**
   * Notes that a question about a JWT begins.
   *
   * @param signed - stands for the signed part of the JWT, as in the other methods.
   * @param expiresAt - seconds since the epoch, after which the JWT is refused anyway.
   */
  doubt(signed: string, expiresAt: number): void {
    if (this.#doubts.has(signed) || this.#isFull()) return
    this.#doubts.set(signed, { expiresAtMs: expiresAt * 1000, isTold: false })
  }

  /** Notes the answer about a JWT. Its fingerprint is for the event. */
  settle(signed: string, active: boolean, fingerprint: string): void {
    if (active) this.#doubts.delete(signed)
    else this.#tell(signed, fingerprint)
  }

  #tell(signed: string, fingerprint: string): void {
    const doubt = this.#doubts.get(signed)
    if (doubt?.isTold === true) return
    if (doubt !== undefined) doubt.isTold = true
    this.#settings.onInactive(fingerprint)
  }

  #isFull(): boolean {
    if (this.#doubts.size < MAX_DOUBTS) return false
    const nowMs = this.#settings.nowMs()
    if (nowMs - this.#sweptAtMs < SWEEP_EVERY_MS) return true
    this.#sweptAtMs = nowMs
    for (const [signed, { expiresAtMs }] of this.#doubts) {
      if (expiresAtMs < nowMs) this.#doubts.delete(signed)
    }
    return this.#doubts.size >= MAX_DOUBTS
  }
}
