/** What every cache store must do. The cases run against each store. */
import type { CacheEntry, CacheStore } from '@token-introspection/client'
import { type ContractCase, expectEqual } from './contract-case.ts'

/** 2100-01-01 in milliseconds: no entry of these cases may expire while they run. */
const LATER_MS = 4_102_444_800_000

/**
 * The contract of the `CacheStore` seam, one case per rule. One case clears the store, so give each case a store of its
 * own, or run the cases one after the other.
 *
 * @returns the cases. Their order does not matter.
 *
 * @example
 * ```ts
 * import type { CacheStore } from '@token-introspection/client'
 * import { cacheStoreContract } from '@token-introspection/testing'
 * import { describe, test } from 'vitest'
 *
 * export function testCacheStore(create: () => CacheStore): void {
 *   describe('my cache store', () => {
 *     for (const { title, run } of cacheStoreContract()) test(title, () => run(create()))
 *   })
 * }
 * ```
 */
export function cacheStoreContract(): readonly ContractCase<CacheStore>[] {
  return CASES
}

const CASES: readonly ContractCase<CacheStore>[] = [
  {
    title: 'finds nothing for an unknown key',
    async run(store) {
      await expectNothing(store, newKey(), 'a new key')
    },
  },
  {
    title: 'returns an entry as it was stored, with extension members and times',
    async run(store) {
      const key = newKey()
      await store.set(key, ENTRY)
      expectEqual(dataOf(await store.get(key)), dataOf(ENTRY), 'the entry')
    },
  },
  {
    title: 'keeps where an answer was read and the keys of its revocations, or drops the entry',
    async run(store) {
      const key = newKey()
      await store.set(key, { ...ENTRY, ...FOLLOWED })
      const entry = await store.get(key)
      const { readAt, revocationKeys } = entry ?? FOLLOWED
      expectEqual({ readAt, revocationKeys }, FOLLOWED, 'the position and the keys')
    },
  },
  {
    title: 'says of an answer that was made from a JWT that it was, or drops the entry',
    async run(store) {
      const key = newKey()
      await store.set(key, { ...ENTRY, isLocal: true })
      expectEqual(((await store.get(key)) ?? { isLocal: true }).isLocal, true, 'isLocal')
    },
  },
  {
    title: 'stores inactive answers as well',
    async run(store) {
      const key = newKey()
      const entry: CacheEntry = { ...ENTRY, response: { active: false } }
      await store.set(key, entry)
      expectEqual(dataOf(await store.get(key)), dataOf(entry), 'the entry')
    },
  },
  {
    title: 'returns the newest entry of a key, active or inactive',
    async run(store) {
      const key = newKey()
      for (const active of [true, false, true]) {
        const entry = { ...ENTRY, response: active ? ENTRY.response : { active: false as const } }
        await store.set(key, entry)
        expectEqual(dataOf(await store.get(key)), dataOf(entry), `the entry that is ${active ? 'active' : 'inactive'}`)
      }
    },
  },
  {
    title: 'distinguishes keys by case, by one character and by the part after a dot',
    async run(store) {
      const key = newKey()
      await store.set(`${key}a`, ENTRY)
      for (const other of [key, `${key}A`, `${key}b`, `${key}a.${key}`]) await expectNothing(store, other, other)
    },
  },
  {
    title: 'deletes one key and no other, and accepts a key it does not have',
    async run(store) {
      const [key, other] = [newKey(), newKey()]
      await store.set(key, ENTRY)
      await store.set(other, ENTRY)
      await store.delete(key)
      await store.delete(newKey())
      await expectNothing(store, key, 'the deleted key')
      expectEqual(dataOf(await store.get(other)), dataOf(ENTRY), 'the other key')
    },
  },
  {
    title: 'with forget(), drops every entry of a token and refuses answers that were asked for before',
    async run(store) {
      if (store.forget === undefined) return
      const [key, other] = [newKey(), newKey()]
      const variant = `${key}.${newKey()}`
      const earlier: CacheEntry = { ...ENTRY, askedAtMs: minuteFromNow(-1) }
      await store.set(variant, earlier)
      await store.forget(key)
      for (const name of [key, variant]) {
        await expectNothing(store, name, 'a forgotten token')
        await store.set(name, earlier)
        await expectNothing(store, name, 'an answer that was asked for before the token was forgotten')
      }
      await store.set(other, earlier)
      expectEqual(dataOf(await store.get(other)), dataOf(earlier), 'the answer about another token')
      const later: CacheEntry = { ...ENTRY, askedAtMs: minuteFromNow(2) }
      await store.set(key, later)
      expectEqual(
        dataOf(await store.get(key)),
        dataOf(later),
        'an answer that was asked for after the token was forgotten',
      )
    },
  },
  {
    title: 'drops every entry on clear(), and stores entries afterwards',
    async run(store) {
      const [key, other] = [newKey(), newKey()]
      await store.set(key, ENTRY)
      await store.set(other, { ...ENTRY, response: { active: false } })
      await store.clear()
      await expectNothing(store, key, 'the active entry')
      await expectNothing(store, other, 'the inactive entry')
      const later: CacheEntry = { ...ENTRY, askedAtMs: minuteFromNow(2) }
      await store.set(key, later)
      expectEqual(dataOf(await store.get(key)), dataOf(later), 'an entry stored after clear()')
    },
  },
]

const ENTRY: CacheEntry = {
  response: {
    active: true,
    sub: 'älice',
    aud: ['urn:a', 'urn:b'],
    exp: LATER_MS / 1000,
    cnf: { jkt: 'x' },
    'https://example.com/nested': { list: [1, null, { deep: true }] },
  },
  askedAtMs: 1_764_000_000_000,
  expiresAtMs: LATER_MS,
}

/** What an entry has in addition if its client follows a feed of revocations. */
const FOLLOWED = { readAt: '41.Zk9lYWVhZWFl', revocationKeys: ['xD5wWzhEDkBb2_iP', 'sM2pKATvsQXerrIZ'] }

/** A whole minute, because a store with a clock of its own converts the times. */
function minuteFromNow(minutes: number): number {
  return (Math.floor(Date.now() / 60_000) + minutes) * 60_000
}

/** The entry with its times rounded to the minute, because a store with a clock of its own converts them. */
function dataOf(entry: CacheEntry | null | undefined): unknown {
  return entry && { response: entry.response, asked: toMinutes(entry.askedAtMs), expires: toMinutes(entry.expiresAtMs) }
}

function toMinutes(ms: number): number {
  return Math.round(ms / 60_000)
}

async function expectNothing(store: CacheStore, key: string, what: string): Promise<void> {
  const entry = await store.get(key)
  // Some databases return `null`.
  if (entry !== undefined && entry !== null) throw new Error(`${what}: expected nothing, got an entry`)
}

/** 43 characters of base64url, like the keys of the client. */
function newKey(): string {
  const octets = crypto.getRandomValues(new Uint8Array(32))
  return btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
