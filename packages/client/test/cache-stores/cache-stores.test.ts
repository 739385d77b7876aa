import { clientSecretBasic, type CacheEntry, type CacheStore, IntrospectionClient } from '@token-introspection/client'
import { createEncryptedCacheStore, createTieredCacheStore } from '@token-introspection/client/cache-stores'
import { cacheStoreContract } from '@token-introspection/testing'
import { describe, expect, onTestFinished, test } from 'vitest'

const SECRET = 'an encryption secret of 32 letters'
const OTHER = 'another encryption secret, as long'
const KEY_SECRET = 'the same for every process of this'
const ENTRY: CacheEntry = {
  response: { active: true, sub: 'alice', scope: 'orders:read' },
  askedAtMs: 1000,
  expiresAtMs: 4_102_444_800_000,
  readAt: '41.Zk9lYWVhZWFl',
  revocationKeys: ['xD5wWzhEDkBb2_iP'],
  isLocal: true,
}

const tokenOf = (key: string): string => key.split('.', 1)[0] as string

/** A store in memory that can forget, and counts its reads. */
function createSharedStore() {
  const entries = new Map<string, CacheEntry>()
  const marks = new Map<string, number>()
  const reads: string[] = []
  const store = {
    get: (key: string): CacheEntry | undefined | Promise<CacheEntry | undefined> => {
      reads.push(key)
      return entries.get(key)
    },
    set: (key: string, entry: CacheEntry): void | Promise<void> => {
      if (entry.askedAtMs > (marks.get(tokenOf(key)) ?? 0)) entries.set(key, entry)
    },
    delete: (key: string): void => void entries.delete(key),
    forget: (key: string): void => {
      marks.set(key, Date.now())
      for (const known of entries.keys()) if (tokenOf(known) === key) entries.delete(known)
    },
    clear: (): void => entries.clear(),
  } satisfies CacheStore
  return { store, entries, reads }
}

/** The same store without the optional method. */
function withoutForget(store: CacheStore): CacheStore {
  return {
    get: (key) => store.get(key),
    set: (key, entry) => store.set(key, entry),
    delete: (key) => store.delete(key),
    clear: () => store.clear(),
  }
}

describe.each<[string, (store: CacheStore) => CacheStore]>([
  ['in two tiers', (store) => createTieredCacheStore({ store })],
  ['encrypted', (store) => createEncryptedCacheStore({ store, secrets: [SECRET] })],
  [
    'in two tiers, encrypted in the shared one',
    (store) => createTieredCacheStore({ store: createEncryptedCacheStore({ store, secrets: [SECRET] }) }),
  ],
])('a store %s', (_what, wrap) => {
  test.each(cacheStoreContract())('$title', ({ run }) => run(wrap(createSharedStore().store)))
  test.each(cacheStoreContract())('without forget() below: $title', ({ run }) =>
    run(wrap(withoutForget(createSharedStore().store))),
  )

  test('has forget() only if the store below has it', () => {
    expect('forget' in wrap(createSharedStore().store)).toBe(true)
    expect('forget' in wrap(withoutForget(createSharedStore().store))).toBe(false)
  })

  test('keeps every member of an entry', async () => {
    const store = wrap(createSharedStore().store)
    await store.set('key', ENTRY)
    for (let read = 0; read < 2; read++) expect(await store.get('key')).toEqual(ENTRY)
  })
})

/** A store in two tiers, with a clock that the test sets. */
function createTiers(shared: CacheStore, maxEntries?: number) {
  const clock = { nowMs: 5000 }
  return { clock, store: createTieredCacheStore({ store: shared, nearSeconds: 2, maxEntries, now: () => clock.nowMs }) }
}

