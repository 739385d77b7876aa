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

/** Stores that each break the contract in one way. */
const WRONG: readonly [title: string, create: () => CacheStore][] = [
  ['stores nothing', () => createStore(() => ({ set: () => undefined }))],
  ['never deletes', () => createStore(() => ({ delete: () => undefined }))],
  ['does nothing on clear()', () => createStore(() => ({ clear: () => undefined }))],
  ['deletes every key instead of one', () => createStore((entries) => ({ delete: () => entries.clear() }))],
  [
    'keeps the first entry of a key instead of the newest',
    () => createStore((entries) => ({ set: (key, entry) => void (entries.has(key) || entries.set(key, entry)) })),
  ],
  [
    'drops inactive answers',
    () => createStore((entries) => ({ set: (key, entry) => void (entry.response.active && entries.set(key, entry)) })),
  ],
  [
    'drops the keys of revocations',
    () =>
      createStore((entries) => ({
        set: (key, entry) => void entries.set(key, { ...entry, readAt: undefined, revocationKeys: undefined }),
      })),
  ],
  [
    'drops whether an answer was made from a JWT',
    () => createStore((entries) => ({ set: (key, entry) => void entries.set(key, { ...entry, isLocal: undefined }) })),
  ],
  [
    'ignores the case of keys',
    () =>
      createStore((entries) => ({
        get: (key) => entries.get(key.toLowerCase()),
        set: (key, entry) => void entries.set(key.toLowerCase(), entry),
        delete: (key) => void entries.delete(key.toLowerCase()),
      })),
  ],
  [
    'cuts keys at the first dot',
    () => createStore((entries) => ({ get: (key) => entries.get(key.split('.', 1)[0] as string) })),
  ],
  [
    'takes the time of storing for the time of asking',
    () =>
      createStore((entries) => ({ set: (key, entry) => void entries.set(key, { ...entry, askedAtMs: Date.now() }) })),
  ],
  [
    'forgets a token, but keeps an answer that was asked for before',
    () => createStore((entries) => ({ forget: (key) => void entries.delete(key) })),
  ],
]

describe('cacheStoreContract', () => {
  test.each(cacheStoreContract())('a Map passes: $title', async ({ run }) => {
    await run(createStore())
  })

  test.each(WRONG)('a store that %s fails', async (_, create) => {
    const outcomes = await Promise.allSettled(cacheStoreContract().map(({ run }) => run(create())))
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true)
  })
})
