/** Step `transport`: how many requests are under way at once, and how many may wait for their turn. */
import { TransportOverloadedError } from '../../errors.ts'
import type { Cancellation } from '../deadline.ts'

/** How many. */
export interface AdmissionLimits {
  readonly maxConcurrentRequests: number
  readonly maxQueuedRequests: number
}

/** A call, as far as it matters here. */
type Waiting = Pick<Cancellation, 'onCancel' | 'isOver'>

/** One of the places. It knows where it stands, so that nobody has to look for it. */
export class Place {
  readonly call: Waiting
  /** @internal */
  index: number

  constructor(call: Waiting, index: number) {
    this.call = call
    this.index = index
  }
}

/** A bounded number of places, and a bounded queue for them: first come, first served. */
export class Admission {
  readonly #limits: AdmissionLimits
  // A list and no set: see the table of flights for what a set would do to the garbage collector.
  readonly #inside: Place[] = []
  readonly #queue = new Map<Waiting, (place: Place) => void>()

  constructor(limits: AdmissionLimits) {
    this.#limits = limits
  }

  /** Requests that have a place. */
  get underWay(): number {
    return this.#inside.length
  }

  /** Requests that wait for one. */
  get queued(): number {
    return this.#queue.size
  }

  /**
   * Takes a place: at once, or with the promise. It is given back by {@link Admission.leave}.
   *
   * @throws TransportOverloadedError when the queue is full; the promise rejects with the reason of a cancellation.
   */
  enter(call: Waiting): Place | Promise<Place> {
    const { maxConcurrentRequests, maxQueuedRequests } = this.#limits
    if (this.#inside.length >= maxConcurrentRequests) this.#clearLost()
    if (this.#inside.length < maxConcurrentRequests) return this.#take(call)
    if (this.#queue.size >= maxQueuedRequests) {
      throw new TransportOverloadedError(
        `${maxConcurrentRequests} requests are under way and ${maxQueuedRequests} wait: the authorization server is too slow for them`,
      )
    }
    return new Promise((resolve, reject) => {
      this.#queue.set(call, resolve)
      call.onCancel((reason) => {
        if (this.#queue.delete(call)) reject(reason)
      })
    })
  }

  /** Gives a place back, and on to the one who waits longest. */
  leave(place: Place): void {
    if (this.#inside[place.index] !== place) return
    const last = this.#inside.pop() as Place
    if (last !== place) {
      this.#inside[place.index] = last
      last.index = place.index
    }
    if (this.#queue.size > 0) this.#letIn()
  }

  #take(call: Waiting): Place {
    const place = new Place(call, this.#inside.length)
    this.#inside.push(place)
    return place
  }

  #letIn(): void {
    for (const [next, resolve] of this.#queue) {
      if (this.#inside.length >= this.#limits.maxConcurrentRequests) return
      this.#queue.delete(next)
      resolve(this.#take(next))
    }
  }

  /** In a worker a request may end without a word, and what it held with it; its time is up nevertheless. */
  #clearLost(): void {
    for (const lost of this.#queue.keys()) if (lost.isOver()) this.#queue.delete(lost)
    // `leave` moves places about.
    for (const place of this.#inside.filter(({ call }) => call.isOver())) this.leave(place)
  }
}
