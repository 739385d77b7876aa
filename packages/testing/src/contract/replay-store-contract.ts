/** What every replay store must do, written once and run against each of them. */
import type { ReplayStore } from '@token-introspection/server'
import { type ContractCase, expectEqual } from './contract-case.ts'

/** 2100-01-01: nothing of these cases may be forgotten while they run. */
const LATER = 4_102_444_800
/** Who uses what the cases use: a digest, as owners are. */
const OWNER = newKey()

/** What a suite is told about the store. */
export interface ReplayStoreContractOptions {
  /**
   * Keys that one owner may hold at most in the store. Give it for a store that has such a bound, and make the bound small but
   * at least 1200, because the suite fills it. Without it the suite does not look for a bound.
   */
  readonly maxKeysPerOwner?: number | undefined
}

/**
 * The contract of the `ReplayStore` seam, one case per promise. The cases use keys of their own, new ones in every run, so
 * one store may serve all of them and need not be empty.
 *
 * @returns the cases, in no order that matters.
 *
 * @example
 * ```ts
 * import { createMemoryReplayStore } from '@token-introspection/server'
 * import { replayStoreContract } from '@token-introspection/testing'
 * import { describe, test } from 'vitest'
 *
 * describe('my replay store', () => {
 *   for (const { title, run } of replayStoreContract()) {
 *     test(title, () => run(createMemoryReplayStore())) // your store here
 *   }
 * })
 * ```
 */
export function replayStoreContract(options: ReplayStoreContractOptions = {}): readonly ContractCase<ReplayStore>[] {
  const { maxKeysPerOwner } = options
  return maxKeysPerOwner === undefined ? CASES : [...CASES, boundCase(maxKeysPerOwner)]
}

/** What one owner sends does not take the room of another. */
function boundCase(maxKeysPerOwner: number): ContractCase<ReplayStore> {
  return {
    title: 'bounds the keys of one owner, forgets none of them, and takes those of another meanwhile',
    async run(store) {
      const [greedy, good] = [newKey(), newKey()]
      const keys = Array.from({ length: maxKeysPerOwner + 1 }, newKey)
      const remember = async (key: string): Promise<boolean> => await store.remember(key, LATER, greedy)
      const taken = (await Promise.allSettled(keys.map(remember))).map(({ status }) => status === 'fulfilled')
      expectEqual(taken.includes(false), true, `whether a key beyond ${maxKeysPerOwner} of one owner is refused`)
      expectEqual(await store.remember(newKey(), LATER, good), true, 'a new key of another owner')
      const again = await Promise.all(keys.filter((_, index) => taken[index]).map(remember))
      expectEqual(again.includes(true), false, 'whether a key from before is new')
    },
  }
}

const CASES: readonly ContractCase<ReplayStore>[] = [
  {
    title: 'says of a key it never saw that it is new',
    async run(store) {
      expectEqual(await store.remember(newKey(), LATER, OWNER), true, 'a new key')
    },
  },
  {
    title: 'says of a key it remembers that it is not new, every time',
    async run(store) {
      const key = newKey()
      await store.remember(key, LATER, OWNER)
      expectEqual(await store.remember(key, LATER, OWNER), false, 'the second time')
      expectEqual(await store.remember(key, LATER + 60, OWNER), false, 'the third time, with another expiry')
    },
  },
  {
    title: 'tells keys apart by case and by one character',
    async run(store) {
      const key = newKey()
      for (const other of [`${key}a`, `${key}A`, `${key}b`, key]) {
        expectEqual(await store.remember(other, LATER, OWNER), true, `the key ${other}`)
      }
    },
  },
  {
    title: 'lets one of many win who remember a key at the same time',
    async run(store) {
      const key = newKey()
      const answers = await Promise.all(Array.from({ length: 50 }, async () => store.remember(key, LATER, OWNER)))
      expectEqual(answers.filter((isNew) => isNew).length, 1, 'how many were told that the key is new')
    },
  },
  {
    title: 'remembers a thousand keys at once',
    async run(store) {
      const keys = Array.from({ length: 1000 }, newKey)
      const remember = async (key: string): Promise<boolean> => await store.remember(key, LATER, OWNER)
      await Promise.all(keys.map(remember))
      expectEqual((await Promise.all(keys.map(remember))).includes(true), false, 'whether a remembered key is new')
    },
  },
  {
    title: 'still remembers a key right before it expires',
    async run(store) {
      const key = newKey()
      const expiresAt = Math.ceil(Date.now() / 1000) + 2
      await store.remember(key, expiresAt, OWNER)
      expectEqual(await store.remember(key, expiresAt, OWNER), false, 'a key that expires in a second or two')
    },
  },
]

/** 43 characters of base64url, as keys are. */
function newKey(): string {
  const octets = crypto.getRandomValues(new Uint8Array(32))
  return btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
