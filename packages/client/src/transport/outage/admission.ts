/** Step `transport`: how many requests are under way at once, and how many may wait for their turn. */
import { TransportOverloadedError } from '../../errors.ts'
import type { Cancellation } from '../deadline.ts'

/** How many. */
export interface AdmissionLimits {
  readonly maxConcurrentRequests: number
  readonly maxQueuedRequests: number
}

/** A bounded number of places, and a bounded queue for them: first come, first served. */
export class Admission {
  readonly #limits: AdmissionLimits
  readonly #queue = new Set<() => void>()
  #underWay = 0

  constructor(limits: AdmissionLimits) {
    this.#limits = limits
  }

  /** Requests that have a place. */
  get underWay(): number {
    return this.#underWay
  }

  /** Requests that wait for one. */
  get queued(): number {
    return this.#queue.size
  }

  /**
   * Takes a place: at once, or with the promise. It is given back by {@link Admission.leave}, unless the promise rejects.
   *
   * @throws TransportOverloadedError when the queue is full; the promise rejects with the reason of a cancellation.
   */
  enter(cancellation: Pick<Cancellation, 'onCancel'>): Promise<void> | undefined {
    if (this.#underWay < this.#limits.maxConcurrentRequests) {
      this.#underWay += 1
      return undefined
    }
    const { maxConcurrentRequests, maxQueuedRequests } = this.#limits
    if (this.#queue.size >= maxQueuedRequests) {
      throw new TransportOverloadedError(
        `${maxConcurrentRequests} requests are under way and ${maxQueuedRequests} wait: the authorization server is too slow for them`,
      )
    }
    return new Promise((resolve, reject) => {
      this.#queue.add(resolve)
      cancellation.onCancel((reason) => {
        if (this.#queue.delete(resolve)) reject(reason)
      })
    })
  }

  /** Gives a place back, or on to the one who waits longest. */
  leave(): void {
    const [next] = this.#queue
    if (next === undefined) {
      this.#underWay -= 1
      return
    }
    this.#queue.delete(next)
    next()
  }
}
