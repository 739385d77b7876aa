/** Lets a few work at once and a few more wait, so that no owner of work keeps the others waiting for all of its own. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { ClientAuthenticationBusyError } from '../errors.ts'

/** Does a piece of work once it is the turn of its owner. */
export type TakeTurn = <Value>(owner: string, work: () => MaybePromise<Value>) => Promise<Value>

interface Waiter {
  readonly begin: () => void
  readonly turnAway: (busy: Error) => void
}

/**
 * Creates the turns. Owners take turns, each with its oldest piece of work. Where no more may wait, the owner with the most
 * work waiting loses the last of it.
 */
export function createFairTurns(maxRunning: number, maxWaiting: number): TakeTurn {
  let running = 0
  let waiting = 0
  /** In the order in which it is the turn of owners. */
  const queues = new Map<string, Waiter[]>()

  function makeRoomFor(owner: string): void {
    if (waiting < maxWaiting) return
    const [longest, queue] = [...queues].reduce((most, next) => (next[1].length > most[1].length ? next : most))
    const busy = new ClientAuthenticationBusyError('too many secrets are being verified')
    // It must have more even when it has lost one.
    if (queue.length < (queues.get(owner)?.length ?? 0) + 2) throw busy
    queue.pop()?.turnAway(busy)
    waiting--
    if (queue.length === 0) queues.delete(longest)
  }

  function wait(owner: string): Promise<void> {
    makeRoomFor(owner)
    waiting++
    return new Promise<void>((begin, turnAway) => {
      const queue = queues.get(owner)
      if (queue === undefined) queues.set(owner, [{ begin, turnAway }])
      else queue.push({ begin, turnAway })
    })
  }

  function handOn(): void {
    const [next] = queues
    if (next === undefined) {
      running--
      return
    }
    const [owner, queue] = next
    const waiter = queue.shift()
    waiting--
    queues.delete(owner)
    if (queue.length > 0) queues.set(owner, queue)
    waiter?.begin()
  }

  return async (owner, work) => {
    // Work that ends hands its turn on, so `running` stays as it is.
    if (running >= maxRunning) await wait(owner)
    else running++
    try {
      return await work()
    } finally {
      handOn()
    }
  }
}
