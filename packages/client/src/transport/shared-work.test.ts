import { describe, expect, test, vi } from 'vitest'
import { SharedWork } from './shared-work.ts'

describe('SharedWork', () => {
  test('runs once for all parallel calls, and again for the next call', async () => {
    const shared = new SharedWork<number>(1000)
    const work = vi.fn(() => Promise.resolve(work.mock.calls.length))
    expect(await Promise.all([shared.join(work), shared.join(work)])).toEqual([1, 1])
    expect(shared.isUnderWay()).toBe(false)
    expect(await shared.join(work)).toBe(2)
  })

  test('fails for all parallel calls, and does not run again for them', async () => {
    const shared = new SharedWork<number>(1000)
    const failure = new Error('down')
    const work = vi.fn(() => Promise.reject(failure))
    const outcomes = await Promise.allSettled([shared.join(work), shared.join(work)])
    expect(outcomes.map((each) => each.status === 'rejected' && each.reason === failure)).toEqual([true, true])
    expect(work).toHaveBeenCalledOnce()
  })

  test('starts again when it ended silently', async () => {
    const shared = new SharedWork<number>(1000)
    const { promise: lost, reject } = Promise.withResolvers<number>()
    // As in workerd: a promise ends with the request that created it, and later code does not run.
    vi.spyOn(lost, 'finally').mockReturnValue(lost)
    const work = vi.fn(() => Promise.resolve(2)).mockReturnValueOnce(lost)
    const waiting = [shared.join(work), shared.join(work)]
    reject(new Error('created by a request that has since ended'))
    expect(await Promise.all(waiting)).toEqual([2, 2])
    expect(work).toHaveBeenCalledTimes(2)
  })

  test.each([
    ['is shared while a call can still wait its whole time', 999, 1],
    ['runs beside the first work for a call that came later', 1000, 2],
  ])('%s', async (_, ageMs, times) => {
    let nowMs = 0
    const shared = new SharedWork<number>(1000, () => nowMs)
    const { promise, resolve } = Promise.withResolvers<number>()
    const work = vi.fn(() => promise)
    const first = shared.join(work)
    nowMs = ageMs
    const second = shared.join(work)
    expect(work).toHaveBeenCalledTimes(times)
    // The next call joins the newest work.
    const third = shared.join(work)
    expect(work).toHaveBeenCalledTimes(times)
    expect(shared.isUnderWay()).toBe(true)
    resolve(1)
    expect(await Promise.all([first, second, third])).toEqual([1, 1, 1])
    expect(shared.isUnderWay()).toBe(false)
  })

  test('that started earlier and ends later is told that it is outdated', async () => {
    let nowMs = 0
    const shared = new SharedWork<string>(1000, () => nowMs)
    const told: string[] = []
    const late = Promise.withResolvers<string>()
    const soon = Promise.withResolvers<string>()
    const work = (brings: Promise<string>) => async (isOutdated: () => boolean) => {
      const value = await brings
      told.push(`${value}: ${isOutdated()}`)
      return value
    }
    const first = shared.join(work(late.promise))
    nowMs = 1000
    const second = shared.join(work(soon.promise))
    soon.resolve('second')
    expect(await second).toBe('second')
    late.resolve('first')
    expect(await first).toBe('first')
    expect(told).toEqual(['second: false', 'first: true'])
  })

  test('is not on its way any more after its longest time', () => {
    let nowMs = 0
    const shared = new SharedWork<number>(1000, () => nowMs)
    void shared.join(() => new Promise<number>(() => undefined))
    nowMs = 119_999
    expect(shared.isUnderWay()).toBe(true)
    nowMs = 120_000
    expect(shared.isUnderWay()).toBe(false)
  })
})
