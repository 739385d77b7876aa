import { expect, test, vi } from 'vitest'
import { SameSecond } from './same-second.ts'

const now = 1_764_000_000

test('makes a value once per second for any number of callers, finished or not', async () => {
  const made = new SameSecond<object>(10)
  const make = vi.fn(() => Promise.resolve({}))
  const both = await Promise.all([made.get(now, 'a', make), made.get(now, 'a', make)])
  expect(both[0]).toBe(both[1])
  expect(await made.get(now, 'a', make)).toBe(both[0])
  expect(make).toHaveBeenCalledTimes(1)
})

test('makes it again for another key, in another second, and in an earlier second', async () => {
  const made = new SameSecond<object>(10)
  const make = vi.fn(() => Promise.resolve({}))
  for (const [second, key] of [
    [now, 'a'],
    [now, 'b'],
    [now + 1, 'a'],
    [now, 'a'],
  ] as const)
    await made.get(second, key, make)
  expect(make).toHaveBeenCalledTimes(4)
})

test('does not remember a failure, and rejects for every waiting caller', async () => {
  const made = new SameSecond<object>(10)
  const fail = vi.fn(() => Promise.reject(new Error('no')))
  const waiting = [made.get(now, 'a', fail), made.get(now, 'a', fail)]
  await expect(waiting[0]).rejects.toThrow('no')
  await expect(waiting[1]).rejects.toThrow('no')
  expect(fail).toHaveBeenCalledTimes(1)
  await expect(made.get(now, 'a', () => Promise.resolve({}))).resolves.toEqual({})
})

test('a failure does not remove a newer value', async () => {
  const made = new SameSecond<string>(10)
  const failing = Promise.withResolvers<string>()
  const first = made.get(now, 'a', () => failing.promise)
  await made.get(now + 1, 'a', () => Promise.resolve('later'))
  failing.reject(new Error('no'))
  await expect(first).rejects.toThrow('no')
  expect(await made.get(now + 1, 'a', () => Promise.resolve('again'))).toBe('later')
})

test('forgets all values when their number would exceed the limit', async () => {
  const made = new SameSecond<string>(2)
  const get = (key: string, value = key) => made.get(now, key, () => Promise.resolve(value))
  await get('a')
  await get('b')
  expect(await get('a', 'a again')).toBe('a')
  expect(await get('c')).toBe('c')
  expect(await get('a', 'a again')).toBe('a again')
  expect(await get('c', 'c again')).toBe('c')
})
