/** The stores for Workers: over a double of KV, and over the Cache API of undici. */
import { type CacheEntry, type CacheStore, clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { createKvCacheStore, createWebCacheStore, type WebCache } from '@token-introspection/client/cache-stores'
import { cacheStoreContract } from '@token-introspection/testing'
import { caches, Response as CachedResponse } from 'undici'
import { describe, expect, test } from 'vitest'
import { createKvDouble } from './kv-double.ts'

const nowMs = 1_764_000_000_000
const now = () => nowMs
const ENTRY: CacheEntry = {
  response: { active: true, sub: 'alice' },
  askedAtMs: nowMs - 1000,
  expiresAtMs: nowMs + 29_000,
  readAt: '41.Zk9lYWVhZWFl',
  revocationKeys: ['xD5wWzhEDkBb2_iP'],
  isLocal: true,
}
const LONG: CacheEntry = { ...ENTRY, response: { active: true, sub: 'x'.repeat(1024) } }

/** The Cache API of undici, which takes only responses of its own. */
async function openCache() {
  const fields: Record<string, string>[] = []
  const cache = await caches.open(crypto.randomUUID())
  const web: WebCache = {
    match: (url) => cache.match(url),
    async put(url, response) {
      const headers = Object.fromEntries(response.headers)
      fields.push(headers)
      await cache.put(url, new CachedResponse(await response.text(), { headers }))
    },
    delete: (url) => cache.delete(url),
  }
  return { web, fields, keys: async () => (await cache.keys()).map(({ url }) => url) }
}

describe('a store in KV', () => {
  test.each(cacheStoreContract())('$title', ({ run }) =>
    run(createKvCacheStore({ namespace: createKvDouble().namespace })),
  )

  test.each([
    ['sixty seconds for a shorter one', nowMs + 29_000, 60],
    ['sixty seconds for one that is over', nowMs - 1, 60],
    ['the rest, rounded up', nowMs + 60_001, 61],
    ['a day at most', nowMs + 1e12, 86_400],
  ])('keeps an entry for %s', async (_, expiresAtMs, seconds) => {
    const { namespace, ttls } = createKvDouble(now)
    await createKvCacheStore({ namespace, now }).set('key', { ...ENTRY, expiresAtMs })
    expect(ttls).toEqual([seconds])
  })

  test('keeps every member of an entry, under its prefix', async () => {
    const { namespace, values } = createKvDouble(now)
    const store = createKvCacheStore({ namespace, keyPrefix: 'a:', now })
    await store.set('key', ENTRY)
    expect([...values.keys()]).toEqual(['a:key'])
    expect(await store.get('key')).toEqual(ENTRY)
  })

  test('clears its prefix over several pages, and nothing else', async () => {
    const { namespace, values } = createKvDouble(now)
    const [store, other] = ['a:', 'b:'].map((keyPrefix) => createKvCacheStore({ namespace, keyPrefix, now }))
    for (const key of ['1', '2', '3', '4', '5']) await store?.set(key, ENTRY)
    await other?.set('1', ENTRY)
    await store?.clear()
    expect([...values.keys()]).toEqual(['b:1'])
  })

  test('has no forget, because KV cannot refuse an answer', () => {
    expect('forget' in createKvCacheStore({ namespace: createKvDouble().namespace })).toBe(false)
  })

  test.each([[{}], [{ namespace: {} }], [{ namespace: createKvDouble().namespace, keyPrefix: 'x'.repeat(101) }]])(
    'refuses wrong options: %#',
    (options) => {
      expect(() => createKvCacheStore(options as never)).toThrow(TypeError)
    },
  )
})

describe('a store in the Cache API', () => {
  test.each(cacheStoreContract())('$title', async ({ run }) => {
    const { web } = await openCache()
    await run(createWebCacheStore({ open: () => web }))
  })

  test('keeps every member of an entry, with its lifetime, at an address that no request can reach', async () => {
    const { web, fields, keys } = await openCache()
    const store = createWebCacheStore({ open: () => Promise.resolve(web), now })
    await store.set('key/../cleared', ENTRY)
    expect(await store.get('key/../cleared')).toEqual(ENTRY)
    expect(fields).toEqual([{ 'cache-control': 'max-age=29', 'content-type': 'application/json' }])
    for (const url of await keys()) expect(new URL(url).hostname).toMatch(/\.invalid$/)
  })

  test('does not use an answer that was requested before clear(), also when it is stored afterwards', async () => {
    const { web } = await openCache()
    const store = createWebCacheStore({ open: () => web, now })
    await store.clear()
    for (const [askedAtMs, isFound] of [
      [nowMs - 1, false],
      [nowMs, false],
      [nowMs + 1, true],
    ] as const) {
      await store.set('key', { ...ENTRY, askedAtMs })
      expect((await store.get('key')) !== undefined).toBe(isFound)
    }
  })

  test.each([[{}], [{ open: 'x' }]])('refuses wrong options: %#', (options) => {
    expect(() => createWebCacheStore(options as never)).toThrow(TypeError)
  })
})

/** Creates stores over one place. */
type CreateStore = (limits: { readonly maxEntryLength?: number }) => CacheStore

async function overKv(): Promise<CreateStore> {
  const { namespace } = await Promise.resolve(createKvDouble(now))
  return (limits) => createKvCacheStore({ namespace, now, ...limits })
}

async function overCache(): Promise<CreateStore> {
  const { web } = await openCache()
  return (limits) => createWebCacheStore({ open: () => web, now, ...limits })
}

describe.each([
  ['in KV', overKv],
  ['in the Cache API', overCache],
])('a store %s', (_, openPlace) => {
  test('keeps no answer that is too long, and drops the one before it', async () => {
    const store = (await openPlace())({ maxEntryLength: 1024 })
    await store.set('key', ENTRY)
    await store.set('key', LONG)
    expect(await store.get('key')).toBeUndefined()
  })

  test('gives no entry that is longer than it writes', async () => {
    const create = await openPlace()
    await create({}).set('key', LONG)
    expect(await create({}).get('key')).toEqual(LONG)
    expect(await create({ maxEntryLength: 1024 }).get('key')).toBeUndefined()
  })
})

test('a client uses an answer of KV no longer than its own limit, although KV keeps it for a minute', async () => {
  const clock = { ms: nowMs }
  const { namespace, values } = createKvDouble(() => clock.ms)
  const asked: string[] = []
  const client = new IntrospectionClient({
    issuer: 'https://as.example.com',
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    now: () => clock.ms,
    cache: {
      store: createKvCacheStore({ namespace, now: () => clock.ms }),
      keySecret: 'the same for every process of this',
      maxAgeSeconds: 30,
    },
    transport: {
      fetch: (url) => {
        asked.push(url)
        return Promise.resolve(Response.json({ active: true }))
      },
    },
  })
  await client.introspect('token')
  await expect.poll(() => values.size).toBe(1)
  clock.ms += 29_000
  await client.introspect('token')
  expect(asked).toHaveLength(1)
  clock.ms += 2000
  await client.introspect('token')
  expect(asked).toHaveLength(2)
})