describe('a store in two tiers', () => {
  test('reads the shared store once, and again when the time in memory is over', async () => {
    const { store: shared, reads } = createSharedStore()
    const { clock, store } = createTiers(shared)
    await store.set('key', ENTRY)
    for (const nowMs of [5000, 5001, 6999]) {
      clock.nowMs = nowMs
      expect(await store.get('key')).toBe(await shared.get('key'))
    }
    expect(reads.filter((key) => key === 'key')).toHaveLength(3 + 1)
    clock.nowMs = 7000
    await store.get('key')
    expect(reads).toHaveLength(3 + 2)
  })

  test('keeps each of very many entries in memory', async () => {
    const { store: shared, reads } = createSharedStore()
    const { store } = createTiers(shared, 3000)
    const keys = Array.from({ length: 3000 }, (_, index) => `key-${index}`)
    for (const key of keys) {
      await store.set(key, { ...ENTRY, askedAtMs: 1 + Number(key.slice(4)) })
      await store.get(key)
    }
    reads.length = 0
    expect(keys.map((key) => (store.get(key) as CacheEntry).askedAtMs)).toEqual(keys.map((_, index) => index + 1))
    expect(reads).toEqual([])
  })

  test('returns an entry in memory without a promise', async () => {
    const { store: shared } = createSharedStore()
    const { store } = createTiers({ ...shared, get: async (key) => shared.get(key) })
    await store.set('key', ENTRY)
    await store.get('key')
    expect(store.get('key')).toEqual(ENTRY)
  })

  test('uses nothing from memory after the clock was set back', async () => {
    const { store: shared, reads } = createSharedStore()
    const { clock, store } = createTiers(shared)
    await store.set('key', ENTRY)
    await store.get('key')
    clock.nowMs = 4999
    await store.get('key')
    expect(reads).toHaveLength(2)
  })

  test('notices after nearSeconds what another process forgot', async () => {
    const { store: shared } = createSharedStore()
    const { clock, store } = createTiers(shared)
    await store.set('key', ENTRY)
    await store.get('key')
    shared.forget('key')
    expect(store.get('key')).toEqual(ENTRY)
    clock.nowMs = 7000
    expect(await store.get('key')).toBeUndefined()
  })

  test('keeps nothing that the shared store refused to store', async () => {
    const { store: shared } = createSharedStore()
    const { store } = createTiers(shared)
    shared.forget('key')
    await store.set('key', ENTRY)
    expect(await store.get('key')).toBeUndefined()
  })

  test.each<[string, (store: CacheStore) => unknown]>([
    ['set', (store) => store.set('key', { ...ENTRY, response: { active: false } })],
    ['delete', (store) => store.delete('key')],
    ['forget', (store) => store.forget?.('key')],
    ['clear', (store) => store.clear()],
  ])('does not keep what was read before %s', async (_name, change) => {
    const { store: shared, entries } = createSharedStore()
    const reading = Promise.withResolvers<CacheEntry | undefined>()
    let isFirst = true
    const { store } = createTiers({
      ...shared,
      get: (key) => {
        if (!isFirst) return entries.get(key)
        isFirst = false
        return reading.promise
      },
    })
    const read = store.get('key')
    await change(store)
    reading.resolve(ENTRY)
    await read
    expect((await store.get('key'))?.response.active).not.toBe(true)
  })

  test.each<[string, keyof CacheStore, (store: CacheStore) => unknown]>([
    ['set', 'set', (store) => store.set('key', { ...ENTRY, response: { active: false } })],
    ['delete', 'delete', (store) => store.delete('key')],
    ['forget', 'forget', (store) => store.forget?.('key')],
    ['clear', 'clear', (store) => store.clear()],
  ])('does not keep what was read while %s was under way', async (_name, method, change) => {
    const { store: shared, entries } = createSharedStore()
    entries.set('key', ENTRY)
    const changing = Promise.withResolvers<void>()
    const { store } = createTiers({ ...shared, [method]: () => changing.promise })
    const changed = change(store)
    expect(await store.get('key')).toEqual(ENTRY)
    entries.delete('key')
    changing.resolve()
    await changed
    expect(await store.get('key')).toBeUndefined()
  })

  test('keeps again after a change that failed, in either way', async () => {
    const { store: shared, entries, reads } = createSharedStore()
    entries.set('key', ENTRY)
    const { store } = createTiers({
      ...shared,
      delete: () => Promise.reject(new Error('lost')),
      clear: () => {
        throw new Error('lost')
      },
    })
    await expect(store.delete('key')).rejects.toThrow('lost')
    expect(() => store.clear()).toThrow('lost')
    await store.get('key')
    await store.get('key')
    expect(reads).toHaveLength(1)
  })

  test('drops every entry of a token at once', async () => {
    const { store: shared, reads } = createSharedStore()
    const { store } = createTiers(shared)
    for (const key of ['a', 'a.b', 'a.c', 'd']) {
      await store.set(key, ENTRY)
    }
    for (const key of ['a', 'a.b', 'a.c', 'd']) await store.get(key)
    await store.forget?.('a')
    reads.length = 0
    for (const key of ['a', 'a.b', 'a.c', 'd']) await store.get(key)
    expect(reads).toEqual(['a', 'a.b', 'a.c'])
  })

  test('keeps as many tokens as maxEntries says, and no entry of a token that had to go', async () => {
    const { store: shared, entries, reads } = createSharedStore()
    const { store } = createTiers(shared, 2)
    const sub = async (key: string) => ((await store.get(key))?.response as { sub?: string } | undefined)?.sub
    for (const key of ['a', 'b', 'c', 'd', 'e']) entries.set(key, { ...ENTRY, response: { active: true, sub: key } })
    for (const key of ['a', 'b', 'c', 'd', 'e']) expect(await sub(key)).toBe(key)
    reads.length = 0
    for (const key of ['a', 'b', 'c', 'd', 'e']) expect(await sub(key)).toBe(key)
    expect(reads.length).toBeGreaterThanOrEqual(3)
  })

  test('drops a token that was not used before one that was', async () => {
    const { store: shared, entries, reads } = createSharedStore()
    const { store } = createTiers(shared, 5)
    const keys = ['a', 'b', 'c', 'd', 'e', 'f']
    for (const key of keys) entries.set(key, ENTRY)
    for (const key of ['a', 'b', 'c', 'd', 'e', 'a', 'f']) await store.get(key)
    reads.length = 0
    for (const key of ['a', 'b']) await store.get(key)
    expect(reads).toEqual(['b'])
  })

  test('is not broken by a clock that forgets a token whenever it is read', async () => {
    for (let last = 1; last <= 8; last += 1) {
      const { store, entries } = createSharedStore()
      let reads = Number.NEGATIVE_INFINITY
      const now = () => {
        reads += 1
        if (reads === last) void tiered.delete('a')
        return 1000
      }
      const tiered = createTieredCacheStore({ store, maxEntries: 2, now })
      for (const key of ['a', 'b', 'c']) entries.set(key, { ...ENTRY, readAt: key })
      await tiered.get('a')
      await tiered.get('b')
      reads = 0
      expect(await tiered.get('c')).toMatchObject({ readAt: 'c' })
      const isForgotten = reads >= last
      reads = Number.NEGATIVE_INFINITY
      expect((await tiered.get('a'))?.readAt).toBe(isForgotten ? undefined : 'a')
      expect((await tiered.get('b'))?.readAt).toBe('b')
    }
  })

  test('gives a token no entry of before it was forgotten, after other tokens had its place', async () => {
    const { store: shared, entries } = createSharedStore()
    const { store } = createTiers(shared, 1)
    for (const key of ['a', 'a.x', 'b']) entries.set(key, ENTRY)
    for (const key of ['a', 'a.x', 'b']) await store.get(key)
    await store.forget?.('a')
    entries.set('a', ENTRY)
    await store.get('a')
    expect(await store.get('a.x')).toBeUndefined()
  })

  test('keeps up to eight entries of one token', async () => {
    const { store: shared, entries, reads } = createSharedStore()
    const { store } = createTiers(shared)
    const keys = Array.from({ length: 9 }, (_, index) => `a.${index}`)
    for (const key of keys) entries.set(key, ENTRY)
    for (const key of keys.slice(0, 8)) await store.get(key)
    for (const key of keys.slice(0, 8)) await store.get(key)
    expect(reads).toHaveLength(8)
    await store.get('a.8')
    await store.get('a.0')
    expect(reads).toHaveLength(10)
  })

  test('lets a client forget in both tiers, and another client notice it', async () => {
    const { store: shared } = createSharedStore()
    const clock = { nowMs: Date.now() }
    let isActive = true
    const createClient = () => {
      const client = new IntrospectionClient({
        endpoint: 'https://as.example.com/introspect',
        clientAuthentication: clientSecretBasic('api', 'cl1ent-5ecret'),
        cache: { store: createTieredCacheStore({ store: shared, now: () => clock.nowMs }), keySecret: KEY_SECRET },
        transport: { fetch: () => Promise.resolve(Response.json({ active: isActive })) },
        now: () => clock.nowMs,
      })
      onTestFinished(() => client.close())
      return client
    }
    const [here, there] = [createClient(), createClient()]
    for (const client of [here, there, here, there]) expect((await client.introspect('token')).active).toBe(true)
    isActive = false
    await here.forget('token')
    expect((await here.introspect('token')).active).toBe(false)
    expect((await there.introspect('token')).active).toBe(true)
    clock.nowMs += 1000
    expect((await there.introspect('token')).active).toBe(false)
  })
})

