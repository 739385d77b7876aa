/** What a client knows about revocations: the events it has applied, and the moment as of which it knows them all. */
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import { AppliedPositions } from './applied-positions.ts'
import { KeySlots, slotOf } from './key-slots.ts'
import { DRIFT, type Moment, momentOf, msSince, NEVER, type RevocationClock } from './revocation-clock.ts'

/** Where the client was in the log when it sent a request. */
export interface Reading {
  /** The position that was applied last. */
  readonly position: string
  /** The number that the client gave to this event. */
  readonly sequence: number
}

/** What came of the answer to a question. `again`: ask once more, because there is more, or the page did not count. */
export type PageOutcome = 'known' | 'again'

/** A question that is on its way. */
export interface RevocationQuestion {
  /** The position that the question names. */
  readonly after: string | undefined
  /** Whether the question is for the oldest events that the log has. Then it names no position. */
  readonly isReplay: boolean
  /** The page has arrived. */
  answer(page: RevocationPage): PageOutcome
}

/** The settings of a state. */
export interface RevocationStateSettings {
  /** For how many milliseconds old knowledge may be used. */
  readonly leaseMs: number
  readonly clock: RevocationClock
  /** The size of the table of keys, a power of two. Default 2^20, which takes 8 MB. */
  readonly slots?: number | undefined
  /** Whether it begins with the oldest events that the log has, and does so again after every gap. Default `false`. */
  readonly replays?: boolean | undefined
  /** Gets the events that were just applied, each with its slot. */
  readonly onApplied?: ((slot: number, event: RevocationEvent) => void) | undefined
}

/** Events in the order of the log, numbered by the client itself. Positions are opaque to it. */
export class RevocationState {
  readonly #settings: RevocationStateSettings
  readonly #slots: KeySlots
  readonly #applied = new AppliedPositions()
  #position: string | undefined
  /** The number of the last applied event. A gap takes a number, too. */
  #sequence = 0
  /** What was read before this number is not known to be complete. */
  #floor = 0
  #knownAsOf = NEVER
  /** Whether the next question is a replay. */
  #needsReplay: boolean
  #since: number | undefined
  #events = 0
  #gaps = 0

  constructor(settings: RevocationStateSettings) {
    this.#settings = settings
    this.#slots = new KeySlots(settings.slots)
    this.#needsReplay = settings.replays === true
  }

  /** The position that was applied last; `undefined` before the first answer of the feed. */
  get position(): string | undefined {
    return this.#position
  }

  /** The number of the last applied event. It changes with every event and every gap. */
  get sequence(): number {
    return this.#sequence
  }

  /**
   * The moment from which every event of the log was applied, in seconds since the epoch by the clock of the log;
   * `undefined` without a replay, or when the log does not say.
   */
  get since(): number | undefined {
    return this.#since
  }

  /** How many events were applied. */
  get events(): number {
    return this.#events
  }

  /** How often the log did not have the position of the client. */
  get gaps(): number {
    return this.#gaps
  }

  /** The moment as of which every revocation is known. */
  get knownAsOf(): Moment {
    return this.#knownAsOf
  }

  /** Milliseconds since the moment as of which every revocation is known, as the clocks show them; infinite before the first answer. */
  knownMs(): number {
    return msSince(this.#knownAsOf, momentOf(this.#settings.clock))
  }

  /** Whether the knowledge is young enough to use answers that are older than `cache.maxAgeSeconds`. */
  isWithinLease(): boolean {
    return this.knownMs() * DRIFT < this.#settings.leaseMs
  }

  /** Where the client is now. Note it before a request is sent. `undefined` before the first answer of the feed. */
  beginReading(): Reading | undefined {
    return this.#position === undefined ? undefined : { position: this.#position, sequence: this.#sequence }
  }

  /** Whether what was read at this number is known to be complete since: there was no gap. */
  isUnbroken(sequence: number): boolean {
    return sequence >= this.#floor
  }

  /** Whether an event touched this slot after the number. Another key may have the same slot. */
  wasTouched(slot: number, sequence: number): boolean {
    return this.#slots.lastTouch(slot) > sequence
  }

  /** The number of a position that was applied since the last gap; `undefined` for any other. */
  sequenceOf(position: string): number | undefined {
    return this.#applied.sequenceOf(position)
  }

  /**
   * Applies events that follow one another. Events that were applied already are left out.
   *
   * @returns whether every event is applied now. If not, the events do not follow: ask.
   */
  append(events: readonly RevocationEvent[]): boolean {
    const last = events.at(-1)
    if (last === undefined) return true
    if (this.#position === undefined || this.#needsReplay) return false
    const start = events.findIndex(({ previous }) => previous === this.#position)
    if (start === -1) return this.#applied.sequenceOf(last.position) !== undefined
    for (let index = start; index < events.length; index += 1) {
      const event = events[index] as RevocationEvent
      if (event.previous !== this.#position) return false
      this.#apply(event)
    }
    return true
  }

  /** Notes that a question is about to be sent. */
  beginQuestion(): RevocationQuestion {
    const askedAt = momentOf(this.#settings.clock)
    const isReplay = this.#needsReplay
    const after = isReplay ? undefined : this.#position
    const answer = (page: RevocationPage): PageOutcome =>
      isReplay ? this.#replay(page, askedAt) : this.#answer(page, after, askedAt)
    return { after, isReplay, answer }
  }

  /** The oldest events. Nothing is applied while a replay is due, so the page always counts once. */
  #replay(page: RevocationPage, askedAt: Moment): PageOutcome {
    if (!this.#needsReplay) return 'again'
    const [first] = page.events
    this.#begin(first?.previous ?? page.position)
    this.#needsReplay = false
    this.#since = page.since ?? first?.at
    for (const event of page.events) this.#apply(event)
    return this.#end(page, askedAt)
  }

  #answer(page: RevocationPage, after: string | undefined, askedAt: Moment): PageOutcome {
    if (page.gap || after === undefined) {
      // The answer to another question. What it says about the log is out of date.
      if (after !== this.#position) return 'again'
      this.#begin(page.position)
      if (page.gap) this.#gaps += 1
      this.#since = undefined
      this.#needsReplay = this.#settings.replays === true
      if (this.#needsReplay) return 'again'
    } else if (!this.append(page.events)) return 'again'
    // Without events the page ends where it was read. Everything up to there must be applied, in this log.
    else if (this.#applied.sequenceOf(page.position) === undefined) return 'again'
    return this.#end(page, askedAt)
  }

  /** Everything on the page is applied. */
  #end(page: RevocationPage, askedAt: Moment): PageOutcome {
    if (page.more) return 'again'
    if (askedAt.elapsedMs > this.#knownAsOf.elapsedMs) this.#knownAsOf = askedAt
    return 'known'
  }

  /** Begins at a position of which nothing before is known. */
  #begin(position: string): void {
    this.#sequence += 1
    this.#floor = this.#sequence
    this.#position = position
    this.#applied.clear()
    this.#applied.add(position, this.#sequence)
    // It held for another log, or for a part of this one.
    this.#knownAsOf = NEVER
  }

  #apply(event: RevocationEvent): void {
    const { position, key } = event
    this.#sequence += 1
    this.#events += 1
    this.#position = position
    this.#slots.touch(key, this.#sequence)
    this.#applied.add(position, this.#sequence)
    this.#settings.onApplied?.(slotOf(key), event)
  }
}
