/** Where an answer of the endpoint was read, and which events can make it void. */
import type { ActiveIntrospectionResponse } from '@token-introspection/core'
import { isRevocationKey } from '@token-introspection/core/revocations'
import type { FollowedJwt } from './followed-jwts.ts'
import { MAX_KEYS, slotOf } from './key-slots.ts'
import { type Moment, momentOf } from './revocation-clock.ts'
import type { Reading } from './revocation-state.ts'
import type { FollowedFeed } from './revocations-step.ts'

/** The parameter with which a client says which position it has applied, or which one the answer must know of. */
export const POSITION_PARAMETER = 'revocation_position'

/** What a client sends that knows no position yet. No log has it, so the server names the keys and confirms nothing. */
const NO_POSITION = '-'

/** One answer, from before its request on. */
export class ReadAnswer {
  /** The moment before the request was sent. */
  readonly askedAt: Moment
  /** The position that the server is asked to confirm. */
  readonly position: string
  /** The number that the client gave to the last event it had applied before the request was sent. */
  sequence: number
  /** Whether the server read the answer after that event. */
  isProven = false
  /** Whether the server read the answer after {@link ReadAnswer.position}. */
  isConfirmed = false
  /** The slots of its keys. */
  slots: readonly number[] = []
  readonly #feed: FollowedFeed
  readonly #reading: Reading | undefined
  readonly #notOlderThan: string | undefined
  /** Whether the client knows the number of {@link ReadAnswer.position}. */
  #isPlaced = true
  #keys: readonly string[] = []
  #jwt: FollowedJwt | undefined

  /**
   * Create it before the request is sent.
   *
   * @param notOlderThan - the position of a revocation that the answer must know of.
   */
  constructor(feed: FollowedFeed, notOlderThan: string | undefined) {
    this.#feed = feed
    this.#notOlderThan = notOlderThan
    this.askedAt = momentOf(feed.clock)
    this.#reading = feed.state.beginReading()
    this.sequence = this.#reading?.sequence ?? 0
    this.position = notOlderThan ?? this.#reading?.position ?? NO_POSITION
    if (notOlderThan === undefined) return
    const sequence = feed.state.sequenceOf(notOlderThan)
    // A server that has this event may lack a later one that the client has applied.
    this.#isPlaced = sequence !== undefined
    this.sequence = Math.min(this.sequence, sequence ?? this.sequence)
  }

  /**
   * Takes the members about revocation out of an active answer. They are for the client alone. Returns the answer without
   * them: a new object, because one that has lost a member is slower to use.
   */
  take(response: ActiveIntrospectionResponse): ActiveIntrospectionResponse {
    const { revocation_keys: keys, read_at: readAt, ...answer } = response
    const isPositioned = this.position !== NO_POSITION
    this.isConfirmed = isPositioned && readAt === this.position
    // A position that the application names may be one that the server has not reached yet.
    if (isPositioned && this.#notOlderThan === undefined) this.#feed.confirmations.note(this.isConfirmed)
    const isUsable = Array.isArray(keys) && keys.length > 0 && keys.length <= MAX_KEYS && keys.every(isRevocationKey)
    if (!isUsable) return answer
    this.#keys = keys
    this.slots = keys.map(slotOf)
    this.isProven =
      this.isConfirmed && this.#isPlaced && this.sequence > 0 && this.#feed.state.isUnbroken(this.sequence)
    return answer
  }

  /** Whether the event that the answer must know of has not been applied since the last gap. */
  isBehind(): boolean {
    return this.#notOlderThan !== undefined && this.#feed.state.sequenceOf(this.#notOlderThan) === undefined
  }

  /** Notes that the answer was made from a JWT, which the client has verified by itself. */
  takeJwt(jwt: FollowedJwt): void {
    const { state } = this.#feed
    this.#jwt = jwt
    this.#keys = jwt.keys
    this.slots = jwt.keys.map(slotOf)
    this.isConfirmed = !this.isBehind()
    this.isProven = this.sequence > 0 && state.isUnbroken(this.sequence) && jwt.isCovered()
  }

  /** Whether an event that was applied by now speaks against the JWT that the answer was made from. */
  isRefused(): boolean {
    return this.#jwt?.refusal() !== undefined
  }

  /** What a store that processes share keeps of it. */
  forStore(): { readonly readAt?: string; readonly revocationKeys?: readonly string[] } {
    const revocationKeys = this.#keys
    return this.isProven ? { readAt: this.position, revocationKeys } : { revocationKeys }
  }

  /** Whether the answer holds as far as the feed is known. */
  holds(): boolean {
    return this.isProven && this.#feed.state.isUnbroken(this.sequence) && !this.isVoid()
  }

  /** Whether an event touched one of its keys since it was read, as far as that is known. */
  isVoid(): boolean {
    return this.#wasTouched(this.sequence)
  }

  /**
   * Whether the answer may be kept. Without proof it may have been read before any event, so it must not be kept if one
   * ever touched its keys.
   */
  mayBeKept(): boolean {
    return !this.#wasTouched(this.isProven ? this.sequence : 0)
  }

  #wasTouched(sequence: number): boolean {
    return this.slots.some((slot) => this.#feed.state.wasTouched(slot, sequence))
  }
}
