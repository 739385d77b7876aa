import { afterEach, describe, expect, test, vi } from 'vitest'
import { SharedWork } from './shared-work.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('SharedWork', () => {
  test('is done once for everybody who asks at the same time, and again for the next', async () => {
    const shared = new SharedWork<number>()
    const work = vi.fn(() => Promise.resolve(work.mock.calls.length))
    expect(await Promise.all([shared.join(work), shared.join(work)])).toEqual([1, 1])
    expect(shared.isUnderWay()).toBe(false)
    expect(await shared.join(work)).toBe(2)
  })

  test('fails for everybody, and is not done again for them', async () => {
    const shared = new SharedWork<number>()
    const failure = new Error('down')
    const work = vi.fn(() => Promise.reject(failure))
    const outcomes = await Promise.allSettled([shared.join(work), shared.join(work)])
    expect(outcomes.map((each) => each.status === 'rejected' && each.reason === failure)).toEqual([true, true])
    expect(work).toHaveBeenCalledOnce()
  })

  test('is begun again where it ended without a word', async () => {
    const shared = new SharedWork<number>()
    const { promise: lost, reject } = Promise.withResolvers<number>()
    // As workerd does it: whoever waits is told, and what should have followed does not happen.
    vi.spyOn(lost, 'finally').mockReturnValue(lost)
    const work = vi.fn(() => Promise.resolve(2)).mockReturnValueOnce(lost)
    const waiting = [shared.join(work), shared.join(work)]
    reject(new Error('created by a request that has since ended'))
    expect(await Promise.all(waiting)).toEqual([2, 2])
    expect(work).toHaveBeenCalledTimes(2)
  })

  test('is joined no more when it should be over', async () => {
    vi.useFakeTimers()
    const shared = new SharedWork<number>()
    void shared.join(() => new Promise<number>(() => undefined))
    vi.advanceTimersByTime(59_999)
    expect(shared.isUnderWay()).toBe(true)
    vi.advanceTimersByTime(1)
    expect(shared.isUnderWay()).toBe(false)
    expect(await shared.join(() => Promise.resolve(2))).toBe(2)
  })
})
