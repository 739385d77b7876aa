import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Deadline, Deadlines } from '../deadline.ts'
import { Admission, Place } from './admission.ts'

/** The deadline of a call that waits. It is settled with the test, so that it cannot end in another one. */
function waiting(): Deadline {
  const deadline = new Deadlines(60_000).start()
  onTestFinished(() => deadline.settle())
  return deadline
}

const isOverload = expect.objectContaining({ code: 'ERR_TRANSPORT_OVERLOADED' }) as Error

/** A place that is free at once. */
function enterNow(admission: Admission, call = waiting()): Place {
  const place = admission.enter(call)
  if (!(place instanceof Place)) throw new Error('has to wait')
  return place
}

describe('Admission', () => {
  test('gives a place at once while one is free', () => {
    const admission = new Admission({ maxConcurrentRequests: 2, maxQueuedRequests: 0 })
    enterNow(admission)
    enterNow(admission)
    expect(admission).toMatchObject({ underWay: 2, queued: 0 })
  })

  test('refuses a request that does not fit into the queue', () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 1 })
    enterNow(admission)
    void admission.enter(waiting())
    expect(() => admission.enter(waiting())).toThrow(
      expect.objectContaining({ code: 'ERR_TRANSPORT_OVERLOADED', retryable: true }),
    )
    expect(admission).toMatchObject({ underWay: 1, queued: 1 })
  })

  test('gives a freed place to the request that has waited longest', async () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 2 })
    const order: string[] = []
    const first = enterNow(admission)
    const second = Promise.resolve(admission.enter(waiting())).then((place) => {
      order.push('second')
      return place
    })
    const third = Promise.resolve(admission.enter(waiting())).then(() => order.push('third'))
    admission.leave(first)
    const place = await second
    expect(order).toEqual(['second'])
    expect(admission).toMatchObject({ underWay: 1, queued: 1 })
    admission.leave(place)
    await third
    expect(order).toEqual(['second', 'third'])
  })

  test('keeps a quarter of the places for recently active tokens, and lets them go first', async () => {
    const admission = new Admission({ maxConcurrentRequests: 8, maxQueuedRequests: 100 })
    const inside = Array.from({ length: 6 }, (_none, index) => admission.enter(waiting(), `junk-${index}`, false))
    expect(inside.every((place) => place instanceof Place)).toBe(true)
    const order: string[] = []
    const enter = (name: string, isKnown: boolean) =>
      Promise.resolve(admission.enter(waiting(), name, isKnown)).then((place) => {
        order.push(name)
        return place
      })
    const junk = Array.from({ length: 10 }, (_none, index) => enter(`more-junk-${index}`, false))
    expect(admission).toMatchObject({ underWay: 6, queued: 10 })
    // Two places are free, only for recently active tokens.
    await Promise.all([enter('good-1', true), enter('good-2', true)])
    const third = enter('good-3', true)
    expect(admission).toMatchObject({ underWay: 8, queued: 11 })
    admission.leave(inside[0] as Place)
    await third
    expect(order).toEqual(['good-1', 'good-2', 'good-3'])
    admission.leave(inside[1] as Place)
    admission.leave(inside[2] as Place)
    admission.leave(inside[3] as Place)
    await junk[0]
    expect(order).toContain('more-junk-0')
  })

  test('makes room in a full queue for recently active tokens, until the queue is full of them', async () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 4 })
    enterNow(admission)
    const junk = [0, 1, 2, 3].map((count) => Promise.resolve(admission.enter(waiting(), `junk-${count}`, false)))
    expect(() => admission.enter(waiting(), 'junk-4', false)).toThrow(isOverload)
    for (let count = 0; count < 4; count++) {
      void admission.enter(waiting(), `good-${count}`, true)
      await expect(junk[count]).rejects.toThrow(isOverload)
    }
    expect(() => admission.enter(waiting(), 'good-4', true)).toThrow(isOverload)
    expect(admission).toMatchObject({ underWay: 1, queued: 4 })
  })

  test('limits the share of one token: of the places once half are taken, and of the queue', async () => {
    const admission = new Admission({ maxConcurrentRequests: 16, maxQueuedRequests: 128 })
    const places = Array.from({ length: 8 }, () => admission.enter(waiting(), 'greedy'))
    expect(places.every((place) => place instanceof Place)).toBe(true)
    // A sixty-fourth of the queue is two.
    const third = Promise.resolve(admission.enter(waiting(), 'greedy'))
    void admission.enter(waiting(), 'greedy')
    expect(() => admission.enter(waiting(), 'greedy')).toThrow(isOverload)
    expect(admission.enter(waiting(), 'other')).toBeInstanceOf(Place)
    let hasTurn = false
    void third.then(() => (hasTurn = true))
    // The token has more than an eighth of the places until six requests have left. Before that, half of the places are
    // not free.
    admission.leave(places[0] as Place)
    await Promise.resolve()
    expect(hasTurn).toBe(false)
    admission.leave(places[1] as Place)
    await third
    expect(hasTurn).toBe(true)
  })

  test('lets tokens take turns', async () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 256 })
    const first = enterNow(admission)
    const order: string[] = []
    const all = ['a', 'a', 'a', 'b', 'c'].map(async (name) => {
      const place = await admission.enter(waiting(), name)
      order.push(name)
      admission.leave(place)
    })
    admission.leave(first)
    await Promise.all(all)
    expect(order).toEqual(['a', 'b', 'c', 'a', 'a'])
  })

  test('removes a request that no longer waits', async () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 1 })
    const reason = new Error('gone')
    const second = waiting()
    const first = enterNow(admission)
    const left = admission.enter(second)
    second.cancel(reason)
    await expect(left).rejects.toBe(reason)
    expect(admission.queued).toBe(0)
    admission.leave(first)
    expect(admission).toMatchObject({ underWay: 0, queued: 0 })
  })

  test('does not lose a place to a caller that leaves after it got the place', async () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 1 })
    const second = waiting()
    const first = enterNow(admission)
    const turn = admission.enter(second)
    admission.leave(first)
    second.cancel(new Error('late'))
    const place = await turn
    expect(admission.underWay).toBe(1)
    admission.leave(place)
    expect(admission.underWay).toBe(0)
  })

  test('takes a place back only once, however often it is given back', () => {
    const admission = new Admission({ maxConcurrentRequests: 3, maxQueuedRequests: 0 })
    const [a, b, c] = [enterNow(admission), enterNow(admission), enterNow(admission)]
    admission.leave(a)
    admission.leave(a)
    expect(admission.underWay).toBe(2)
    admission.leave(c)
    admission.leave(b)
    expect(admission.underWay).toBe(0)
  })

  test('takes a place back from a request that ended silently, once its time is over', async () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxQueuedRequests: 1 })
    let over = false
    const lost = admission.enter({ onCancel: () => undefined, isOver: () => over }) as Place
    const next = admission.enter(waiting())
    over = true
    void admission.enter(waiting())
    await next
    expect(admission).toMatchObject({ underWay: 1, queued: 1 })
    admission.leave(lost)
    expect(admission).toMatchObject({ underWay: 1, queued: 1 })
  })

  test('never exceeds its limits and never forgets a request, for any order of events', async () => {
    const event = fc.constantFrom('enter', 'leave', 'cancel')
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), fc.nat(3), fc.nat(3), async (events, places, queue) => {
        const limits = { maxConcurrentRequests: places + 1, maxQueuedRequests: queue }
        const admission = new Admission(limits)
        const inside: Place[] = []
        const queued: ReturnType<typeof waiting>[] = []
        for (const [step, what] of events.entries()) {
          if (what === 'enter') {
            const call = waiting()
            try {
              const turn = admission.enter(call)
              if (turn instanceof Place) inside.push(turn)
              else {
                queued.push(call)
                turn.then(
                  (place) => {
                    queued.splice(queued.indexOf(call), 1)
                    return inside.push(place)
                  },
                  () => queued.splice(queued.indexOf(call), 1),
                )
              }
            } catch {
              expect([inside.length, queued.length]).toEqual([limits.maxConcurrentRequests, limits.maxQueuedRequests])
            }
          } else if (what === 'cancel') queued[0]?.cancel(new Error('gone'))
          else {
            // Not always the request that came first.
            const [leaving] = inside.splice(step % Math.max(1, inside.length), 1)
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
