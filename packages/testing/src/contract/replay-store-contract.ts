/** What every replay store must do. The cases run against each store. */
import type { ReplayStore } from '@token-introspection/server'
import { type ContractCase, expectEqual } from './contract-case.ts'

/** 2100-01-01 in seconds: the store may forget no key of these cases while they run. */
const LATER = 4_102_444_800
/** The owner of the keys that the cases use. Owners are digests. */
const OWNER = newKey()

/** What the suite has to know about the store. */
export interface ReplayStoreContractOptions {
  /**
   * The largest number of keys that the store keeps for one owner. The suite then fills the store to this bound, so set the
   * bound of the store small, but at least 1200. Default `undefined`: the suite tests no bound.
   */
  readonly maxKeysPerOwner?: number | undefined
}

/**
 * The contract of the `ReplayStore` seam, one case per rule. The cases use new keys in every run, so one store can serve
 * all of them and need not be empty.
 *
 * @returns the cases. Their order does not matter.
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

/** The keys of one owner must not use up the room of another. */
function boundCase(maxKeysPerOwner: number): ContractCase<ReplayStore> {
  return {
    title: 'limits the keys of one owner without forgetting any, and still accepts keys of another owner',
    async run(store) {
      const [greedy, good] = [newKey(), newKey()]
      const keys = Array.from({ length: maxKeysPerOwner + 1 }, newKey)
      const remember = async (key: string): Promise<boolean> => await store.remember(key, LATER, greedy)
      const taken = (await Promise.allSettled(keys.map(remember))).map(({ status }) => status === 'fulfilled')
      expectEqual(taken.includes(false), true, `whether one of ${maxKeysPerOwner + 1} keys of one owner is refused`)
      expectEqual(await store.remember(newKey(), LATER, good), true, 'a new key of another owner')
      const again = await Promise.all(keys.filter((_, index) => taken[index]).map(remember))
      expectEqual(again.includes(true), false, 'whether a remembered key is new')
    },
  }
}

const CASES: readonly ContractCase<ReplayStore>[] = [
  {
    title: 'says that an unknown key is new',
    async run(store) {
      expectEqual(await store.remember(newKey(), LATER, OWNER), true, 'a new key')
    },
  },
  {
    title: 'says every time that a remembered key is not new',
    async run(store) {
      const key = newKey()
      await store.remember(key, LATER, OWNER)
      expectEqual(await store.remember(key, LATER, OWNER), false, 'the second time')
      expectEqual(await store.remember(key, LATER + 60, OWNER), false, 'the third time, with another expiry')
    },
  },
  {
    title: 'distinguishes keys by case and by one character',
    async run(store) {
      const key = newKey()
      for (const other of [`${key}a`, `${key}A`, `${key}b`, key]) {
        expectEqual(await store.remember(other, LATER, OWNER), true, `the key ${other}`)
      }
    },
  },
  {
    title: 'says "new" once when many calls remember one key at the same time',
    async run(store) {
      const key = newKey()
      const answers = await Promise.all(Array.from({ length: 50 }, async () => store.remember(key, LATER, OWNER)))
      expectEqual(answers.filter((isNew) => isNew).length, 1, 'how many calls were told that the key is new')
    },
  },
  {
    title: 'remembers a thousand keys at the same time',
    async run(store) {
      const keys = Array.from({ length: 1000 }, newKey)
      const remember = async (key: string): Promise<boolean> => await store.remember(key, LATER, OWNER)
      await Promise.all(keys.map(remember))
      expectEqual((await Promise.all(keys.map(remember))).includes(true), false, 'whether a remembered key is new')
    },
  },
  {
    title: 'remembers a key until it expires',
    async run(store) {
      const key = newKey()
      const expiresAt = Math.ceil(Date.now() / 1000) + 2
      await store.remember(key, expiresAt, OWNER)
      expectEqual(await store.remember(key, expiresAt, OWNER), false, 'a key that expires in a second or two')
    },
  },
]

/** 43 characters of base64url, like the keys of the server. */
function newKey(): string {
  const octets = crypto.getRandomValues(new Uint8Array(32))
  return btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
