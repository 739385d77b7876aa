import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Deadlines } from '../deadline.ts'
import { Admission } from './admission.ts'

const waiting = () => new Deadlines(60_000).start()

describe('Admission', () => {
  test('has a place at once while there is one', () => {
    const admission = new Admission({ maxConcurrentRequests: 2, maxQueuedRequests: 0 })
    expect(admission.enter(waiting())).toBeUndefined()
    expect(admission.enter(waiting())).toBeUndefined()
    expect(admission).toMatchObject({ underWay: 2, queued: 0 })
  })

  test('refuses what does not fit into the queue', () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 1 })
    admission.enter(waiting())
    void admission.enter(waiting())
    expect(() => admission.enter(waiting())).toThrow(
      expect.objectContaining({ code: 'ERR_TRANSPORT_OVERLOADED', retryable: true }),
    )
    expect(admission).toMatchObject({ underWay: 1, queued: 1 })
  })

  test('hands a place on to the one who waits longest', async () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 2 })
    const order: string[] = []
    admission.enter(waiting())
    const second = admission.enter(waiting())?.then(() => order.push('second'))
    const third = admission.enter(waiting())?.then(() => order.push('third'))
    admission.leave()
    await second
    expect(order).toEqual(['second'])
    expect(admission).toMatchObject({ underWay: 1, queued: 1 })
    admission.leave()
    await third
    expect(order).toEqual(['second', 'third'])
  })

  test('lets go of who waits no longer', async () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 1 })
    const reason = new Error('gone')
    const deadline = waiting()
    admission.enter(waiting())
    const left = admission.enter(deadline)
    deadline.cancel(reason)
    await expect(left).rejects.toBe(reason)
    expect(admission.queued).toBe(0)
    admission.leave()
    expect(admission).toMatchObject({ underWay: 0, queued: 0 })
  })

  test('does not lose a place to a caller who leaves when it already has one', async () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 1 })
    const deadline = waiting()
    admission.enter(waiting())
    const turn = admission.enter(deadline)
    admission.leave()
    deadline.cancel(new Error('late'))
    await turn
    expect(admission.underWay).toBe(1)
    admission.leave()
    expect(admission.underWay).toBe(0)
  })

  test('never has more under way or waiting than it may, nor forgets one, in any order of events', async () => {
    const event = fc.constantFrom('enter', 'leave', 'cancel')
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), fc.nat(3), fc.nat(3), async (events, places, queue) => {
        const limits = { maxConcurrentRequests: places + 1, maxQueuedRequests: queue }
        const admission = new Admission(limits)
        const deadlines: ReturnType<typeof waiting>[] = []
        let inside = 0
        let queued = 0
        let refused = 0
        const settled: Promise<unknown>[] = []
        for (const what of events) {
          if (what === 'enter') {
            const deadline = waiting()
            try {
              const turn = admission.enter(deadline)
              if (turn === undefined) inside += 1
              else {
                queued += 1
                deadlines.push(deadline)
                settled.push(
                  turn.then(
                    () => {
                      inside += 1
                      queued -= 1
                      deadlines.splice(deadlines.indexOf(deadline), 1)
                    },
                    () => {
                      queued -= 1
                    },
                  ),
                )
              }
            } catch {
              refused += 1
            }
          } else if (what === 'leave' && inside > 0) {
            inside -= 1
            admission.leave()
          } else if (what === 'cancel') deadlines.shift()?.cancel(new Error('gone'))
          await Promise.resolve()
          await Promise.resolve()
          expect(admission).toMatchObject({ underWay: inside, queued })
          expect(inside).toBeLessThanOrEqual(limits.maxConcurrentRequests)
          expect(queued).toBeLessThanOrEqual(limits.maxQueuedRequests)
          expect(queued > 0 && inside < limits.maxConcurrentRequests).toBe(false)
        }
        expect(refused + inside + queued).toBeLessThanOrEqual(events.length)
      }),
      { numRuns: 200 },
    )
  })
})
