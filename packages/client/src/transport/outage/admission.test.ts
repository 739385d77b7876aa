import * as fc from 'fast-check'
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
    void admission.enter(waiting())
    void admission.enter(waiting())
    expect(() => admission.enter(waiting())).toThrow(
      expect.objectContaining({ code: 'ERR_TRANSPORT_OVERLOADED', retryable: true }),
    )
    expect(admission).toMatchObject({ underWay: 1, queued: 1 })
  })

  test('hands a place on to the one who waits longest', async () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 2 })
    const [a, b, c] = [waiting(), waiting(), waiting()]
    const order: string[] = []
    void admission.enter(a)
    const second = admission.enter(b)?.then(() => order.push('second'))
    const third = admission.enter(c)?.then(() => order.push('third'))
    admission.leave(a)
    await second
    expect(order).toEqual(['second'])
    expect(admission).toMatchObject({ underWay: 1, queued: 1 })
    admission.leave(b)
    await third
    expect(order).toEqual(['second', 'third'])
  })

  test('lets go of who waits no longer', async () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 1 })
    const reason = new Error('gone')
    const [first, second] = [waiting(), waiting()]
    void admission.enter(first)
    const left = admission.enter(second)
    second.cancel(reason)
    await expect(left).rejects.toBe(reason)
    expect(admission.queued).toBe(0)
    admission.leave(first)
    expect(admission).toMatchObject({ underWay: 0, queued: 0 })
  })

  test('does not lose a place to a caller who leaves when it already has one', async () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 1 })
    const [first, second] = [waiting(), waiting()]
    void admission.enter(first)
    const turn = admission.enter(second)
    admission.leave(first)
    second.cancel(new Error('late'))
    await turn
    expect(admission.underWay).toBe(1)
    admission.leave(second)
    expect(admission.underWay).toBe(0)
  })

  test('takes a place back from a request that ended without a word, once its time is up', async () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 1 })
    const lost = { onCancel: () => undefined, isOver: () => over }
    let over = false
    void admission.enter(lost)
    const next = admission.enter(waiting())
    over = true
    const last = waiting()
    void admission.enter(last)
    await next
    expect(admission).toMatchObject({ underWay: 1, queued: 1 })
    admission.leave(lost)
    expect(admission).toMatchObject({ underWay: 1, queued: 1 })
  })

  test('never has more under way or waiting than it may, nor forgets one, in any order of events', async () => {
    const event = fc.constantFrom('enter', 'leave', 'cancel')
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), fc.nat(3), fc.nat(3), async (events, places, queue) => {
        const limits = { maxConcurrentRequests: places + 1, maxQueuedRequests: queue }
        const admission = new Admission(limits)
        const inside: ReturnType<typeof waiting>[] = []
        const queued: ReturnType<typeof waiting>[] = []
        for (const what of events) {
          if (what === 'enter') {
            const deadline = waiting()
            try {
              const turn = admission.enter(deadline)
              if (turn === undefined) inside.push(deadline)
              else {
                queued.push(deadline)
                turn.then(
                  () => inside.push(...queued.splice(queued.indexOf(deadline), 1)),
                  () => queued.splice(queued.indexOf(deadline), 1),
                )
              }
            } catch {
              expect([inside.length, queued.length]).toEqual([limits.maxConcurrentRequests, limits.maxQueuedRequests])
            }
          } else if (what === 'cancel') queued[0]?.cancel(new Error('gone'))
          else {
            const leaving = inside.shift()
            if (leaving !== undefined) admission.leave(leaving)
          }
          await Promise.resolve()
          await Promise.resolve()
          expect(admission).toMatchObject({ underWay: inside.length, queued: queued.length })
          expect(inside.length).toBeLessThanOrEqual(limits.maxConcurrentRequests)
          expect(queued.length).toBeLessThanOrEqual(limits.maxQueuedRequests)
          expect(queued.length > 0 && inside.length < limits.maxConcurrentRequests).toBe(false)
        }
      }),
      { numRuns: 200 },
    )
  })
})
