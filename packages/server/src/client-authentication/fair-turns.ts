/** Runs a few pieces of work at once and lets a few more wait, so that no owner makes all others wait for its work. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { ClientAuthenticationBusyError } from '../errors.ts'

/** Runs a piece of work when its owner has a turn. */
export type TakeTurn = <Value>(owner: string, work: () => MaybePromise<Value>) => Promise<Value>

interface Waiter {
  readonly begin: () => void
  readonly turnAway: (busy: Error) => void
}

/**
 * Creates the turns. Owners take turns, each with its oldest piece of work. When the queue is full, the owner with the most
 * waiting work loses its newest piece.
 */
export function createFairTurns(maxRunning: number, maxWaiting: number): TakeTurn {
  let running = 0
  let waiting = 0
  /** The owners in the order of their turns. */
  const queues = new Map<string, Waiter[]>()

  function makeRoomFor(owner: string): void {
    if (waiting < maxWaiting) return
    const [longest, queue] = [...queues].reduce((most, next) => (next[1].length > most[1].length ? next : most))
    const busy = new ClientAuthenticationBusyError('too many secrets are being verified')
    // The longest queue must still be longer than this owner's after it loses one.
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
    // Finished work passes its turn on, so `running` does not change.
    if (running >= maxRunning) await wait(owner)
    else running++
    try {
      return await work()
    } finally {
      handOn()
    }
  }
}
