import { cacheStoreContract } from '@token-introspection/testing'
import { describe, expect, test } from 'vitest'
import type { CacheEntry } from './cache-store.ts'
import { MemoryCacheStore } from './memory-cache-store.ts'

const entry = (active: boolean): CacheEntry => ({
  response: { active },
  askedAtMs: 1,
  expiresAtMs: 2,
})

/** This store gets the position and the keys as an argument of its own, and keeps numbers instead. */
const cases = cacheStoreContract().filter(({ title }) => !title.startsWith('keeps where an answer was read'))

describe('MemoryCacheStore', () => {
  test.each(cases)('$title', async ({ run }) => {
    await run(new MemoryCacheStore({ maxEntries: 100, inactiveMaxEntries: 100 }))
  })

  test('drops an active answer that was not used', () => {
    const store = new MemoryCacheStore({ maxEntries: 2, inactiveMaxEntries: 2 })
    store.set('a', entry(true))
    store.set('b', entry(true))
    store.get('a')
    store.set('c', entry(true))
    expect([store.get('a'), store.get('b'), store.get('c')].map(Boolean)).toEqual([true, false, true])
  })

  test('drops an answer that was only looked at', () => {
    const store = new MemoryCacheStore({ maxEntries: 2, inactiveMaxEntries: 2 })
    store.set('a', entry(true))
    store.set('b', entry(true))
    expect([store.peek('a'), store.peek('x')]).toEqual([entry(true), undefined])
    store.get('b')
    store.set('c', entry(true))
    expect([store.get('a'), store.get('b'), store.get('c')].map(Boolean)).toEqual([false, true, true])
  })

  test('drops an expired answer before an unused one', () => {
    const store = new MemoryCacheStore({ maxEntries: 2, inactiveMaxEntries: 2 })
    store.set('a', { ...entry(true), askedAtMs: 10, expiresAtMs: 15 })
    store.set('b', { ...entry(true), askedAtMs: 10, expiresAtMs: 20 })
    store.get('a')
    store.set('c', { ...entry(true), askedAtMs: 15, expiresAtMs: 25 })
    expect([store.get('a'), store.get('b'), store.get('c')].map(Boolean)).toEqual([false, true, true])
  })

  test('drops no active answer when very many inactive ones arrive', () => {
    const store = new MemoryCacheStore({ maxEntries: 2, inactiveMaxEntries: 3 })
    store.set('a', entry(true))
    for (let index = 0; index < 1000; index++) store.set(`bad-${index}`, entry(false))
    expect(store.get('a')).toMatchObject({ response: { active: true }, askedAtMs: 1, expiresAtMs: 2 })
    expect(store.size).toBe(4)
  })

  test('keeps each answer while it gets places for more', () => {
    const store = new MemoryCacheStore<number>({ maxEntries: 5000, inactiveMaxEntries: 2 })
    for (let index = 0; index < 5000; index++) {
      store.set(`token-${index}`, {
        ...entry(true),
        askedAtMs: index + 1,
        expiresAtMs: 9000 + index,
        isLocal: index % 2 === 1,
      })
      store.remember(`token-${index}`, index)
    }
    const kept = Array.from({ length: 5000 }, (_, index) => [
      store.active.recall(`token-${index}`, 8000, 0),
      store.peek(`token-${index}`)?.askedAtMs,
      store.peek(`token-${index}`)?.isLocal === true,
    ])
    expect(kept).toEqual(kept.map((_, index) => [index, index + 1, index % 2 === 1]))
  })

  test('keeps one answer per key, the newest, active or inactive', () => {
    const store = new MemoryCacheStore({ maxEntries: 2, inactiveMaxEntries: 2 })
    for (const active of [true, false, true]) {
      store.set('a', entry(active))
      expect(store.get('a')?.response.active).toBe(active)
      expect(store.size).toBe(1)
    }
  })
})