describe('an encrypted store', () => {
  test('gives the store below nothing of an answer', async () => {
    const { store: shared, entries } = createSharedStore()
    const store = createEncryptedCacheStore({ store: shared, secrets: [SECRET] })
    await store.set('key', ENTRY)
    const below = entries.get('key')
    expect(Object.keys(below ?? {}).toSorted()).toEqual(['askedAtMs', 'expiresAtMs', 'response'])
    expect(below?.response).toEqual({ active: false, sealed: expect.stringMatching(/^[\w-]+$/) as string })
    await store.set('key', ENTRY)
    expect(entries.get('key')?.response).not.toEqual(below?.response)
  })

  test.each<[string, (entry: CacheEntry) => [string, CacheEntry]]>([
    ['was moved to another key', (entry) => ['other', entry]],
    [
      'was changed',
      (entry) => {
        const { sealed } = entry.response as unknown as { sealed: string }
        const last = sealed.at(-5) === 'A' ? 'B' : 'A'
        return ['key', { ...entry, response: { active: false, sealed: sealed.slice(0, -5) + last + sealed.slice(-4) } }]
      },
    ],
    ['is too short', (entry) => ['key', { ...entry, response: { active: false, sealed: 'AAAA' } }]],
    ['is not base64url', (entry) => ['key', { ...entry, response: { active: false, sealed: '=' } }]],
  ])('refuses an entry that %s', async (_what, change) => {
    const { store: shared, entries } = createSharedStore()
    const store = createEncryptedCacheStore({ store: shared, secrets: [SECRET] })
    await store.set('key', ENTRY)
    const [key, entry] = change(entries.get('key') as CacheEntry)
    entries.set(key, entry)
    await expect(store.get(key)).rejects.toThrow(/^no secret decrypts the entry/)
  })

  test('counts an entry that is not encrypted as none', async () => {
    const { store: shared, entries } = createSharedStore()
    entries.set('key', ENTRY)
    expect(await createEncryptedCacheStore({ store: shared, secrets: [SECRET] }).get('key')).toBeUndefined()
  })

  test('lets nobody lengthen the life of an answer, and lets the store shorten it', async () => {
    const { store: shared, entries } = createSharedStore()
    const store = createEncryptedCacheStore({ store: shared, secrets: [SECRET] })
    await store.set('key', { ...ENTRY, expiresAtMs: 9000 })
    const below = entries.get('key') as CacheEntry
    entries.set('key', { ...below, askedAtMs: 8000, expiresAtMs: 99_000 })
    expect(await store.get('key')).toMatchObject({ askedAtMs: 1000, expiresAtMs: 9000 })
    entries.set('key', { ...below, askedAtMs: 500, expiresAtMs: 8500 })
    expect(await store.get('key')).toMatchObject({ askedAtMs: 500, expiresAtMs: 8500 })
  })

  test('decrypts under each secret, and encrypts under the first one', async () => {
    const { store: shared } = createSharedStore()
    const create = (...secrets: string[]) => createEncryptedCacheStore({ store: shared, secrets })
    await create(SECRET).set('key', ENTRY)
    expect(await create(OTHER, SECRET).get('key')).toEqual(ENTRY)
    await create(OTHER, SECRET).set('key', ENTRY)
    expect(await create(OTHER).get('key')).toEqual(ENTRY)
    await expect(create(SECRET).get('key')).rejects.toThrow(/^no secret decrypts the entry/)
  })

  test('costs a client without the secret nothing but the cache', async () => {
    const { store: shared } = createSharedStore()
    const codes: string[] = []
    const createClient = (store: CacheStore) => {
      const client = new IntrospectionClient({
        endpoint: 'https://as.example.com/introspect',
        clientAuthentication: clientSecretBasic('api', 'cl1ent-5ecret'),
        cache: { store, keySecret: KEY_SECRET },
        transport: { fetch: () => Promise.resolve(Response.json({ active: true })) },
        onEvent: (event) => event.type === 'cache_failed' && codes.push(event.error.code),
      })
      onTestFinished(() => client.close())
      return client
    }
    const first = createClient(createEncryptedCacheStore({ store: shared, secrets: [SECRET] }))
    await first.introspect('token')
    await first.close()
    const second = createClient(createEncryptedCacheStore({ store: shared, secrets: [OTHER] }))
    expect((await second.introspect('token')).active).toBe(true)
    expect(codes).toEqual(['ERR_CACHE_STORE'])
  })

  test.each([[[]], [['short']], [Array.from({ length: 9 }, () => SECRET)], [undefined]])(
    'refuses the secrets %j',
    (secrets) => {
      const { store } = createSharedStore()
      expect(() => createEncryptedCacheStore({ store, secrets: secrets as string[] })).toThrow(/^secrets: /)
    },
  )

  test('never quotes a secret that is too short', () => {
    const { store } = createSharedStore()
    expect(() => createEncryptedCacheStore({ store, secrets: ['t00-short'] })).toThrow(/^secrets: (?!.*t00-short)/)
  })
})
