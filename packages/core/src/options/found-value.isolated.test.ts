import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createFinder } from './found-value.ts'

const MINUTE_MS = 60_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A value that is a text of one letter. */
function finder(find: () => unknown, keptMs?: number) {
  return createFinder(find, { path: 'group.letter', wanted: 'letter', read: readLetter, keptMs })
}

function readLetter(found: unknown): string {
  if (typeof found === 'string' && found.length === 1) return found
  throw new TypeError('must be one letter')
}

/** A function whose calls the test answers, in any order. */
function pendingCalls() {
  const calls: PromiseWithResolvers<string>[] = []
  return {
    calls,
    find: () => {
      const call = Promise.withResolvers<string>()
      calls.push(call)
      return call.promise
    },
  }
}

describe('createFinder', () => {
  test.each([
    ['a value', (value: string): unknown => value],
    ['a promise', (value: string): unknown => Promise.resolve(value)],
  ])('calls a function that returns %s with the first use, and again after a minute', async (_, wrap) => {
    const values = ['a', 'b']
    const calls = vi.fn<() => unknown>(() => wrap(values.shift() ?? 'z'))
    const find = finder(calls)
    expect(calls).not.toHaveBeenCalled()
    expect(await find()).toBe('a')
    await vi.advanceTimersByTimeAsync(MINUTE_MS - 1)
    expect(find()).toBe('a')
    await vi.advanceTimersByTimeAsync(1)
    expect(await find()).toBe('b')
    expect(calls).toHaveBeenCalledTimes(2)
  })

  test('has the value at once, when the function returns no promise', () => {
    expect(finder(() => 'a')()).toBe('a')
  })

  test('keeps a value for as long as it is told', async () => {
    const find = finder(
      vi.fn<() => string>().mockReturnValueOnce('a').mockReturnValueOnce('b'),
      Number.POSITIVE_INFINITY,
    )
    expect(find()).toBe('a')
    await vi.advanceTimersByTimeAsync(100 * MINUTE_MS)
    expect(find()).toBe('a')
  })

  test('calls the function once for simultaneous uses', async () => {
    const { calls, find } = pendingCalls()
    const letter = finder(find)
    const uses = [Promise.resolve(letter()), Promise.resolve(letter())]
    calls[0]?.resolve('a')
    expect(await Promise.all(uses)).toEqual(['a', 'a'])
    expect(calls).toHaveLength(1)
  })

  test('uses no value for longer, when the function fails', async () => {
    const cause = new Error('no vault')
    const answers: (() => unknown)[] = [
      () => 'a',
      () => {
        throw cause
      },
      () => Promise.reject(cause),
      () => '',
      () => Promise.resolve(7),
      () => 'b',
    ]
    const find = finder(() => answers.shift()?.())
    expect(find()).toBe('a')
    await vi.advanceTimersByTimeAsync(MINUTE_MS)
    const failure = {
      code: 'ERR_SECRET_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('group.letter') as string,
    }
    for (const expected of [{ ...failure, cause }, { ...failure, cause }, failure, failure]) {
      await expect(find()).rejects.toMatchObject(expected)
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(find()).toBe('b')
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('no vault')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no vault'))],
    ['returns no letter', () => ''],
  ])('rests a second after a function that %s, however many ask', async (_, fail) => {
    const calls = vi.fn<() => unknown>(fail)
    const find = finder(calls)
    for (let use = 0; use < 1000; use++) {
      await expect(find()).rejects.toMatchObject({ code: 'ERR_SECRET_UNAVAILABLE' })
    }
    expect(calls).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(999)
    await expect(find()).rejects.toMatchObject({ code: 'ERR_SECRET_UNAVAILABLE' })
    expect(calls).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    await expect(find()).rejects.toMatchObject({ code: 'ERR_SECRET_UNAVAILABLE' })
    expect(calls).toHaveBeenCalledTimes(2)
  })

  test('refuses after 5 seconds without an answer, rests a second, and then calls the function again', async () => {
    const { calls, find } = pendingCalls()
    const letter = finder(find)
    const failures: unknown[] = []
    const use = () => void Promise.resolve(letter()).catch((error: unknown) => failures.push(error))
    use()
    await vi.advanceTimersByTimeAsync(4999)
    use()
    expect(failures).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(failures).toMatchObject([
      { code: 'ERR_SECRET_UNAVAILABLE', cause: { message: expect.stringMatching('5000 ms') as string } },
    ])
    use()
    await vi.advanceTimersByTimeAsync(999)
    expect([calls.length, failures.length]).toEqual([1, 2])
    use()
    await vi.advanceTimersByTimeAsync(1)
    expect([calls.length, failures.length]).toEqual([1, 3])
    const third = letter()
    expect(calls).toHaveLength(2)
    calls[1]?.resolve('b')
    expect(await third).toBe('b')
    await vi.advanceTimersByTimeAsync(4999)
    expect(failures).toHaveLength(4)
  })

  test('gives a call up once: one that joined it and waits longer lets no later call rest', async () => {
    const { calls, find } = pendingCalls()
    const letter = finder(find)
    const uses = [Promise.resolve(letter())]
    await vi.advanceTimersByTimeAsync(4500)
    uses.push(Promise.resolve(letter()))
    const refused = Promise.allSettled(uses)
    await vi.advanceTimersByTimeAsync(4000)
    const later = letter()
    await vi.advanceTimersByTimeAsync(1000)
    expect((await refused).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const joined = letter()
    expect(calls).toHaveLength(2)
    calls[1]?.resolve('b')
    expect(await Promise.all([later, joined])).toEqual(['b', 'b'])
  })

  test('uses an answer that comes while a call that was given up rests', async () => {
    const { calls, find } = pendingCalls()
    const letter = finder(find)
    const first = expect(letter()).rejects.toMatchObject({ code: 'ERR_SECRET_UNAVAILABLE' })
    await vi.advanceTimersByTimeAsync(5500)
    await first
    calls[0]?.resolve('a')
    await vi.advanceTimersByTimeAsync(0)
    expect(letter()).toBe('a')
  })

  test('takes no late answer in place of a newer one', async () => {
    const { calls, find } = pendingCalls()
    const letter = finder(find)
    const first = expect(letter()).rejects.toMatchObject({ code: 'ERR_SECRET_UNAVAILABLE' })
    await vi.advanceTimersByTimeAsync(6000)
    await first
    const second = letter()
    calls[1]?.resolve('b')
    await second
    calls[0]?.resolve('a')
    await vi.advanceTimersByTimeAsync(0)
    expect(letter()).toBe('b')
  })

  test('a late failure ends no later call', async () => {
    const { calls, find } = pendingCalls()
    const letter = finder(find)
    const first = expect(letter()).rejects.toMatchObject({ code: 'ERR_SECRET_UNAVAILABLE' })
    await vi.advanceTimersByTimeAsync(6000)
    await first
    const second = letter()
    calls[0]?.reject(new Error('no vault'))
    await vi.advanceTimersByTimeAsync(0)
    const third = letter()
    expect(calls).toHaveLength(2)
    calls[1]?.resolve('b')
    expect(await Promise.all([second, third])).toEqual(['b', 'b'])
  })

  test('leaves no timer behind', async () => {
    await finder(() => Promise.resolve('a'))()
    expect(vi.getTimerCount()).toBe(0)
  })
})
