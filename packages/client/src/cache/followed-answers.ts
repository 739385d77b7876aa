/** Step `cache`: what the feed of revocations says about the answers in memory. */
import type { CacheLimits } from './cache-lifetime.ts'
import type { Demand } from './demand.ts'
import { moreNumbers } from './slot-arrays.ts'
import { MAX_KEYS } from '../revocations/key-slots.ts'
import type { LivenessRecord } from '../revocations/liveness.ts'
import { DRIFT } from '../revocations/revocation-clock.ts'
import { noteLiveness } from '../revocations/note-liveness.ts'
import type { ReadAnswer } from '../revocations/read-answer.ts'
import type { FollowedFeed } from '../revocations/revocations-step.ts'

/** Whether an answer may be used by a call. */
export type Usability = 'usable' | 'unusable' | 'void'

/**
 * For each slot of the memory: where in the log its answer was read, and which events can make it void. The data are in
 * arrays, as those of the answers are.
 *
 * A marker is the number of the event up to which the answer is known to hold. It is negative when this is not proven:
 * then the answer is used like one without a feed, until it is `maxAgeSeconds` old.
 */
export class FollowedAnswers {
  readonly #feed: FollowedFeed
  readonly #maxAgeMs: number
  readonly #maxAgeWhileConnectedMs: number
  #markers = new Float64Array(0)
  #keys = new Uint32Array(0)
  #askedElapsedMs = new Float64Array(0)
  #readAtMs = Number.NaN
  #readElapsedMs = 0

  constructor(feed: FollowedFeed, { maxAgeSeconds, maxAgeWhileConnectedSeconds = 0 }: CacheLimits) {
    this.#feed = feed
    // Divided here, so that no age need be multiplied.
    this.#maxAgeMs = (maxAgeSeconds * 1000) / DRIFT
    this.#maxAgeWhileConnectedMs = (maxAgeWhileConnectedSeconds * 1000) / DRIFT
  }

  /** Makes places for the slots of the memory, before it uses them. */
  grow(places: number): void {
    this.#markers = moreNumbers(this.#markers, places)
    this.#keys = moreNumbers(this.#keys, MAX_KEYS * places)
    this.#askedElapsedMs = moreNumbers(this.#askedElapsedMs, places)
  }

  /** Notes where an answer was read. */
  keep(slot: number, { sequence, isProven, slots, askedAt }: ReadAnswer): void {
    this.#markers[slot] = isProven ? sequence : -Math.max(1, sequence)
    this.#askedElapsedMs[slot] = askedAt.elapsedMs
    const first = slot * MAX_KEYS
    // A free place is 0, so a slot is stored as the number after it.
    for (let index = 0; index < MAX_KEYS; index += 1) this.#keys[first + index] = (slots[index] ?? -1) + 1
  }

  /**
   * Whether the answer may be used now. An answer whose keys were touched since is void, and will never be usable.
   *
   * @param askedAtMs - when it was asked for, by the clock of the day.
   * @param isLocal - whether it was made from a JWT, without a request.
   */
  judge(
    slot: number,
    nowMs: number,
    askedAtMs: number,
    demand: Demand | undefined,
    liveness: LivenessRecord | undefined,
    isLocal: boolean,
  ): Usability {
    const { state } = this.#feed
    const elapsedMs = this.#elapsedMs(nowMs)
    let marker = this.#markers[slot] as number
    if (marker !== state.sequence && marker !== -state.sequence) {
      if (this.#isVoid(slot, Math.abs(marker))) return 'void'
      marker = marker > 0 && state.isUnbroken(marker) ? state.sequence : -state.sequence
      this.#markers[slot] = marker
    }
    const ageMs = Math.max(nowMs - askedAtMs, elapsedMs - (this.#askedElapsedMs[slot] as number))
    if (demand !== undefined && !this.#meets(demand, ageMs, marker)) return 'unusable'
    if (!(ageMs < this.#maxAgeMs || (marker > 0 && ageMs < this.#maxAgeWhileConnectedMs && state.isWithinLease()))) {
      return 'unusable'
    }
    if (liveness !== undefined) {
      noteLiveness(liveness, 'cache', ageMs, marker > 0, this.#feed, isLocal)
      if (liveness.slots !== undefined) liveness.noteSlots(() => this.#slotsOf(slot))
    }
    return 'usable'
  }

  /** Counts an answer that was void, once it is deleted. */
  countVoid(): void {
    this.#feed.voided += 1
  }

  /** The clock that is never set. It is read once per millisecond of the other one, because it costs a tenth of a hit. */
  #elapsedMs(nowMs: number): number {
    if (nowMs !== this.#readAtMs) {
      this.#readAtMs = nowMs
      this.#readElapsedMs = this.#feed.clock.elapsedMs()
    }
    return this.#readElapsedMs
  }

  #meets({ maxAgeMs, notOlderThan }: Demand, ageMs: number, marker: number): boolean {
    if (maxAgeMs !== undefined && !(ageMs * DRIFT < maxAgeMs)) return false
    if (notOlderThan === undefined) return true
    // The event was applied, it did not touch the answer, and nothing was missed since: the answer knows of it.
    return marker > 0 && this.#feed.state.sequenceOf(notOlderThan) !== undefined
  }

  #slotsOf(slot: number): readonly number[] {
    const first = slot * MAX_KEYS
    return Array.from(this.#keys.subarray(first, first + MAX_KEYS), (key) => key - 1).filter((key) => key >= 0)
  }

  #isVoid(slot: number, sequence: number): boolean {
    const { state } = this.#feed
    const first = slot * MAX_KEYS
    for (let index = first; index < first + MAX_KEYS; index += 1) {
      const key = this.#keys[index] as number
      if (key === 0) return false
      if (state.wasTouched(key - 1, sequence)) return true
    }
    return false
  }
}
