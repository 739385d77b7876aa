import { describe, expect, test } from 'vitest'
import type { ReplayStore } from '@token-introspection/server'
import { replayStoreContract } from './replay-store-contract.ts'

/** Stores that each break the contract in one way. */
const WRONG: readonly [title: string, create: () => ReplayStore][] = [
  ['says that every key is new', () => ({ remember: () => true })],
  ['says that no key is new', () => ({ remember: () => false })],
  [
    'forgets a key when it is asked about it',
    () => forgetful((seen, key) => !seen.delete(key) && Boolean(seen.add(key))),
  ],
  [
    'ignores the case of keys',
    () => forgetful((seen, key) => !seen.has(key.toLowerCase()) && Boolean(seen.add(key.toLowerCase()))),
  ],
  [
    'reads, waits and then writes',
    () => {
      const seen = new Set<string>()
      return {
        async remember(key) {
          const known = seen.has(key)
          await Promise.resolve()
          seen.add(key)
          return !known
        },
      }
    },
  ],
  [
    'remembers only a hundred keys',
    () =>
      forgetful((seen, key) => {
        if (seen.has(key)) return false
        if (seen.size >= 100) seen.clear()
        seen.add(key)
        return true
      }),
  ],
]

function forgetful(remember: (seen: Set<string>, key: string) => boolean): ReplayStore {
  const seen = new Set<string>()
  return { remember: (key) => remember(seen, key) }
}

describe('replayStoreContract', () => {
  test.each(WRONG)('a store that %s fails', async (_, create) => {
    const outcomes = await Promise.allSettled(replayStoreContract().map(({ run }) => run(create())))
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true)
  })
})
