/** Step `transport`: how many requests are under way at once, and how many may wait for their turn. */
import { TransportOverloadedError } from '../../errors.ts'
import type { Cancellation } from '../deadline.ts'

/** How many. */
export interface AdmissionLimits {
  readonly maxConcurrentRequests: number
  readonly maxQueuedRequests: number
}

/** A call, as far as it matters here: one object per place. */
type Waiting = Pick<Cancellation, 'onCancel' | 'isOver'>

/** A bounded number of places, and a bounded queue for them: first come, first served. */
export class Admission {
  readonly #limits: AdmissionLimits
  readonly #inside = new Set<Waiting>()
  readonly #queue = new Map<Waiting, () => void>()

  constructor(limits: AdmissionLimits) {
    this.#limits = limits
  }

  /** Requests that have a place. */
  get underWay(): number {
    return this.#inside.size
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
  enter(cancellation: Waiting): Promise<void> | undefined {
    const { maxConcurrentRequests, maxQueuedRequests } = this.#limits
    if (this.#inside.size >= maxConcurrentRequests) this.#clearLost()
    if (this.#inside.size < maxConcurrentRequests) {
      this.#inside.add(cancellation)
      return undefined
    }
    if (this.#queue.size >= maxQueuedRequests) {
      throw new TransportOverloadedError(
        `${maxConcurrentRequests} requests are under way and ${maxQueuedRequests} wait: the authorization server is too slow for them`,
      )
    }
    return new Promise((resolve, reject) => {
      this.#queue.set(cancellation, resolve)
      cancellation.onCancel((reason) => {
        if (this.#queue.delete(cancellation)) reject(reason)
      })
    })
  }

  /** Gives a place back, and on to the one who waits longest. */
  leave(cancellation: Waiting): void {
    if (this.#inside.delete(cancellation)) this.#letIn()
  }

  #letIn(): void {
    for (const [next, resolve] of this.#queue) {
      if (this.#inside.size >= this.#limits.maxConcurrentRequests) return
      this.#queue.delete(next)
      this.#inside.add(next)
      resolve()
    }
  }

  /** In a worker a request may end without a word, and what it held with it; its time is up nevertheless. */
  #clearLost(): void {
    for (const lost of this.#inside) if (lost.isOver()) this.#inside.delete(lost)
    for (const lost of this.#queue.keys()) if (lost.isOver()) this.#queue.delete(lost)
    this.#letIn()
  }
}
