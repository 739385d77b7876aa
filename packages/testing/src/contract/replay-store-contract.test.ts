import { describe, expect, test } from 'vitest'
import type { ReplayStore } from '@token-introspection/server'
import { replayStoreContract } from './replay-store-contract.ts'

/** Stores that are wrong in one way each. */
const WRONG: readonly [title: string, create: () => ReplayStore][] = [
  ['takes everything', () => ({ remember: () => true })],
  ['takes nothing', () => ({ remember: () => false })],
  ['forgets after one question', () => forgetful((seen, key) => !seen.delete(key) && Boolean(seen.add(key)))],
  ['folds case', () => forgetful((seen, key) => !seen.has(key.toLowerCase()) && Boolean(seen.add(key.toLowerCase())))],
  [
    'looks before it writes',
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
    'keeps a hundred keys',
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
  test.each(WRONG)('catches a store that %s', async (_, create) => {
    const outcomes = await Promise.allSettled(replayStoreContract().map(({ run }) => run(create())))
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true)
  })
})
