import type { CacheEntry, CacheStore } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { cacheStoreContract } from './cache-store-contract.ts'

function createStore(overrides: (entries: Map<string, CacheEntry>) => Partial<CacheStore> = () => ({})): CacheStore {
  const entries = new Map<string, CacheEntry>()
  return {
    get: (key) => entries.get(key),
    set: (key, entry) => void entries.set(key, entry),
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
    ...overrides(entries),
  }
}

/** Stores that are wrong in one way each. */
const WRONG: readonly [title: string, create: () => CacheStore][] = [
  ['keeps nothing', () => createStore(() => ({ set: () => undefined }))],
  ['never forgets', () => createStore(() => ({ delete: () => undefined }))],
  ['is not cleared', () => createStore(() => ({ clear: () => undefined }))],
  ['clears for one key', () => createStore((entries) => ({ delete: () => entries.clear() }))],
  [
    'keeps the first entry',
    () => createStore((entries) => ({ set: (key, entry) => void (entries.has(key) || entries.set(key, entry)) })),
  ],
  [
    'drops inactive answers',
    () => createStore((entries) => ({ set: (key, entry) => void (entry.response.active && entries.set(key, entry)) })),
  ],
  [
    'folds case',
    () =>
      createStore((entries) => ({
        get: (key) => entries.get(key.toLowerCase()),
        set: (key, entry) => void entries.set(key.toLowerCase(), entry),
        delete: (key) => void entries.delete(key.toLowerCase()),
      })),
  ],
  ['stops at the dot', () => createStore((entries) => ({ get: (key) => entries.get(key.split('.', 1)[0] as string) }))],
  [
    'takes the time of keeping for that of asking',
    () =>
      createStore((entries) => ({ set: (key, entry) => void entries.set(key, { ...entry, askedAtMs: Date.now() }) })),
  ],
  [
    'forgets a token, and keeps an answer that was under way',
    () => createStore((entries) => ({ forget: (key) => void entries.delete(key) })),
  ],
]

describe('cacheStoreContract', () => {
  test.each(cacheStoreContract())('is met by a Map: $title', async ({ run }) => {
    await run(createStore())
  })

  test.each(WRONG)('catches a store that %s', async (_, create) => {
    const outcomes = await Promise.allSettled(cacheStoreContract().map(({ run }) => run(create())))
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true)
  })
})
