import { setImmediate } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import { andThen, atOnce, ignoreRejection, isPromise } from './maybe-promise.ts'

/** A promise that is not the runtime's own. */
class OwnPromise {
  // oxlint-disable-next-line unicorn/no-thenable
  then(): void {}
}

const double = (value: number): number => value * 2

describe('isPromise', () => {
  test.each([
    ['a promise', Promise.resolve(1), true],
    ["a library's own promise", new OwnPromise(), true],
    ['an object without then', {}, false],
    ['a function', () => 1, false],
    ['null', null, false],
    ['undefined', undefined, false],
  ])('of %s', (_, value: unknown, expected) => {
    expect(isPromise(value)).toBe(expected)
  })
})

describe('andThen', () => {
  test('passes on a value in the same tick', () => {
    expect(andThen(2, double)).toBe(4)
  })

  test('passes on the value of a promise', async () => {
    const doubled = andThen(Promise.resolve(2), double)
    expect(doubled).toBeInstanceOf(Promise)
    expect(await doubled).toBe(4)
  })

  test('waits for a promise of a library, even if its then() returns nothing', async () => {
    // oxlint-disable-next-line unicorn/no-thenable
    const fulfilled = { then: (fulfil: (value: number) => void) => fulfil(2) } as Promise<number>
    const doubled = andThen(fulfilled, double)
    expect(doubled).toBeInstanceOf(Promise)
    expect(await doubled).toBe(4)
    const error = new Error('no value')
    const rejected = {
      // oxlint-disable-next-line unicorn/no-thenable
      then: (_: unknown, reject: (error: Error) => void) => reject(error),
    } as Promise<number>
    await expect(andThen(rejected, double)).rejects.toBe(error)
  })

  test('passes on a rejection without calling the next function', async () => {
    const error = new Error('no value')
    await expect(andThen(Promise.reject(error), () => expect.unreachable())).rejects.toBe(error)
  })
})

describe('atOnce', () => {
  const answer = { status: 200 }

  test('gives the result itself when nothing was awaited', () => {
    expect(atOnce(async (settle) => settle(answer))).toBe(answer)
  })

  test('gives a promise of it when something was awaited', async () => {
    const running = atOnce(async (settle) => {
      await Promise.resolve()
      return settle(answer)
    })
    expect(running).toBeInstanceOf(Promise)
    expect(await running).toBe(answer)
  })

  test('gives the rejection of the function', async () => {
    await expect(atOnce(() => Promise.reject(new Error('no value')))).rejects.toThrow('no value')
  })
})

describe('ignoreRejection', () => {
  test.each([
    ['a promise', () => Promise.reject(new Error('x'))],
    ['a promise of another realm', (): unknown => runInNewContext('Promise.reject(new Error("x"))')],
  ])('lets %s reject without ending the process', async (_, reject) => {
    const unhandled = vi.fn<() => void>()
    process.on('unhandledRejection', unhandled)
    ignoreRejection(reject())
    await setImmediate()
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a value', 7],
  ])('takes %s', (_, value) => {
    expect(() => ignoreRejection(value)).not.toThrow()
  })
})
