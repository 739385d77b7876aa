/** Step `transport`: limits how many requests are sent at once, and how many may wait. */
import { TransportOverloadedError } from '../../errors.ts'
import type { Cancellation } from '../cancellation.ts'
import { TokenQueue } from './token-queue.ts'

/** The limits. */
export interface AdmissionLimits {
  readonly maxConcurrentRequests: number
  readonly maxQueuedRequests: number
}

/** The part of a call that matters here. */
type Waiting = Pick<Cancellation, 'onCancel' | 'isOver'>

/** A request that needs a place. */
interface Applicant {
  readonly call: Waiting
  /** The fingerprint of the token, or the call itself for a request without a token. */
  readonly key: unknown
  /** Whether the token was recently active. Also `true` for a request without a token. */
  readonly isKnown: boolean
}

interface Queued extends Applicant {
  readonly resolve: (place: Place) => void
  readonly reject: (reason: Error) => void
}

/** One place. It knows its index, so that no search is needed. */
export class Place implements Applicant {
  readonly call: Waiting
  readonly key: unknown
  readonly isKnown: boolean
  /** @internal */
  index: number

  constructor({ call, key, isKnown }: Applicant, index: number) {
    this.call = call
    this.key = key
    this.isKnown = isKnown
    this.index = index
  }
}

/** The part of the places that is reserved for recently active tokens. */
const RESERVED = 1 / 4
/** The part of the places that one token may take once half of the places are taken. */
const PLACES_OF_ONE = 1 / 8
/** The part of the queue that one token may take. */
const QUEUE_OF_ONE = 1 / 64

/**
 * A bounded number of places, and a bounded queue for them.
 *
 * Recently active tokens go first. A quarter of the places is reserved for them, and in a full queue other requests
 * make room for them. So a sender of invented tokens cannot take these places. Within each group the tokens take turns,
 * and no token gets more than its share.
 */
export class Admission {
  readonly #limits: AdmissionLimits
  // A list in place of a set, because a set costs the garbage collector more: see the table of flights.
  readonly #inside: Place[] = []
  readonly #knownQueue = new TokenQueue<Queued>()
  readonly #unknownQueue = new TokenQueue<Queued>()
  #unknownInside = 0

  constructor(limits: AdmissionLimits) {
    this.#limits = limits
  }

  /** Requests that have a place. */
  get underWay(): number {
    return this.#inside.length
  }

  /** Requests that wait for a place. */
  get queued(): number {
    return this.#knownQueue.size + this.#unknownQueue.size
  }

  /**
   * Takes a place, at once or after waiting. Give it back with {@link Admission.leave}.
   *
   * @param fingerprint - of the token; `undefined` for requests of the client's own, for metadata or keys.
   * @param isKnown - whether the token was recently active.
   * @throws TransportOverloadedError when the queue is full; the promise rejects with the reason of a cancellation.
   */
  enter(call: Waiting, fingerprint?: string, isKnown = true): Place | Promise<Place> {
    const applicant = { call, key: fingerprint ?? call, isKnown }
    if (!this.#hasPlace(isKnown)) this.#clearLost()
    if (this.#hasPlace(isKnown) && this.#hasShare(applicant.key)) return this.#take(applicant)
    this.#makeRoom(applicant)
    return new Promise((resolve, reject) => {
      const queue = isKnown ? this.#knownQueue : this.#unknownQueue
      const queued = { ...applicant, resolve, reject }
      queue.add(queued)
      call.onCancel((reason) => {
        if (queue.remove(queued)) reject(reason)
      })
    })
  }

  /** Gives a place back. The next waiting request gets it. */
  leave(place: Place): void {
    if (this.#inside[place.index] !== place) return
    const last = this.#inside.pop() as Place
    if (last !== place) {
      this.#inside[place.index] = last
      last.index = place.index
    }
    if (!place.isKnown) this.#unknownInside -= 1
    if (this.queued > 0) this.#letIn()
  }

  #hasPlace(isKnown: boolean): boolean {
    const { maxConcurrentRequests } = this.#limits
    if (this.#inside.length >= maxConcurrentRequests) return false
    return isKnown || this.#unknownInside < unreserved(maxConcurrentRequests)
  }

  /** Whether one more place fits the share of a token. While half of the places are free, any token may take one. */
  #hasShare(key: unknown): boolean {
    const { maxConcurrentRequests } = this.#limits
    if (this.#inside.length * 2 < maxConcurrentRequests) return true
    const share = Math.max(1, Math.floor(maxConcurrentRequests * PLACES_OF_ONE))
    let taken = 0
    for (const place of this.#inside) if (place.key === key && ++taken >= share) return false
    return true
  }

  /**
   * Makes room in a full queue. The request to drop is the one that has waited for its turn the longest, because it
   * would time out first.
   */
  #makeRoom({ key, isKnown }: Applicant): void {
    const { maxQueuedRequests } = this.#limits
    const waiting = (isKnown ? this.#knownQueue : this.#unknownQueue).sizeOf(key)
    if (waiting >= Math.max(1, Math.floor(maxQueuedRequests * QUEUE_OF_ONE))) {
      throw new TransportOverloadedError(
        `${waiting} requests about this token wait already, which is the share of one token of ` +
          `transport.maxQueuedRequests (${maxQueuedRequests}): the authorization server is too slow for them`,
      )
    }
    if (this.queued < maxQueuedRequests) return
    const displaced = isKnown ? this.#unknownQueue.next(() => true) : undefined
    if (displaced === undefined) throw this.#overloaded()
    displaced.reject(this.#overloaded())
  }

  #overloaded(): TransportOverloadedError {
    const { maxConcurrentRequests, maxQueuedRequests } = this.#limits
    return new TransportOverloadedError(
      `${this.#inside.length} of transport.maxConcurrentRequests (${maxConcurrentRequests}) are on their way and ` +
        `transport.maxQueuedRequests (${maxQueuedRequests}) wait, and recently active tokens go first: the ` +
        'authorization server is too slow for them',
    )
  }

  #take(applicant: Applicant): Place {
    const place = new Place(applicant, this.#inside.length)
    this.#inside.push(place)
    if (!place.isKnown) this.#unknownInside += 1
    return place
  }

  #letIn(): void {
    const mayGo = (key: unknown): boolean => this.#hasShare(key)
    for (const queue of [this.#knownQueue, this.#unknownQueue]) {
      while (this.#hasPlace(queue === this.#knownQueue)) {
        const next = queue.next(mayGo)
        if (next === undefined) break
        next.resolve(this.#take(next))
      }
    }
  }

  /** Removes requests that ended silently, as they may in a worker. Their time is over. */
  #clearLost(): void {
    for (const queue of [this.#knownQueue, this.#unknownQueue]) {
      for (const lost of Array.from(queue).filter(({ call }) => call.isOver())) queue.remove(lost)
    }
    // `leave` changes the order of places.
    for (const place of this.#inside.filter(({ call }) => call.isOver())) this.leave(place)
  }
}

/** The places that are not reserved. */
function unreserved(limit: number): number {
  return limit - Math.floor(limit * RESERVED)
}
