/** The stores on Redis fulfil the contracts of their seams, over both clients, also when the server fails. */
import {
  type CacheEntry,
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionClientEvent,
} from '@token-introspection/client'
import { createEncryptedCacheStore, createTieredCacheStore } from '@token-introspection/client/cache-stores'
import { createRedisCacheStore, createRedisReplayStore } from '@token-introspection/client/redis'
import { cacheStoreContract, replayStoreContract } from '@token-introspection/testing'
import { Cluster, Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, describe, expect, test } from 'vitest'
import { openIoredis, ownKeyPrefix, REDIS_LIBRARIES } from '../../../server/test/databases/open-redis.ts'
import { startRedis } from '../../../server/test/databases/start-redis.ts'
import { createApi, createProver, NOW, outcomeOf, refusalOf } from '../dpop-api.ts'

const server = await startRedis('the tests of the stores on Redis')
const url = server?.url ?? ''
afterAll(() => server?.stop())

const prover = await createProver()

function entryUntil(expiresAtMs: number): CacheEntry {
  return { response: { active: true, sub: 'alice' }, askedAtMs: Date.now(), expiresAtMs }
}

describe.skipIf(server === undefined).each(REDIS_LIBRARIES)('replay store over %s', (_, open) => {
  test.each(replayStoreContract({ maxKeysPerOwner: 1200 }))('$title', async ({ run }) => {
    await run(createRedisReplayStore({ client: await open(url), keyPrefix: ownKeyPrefix(), maxKeysPerOwner: 1200 }))
  })

  test('keeps a proof as long as any process takes it, though the clock of the one that saw it is ahead (DPOP-15)', async () => {
    const [client, keyPrefix] = [await open(url), ownKeyPrefix()]
    const inspector = await openIoredis(url)
    const aheadMs = 14_000
    // The clock of Redis counts as the right time.
    const rightMs = Number((await inspector.time())[0]) * 1000
    const store = createRedisReplayStore({ client, keyPrefix, now: () => rightMs + aheadMs })
    // The guard's clock is ahead: it says that the proof was made now and expires in 25 s.
    expect(await store.remember('proof', (rightMs + aheadMs) / 1000 + 25, 'owner')).toBe(true)
    const [, forgottenAtMs] = await inspector.zrange(`${keyPrefix}owner`, '0', '-1', 'WITHSCORES')
    // A guard whose clock is right, or behind by the same amount, must still refuse the proof until it is too old.
    expect(Number(forgottenAtMs)).toBeGreaterThan(rightMs + 25_000 + aheadMs)
    expect(await inspector.pttl(`${keyPrefix}owner`)).toBeGreaterThan(25_000 + aheadMs)
  })

  test('lets one owner have no more than its share, and frees it', async () => {
    const [client, keyPrefix] = [await open(url), ownKeyPrefix()]
    const store = createRedisReplayStore({ client, keyPrefix, maxKeysPerOwner: 1, maxClockDifferenceSeconds: 0 })
    expect(await store.remember('a', 0, 'owner')).toBe(true)
    const remember = async (key: string): Promise<boolean> => await store.remember(key, 4_102_444_800, 'owner')
    await expect.poll(() => remember('b').catch(() => 'full')).toBe(true)
    await expect(remember('c')).rejects.toThrow('full for this owner')
    expect(await store.remember('c', 4_102_444_800, 'another')).toBe(true)
  })

  test('lets a proof pass once, whichever process it comes to (DPOP-15)', async () => {
    const keyPrefix = ownKeyPrefix()
    const setUp = async () =>
      createApi({
        members: { cnf: { jkt: prover.jkt } },
        // The store uses the clock of the API. With another clock, the keys would expire at once.
        dpop: { replayStore: createRedisReplayStore({ client: await open(url), keyPrefix, now: () => NOW * 1000 }) },
      })
    const apis = await Promise.all([setUp(), setUp(), setUp()])
    const proof = await prover.prove()
    const outcomes = await Promise.all(apis.map(async (api) => outcomeOf(await api.ask(proof))))
    expect(outcomes.toSorted()).toEqual(['allowed', 'proof', 'proof'])
  })

  test.skipIf(server?.crash === undefined)(
    'lets no request pass while the server is gone; the guard answers 503 (DPOP-15)',
    async () => {
      const replayStore = createRedisReplayStore({ client: await open(url), keyPrefix: ownKeyPrefix() })
      const api = createApi({ members: { cnf: { jkt: prover.jkt } }, dpop: { replayStore } })
      await server?.crash?.()
      const refusal = refusalOf(await api.ask(await prover.prove()))
      expect(refusal).toMatchObject({ status: 503, error: { code: 'ERR_POLICY_REPLAY_STORE' } })
      await server?.restart?.()
      await expect.poll(async () => outcomeOf(await api.ask(await prover.prove()))).toBe('allowed')
    },
  )
})

describe.skipIf(server === undefined).each(REDIS_LIBRARIES)('cache store over %s', (_, open) => {
  test.each(cacheStoreContract())('$title', async ({ run }) => {
    await run(createRedisCacheStore({ client: await open(url), keyPrefix: ownKeyPrefix() }))
  })

  test.each(cacheStoreContract())('in two tiers, encrypted: $title', async ({ run }) => {
    const redis = createRedisCacheStore({ client: await open(url), keyPrefix: ownKeyPrefix() })
    const secrets = ['an encryption secret of 32 letters']
    await run(createTieredCacheStore({ store: createEncryptedCacheStore({ store: redis, secrets }) }))
  })

  test('says of an answer that was made from a JWT that it was', async () => {
    const store = createRedisCacheStore({ client: await open(url), keyPrefix: ownKeyPrefix() })
    await store.set('local', { ...entryUntil(Date.now() + 60_000), isLocal: true })
    await store.set('asked', entryUntil(Date.now() + 60_000))
    expect((await store.get('local'))?.isLocal).toBe(true)
    expect((await store.get('asked'))?.isLocal).toBeUndefined()
  })

  test('shares answers between processes, and does without when the server is gone', async () => {
    const keyPrefix = ownKeyPrefix()
    let asked = 0
    const events: IntrospectionClientEvent[] = []
    const setUp = async () =>
      new IntrospectionClient({
        endpoint: 'https://as.example.com/introspect',
        clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
        cache: {
          store: createRedisCacheStore({ client: await open(url), keyPrefix }),
          keySecret: 'the same for every process of this API',
        },
        transport: { fetch: () => Promise.resolve(Response.json({ active: true, sub: `asked ${++asked}` })) },
        onEvent: (event) => void events.push(event),
      })
    const [one, another] = [await setUp(), await setUp()]
    for (const client of [one, another, one]) {
      expect(await client.introspect('token')).toMatchObject({ active: true, sub: 'asked 1' })
    }
    await one.forgetAll()
    expect(await another.introspect('token')).toMatchObject({ sub: 'asked 2' })
    if (server?.crash === undefined) return
    await server.crash()
    expect(await one.introspect('token')).toMatchObject({ sub: 'asked 3' })
    expect(events.some(({ type }) => type === 'cache_failed')).toBe(true)
    await server.restart?.()
  })
})

/** A process that shares the cache, with its clock this much ahead, and the answers of its authorization server. */
async function startProcess(keyPrefix: string, aheadMs = 0) {
  const store = createRedisCacheStore({ client: await openIoredis(url), keyPrefix, now: () => Date.now() + aheadMs })
  const asked: PromiseWithResolvers<Response>[] = []
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    cache: { maxAgeSeconds: 60, store, keySecret: 'the same for every process of this API' },
    transport: {
      fetch: () => {
        const answer = Promise.withResolvers<Response>()
        asked.push(answer)
        return answer.promise
      },
    },
    now: () => Date.now() + aheadMs,
  })
  return { client, store, asked }
}

describe.skipIf(server === undefined)('a cache that processes share', () => {
  test.each([
    ['forget', (client: IntrospectionClient) => client.forget('token')],
    ['forgetAll', (client: IntrospectionClient) => client.forgetAll()],
  ])('drops with %s an answer that another process is waiting for, whatever its clock says', async (_, forget) => {
    for (const aheadMs of [0, 30_000, -30_000]) {
      const keyPrefix = ownKeyPrefix()
      const [one, another, third] = [
        await startProcess(keyPrefix),
        await startProcess(keyPrefix, aheadMs),
        await startProcess(keyPrefix),
      ]
      const underWay = another.client.introspect('token')
      await expect.poll(() => another.asked.length).toBe(1)
      await forget(one.client)
      another.asked[0]?.resolve(Response.json({ active: true }))
      expect((await underWay).active).toBe(true)
      const fresh = third.client.introspect('token')
      await expect.poll(() => third.asked.length).toBe(1)
      third.asked[0]?.resolve(Response.json({ active: false }))
      expect((await fresh).active).toBe(false)
    }
  })

  test.each([-30_000, 30_000])(
    "takes the age of an answer from the server's clock, even if the writer's clock is off by %i ms",
    async (aheadMs) => {
      const keyPrefix = ownKeyPrefix()
      const [writer, reader] = [await startProcess(keyPrefix, aheadMs), await startProcess(keyPrefix)]
      const askedAtMs = Math.floor(Date.now()) - 50_000
      await writer.store.set('key', {
        response: { active: true },
        askedAtMs: askedAtMs + aheadMs,
        expiresAtMs: askedAtMs + aheadMs + 60_000,
      })
      const entry = await reader.store.get('key')
      // Too early is safe, too late is not.
      expect(entry?.askedAtMs).toBeLessThanOrEqual(askedAtMs)
      expect(entry?.expiresAtMs).toBeLessThanOrEqual(askedAtMs + 60_000)
      // The age does not contain the minute by which the clocks of reader and writer differ.
      expect(entry?.askedAtMs).toBeGreaterThan(askedAtMs - 25_000)
    },
  )
})

describe.skipIf(server === undefined)('the keys of a cache', () => {
  test('go when their entries expire, and at once when they have', async () => {
    const client = await openIoredis(url)
    const keyPrefix = ownKeyPrefix()
    const store = createRedisCacheStore({ client, keyPrefix })
    await store.set('a', entryUntil(Date.now() + 60_000))
    expect(await client.pttl(`${keyPrefix}entry:a`)).toBeGreaterThan(58_000)
    expect(await client.pttl(`${keyPrefix}entry:a`)).toBeLessThanOrEqual(60_000)
    await store.set('a', entryUntil(Date.now() - 1))
    expect(await client.keys(`${keyPrefix}*`)).toEqual([`${keyPrefix}generation`])
  })

  test('keep no entry that is too long, nor the one before it', async () => {
    const client = await openIoredis(url)
    const keyPrefix = ownKeyPrefix()
    const store = createRedisCacheStore({ client, keyPrefix, maxEntryLength: 1024 })
    const entry = entryUntil(Date.now() + 60_000)
    await store.set('a', entry)
    await store.set('a', { ...entry, response: { active: true, sub: 'x'.repeat(1024) } })
    expect(await store.get('a')).toBeUndefined()
    const roomy = createRedisCacheStore({ client, keyPrefix })
    await roomy.set('a', { ...entry, response: { active: true, sub: 'x'.repeat(1024) } })
    expect(await roomy.get('a')).toBeDefined()
    expect(await store.get('a')).toBeUndefined()
  })

  test('bring nothing back from before it was cleared, not even when the server loses one of them', async () => {
    const client = await openIoredis(url)
    const keyPrefix = ownKeyPrefix()
    const store = createRedisCacheStore({ client, keyPrefix })
    await store.set('a', entryUntil(Date.now() + 60_000))
    await store.clear()
    await client.del(`${keyPrefix}generation`)
    expect(await store.get('a')).toBeUndefined()
    // An answer that was asked for in the millisecond of the clearing is not kept.
    const entry = entryUntil(Date.now() + 60_000)
    await store.set('b', { ...entry, askedAtMs: entry.askedAtMs + 2 })
    expect(await store.get('a')).toBeUndefined()
    expect(await store.get('b')).toBeDefined()
  })

  test('may have a prefix that the client puts before all of them', async () => {
    const client = await openIoredis(url, { keyPrefix: 'app:' })
    const store = createRedisCacheStore({ client, keyPrefix: ownKeyPrefix() })
    for (const { run } of cacheStoreContract()) await run(store)
  })
})

describe('createRedisReplayStore', () => {
  test('rejects unless the server answers 0 or 1', async () => {
    for (const answer of ['QUEUED', 'OK', null, 2, undefined, true]) {
      const store = createRedisReplayStore({ client: { call: () => Promise.resolve(answer) } })
      await expect(store.remember('key', 4_102_444_800, 'owner')).rejects.toThrow(Error)
    }
  })

  test('uses the clock of the server, and adds the difference that clocks of processes may have', async () => {
    const sent: string[][] = []
    const client = {
      sendCommand(args: string[]) {
        sent.push(args)
        // A server that knows no script is sent the text.
        return args[0] === 'EVALSHA' ? Promise.reject(new Error('NOSCRIPT')) : Promise.resolve(1)
      },
    }
    const store = createRedisReplayStore({ client, now: () => 1_764_000_000_500 })
    await store.remember('key', 1_764_000_061, 'owner')
    await store.remember('key', 1_763_999_000, 'owner')
    const exact = createRedisReplayStore({
      client,
      maxKeysPerOwner: 7,
      maxClockDifferenceSeconds: 0,
      now: () => 1_764_000_000_500,
    })
    await exact.remember('key', 1_763_999_000, 'owner')
    const evaluated = sent.filter(([name]) => name === 'EVAL')
    const script = evaluated[0]?.[1] ?? ''
    expect(script).toContain("redis.call('TIME')")
    expect(evaluated).toEqual([
      ['EVAL', script, '1', '{introspection-replay}:owner', 'key', '120500', '100000'],
      ['EVAL', script, '1', '{introspection-replay}:owner', 'key', '60000', '100000'],
      ['EVAL', script, '1', '{introspection-replay}:owner', 'key', '1', '7'],
    ])
  })
})

describe.each([
  ['createRedisReplayStore', createRedisReplayStore],
  ['createRedisCacheStore', createRedisCacheStore],
] as const)('%s', (_, create) => {
  const client = { call: () => Promise.resolve(null) }

  test.each([
    ['client', {}],
    ['client', { client: null }],
    ['client', { client: 'redis://127.0.0.1' }],
    ['client', { client: {} }],
    ['keyPrefix', { client, keyPrefix: '' }],
    ['now', { client, now: 5 }],
    ['prefix', { client, prefix: 'a:' }],
  ])('throws for the wrong %s: %o', (path, options) => {
    expect(() => create(options as never)).toThrow(TypeError)
    expect(() => create(options as never)).toThrow(new RegExp(`^${path}: `))
  })

  test('accepts the clients of both libraries by their types', () => {
    expect(() => create({ client: new Redis({ lazyConnect: true }) })).not.toThrow()
    expect(() => create({ client: new Cluster([], { lazyConnect: true }) })).not.toThrow()
    expect(() => create({ client: createClient() })).not.toThrow()
  })
})

test.each([1023, 1_048_577, 2048.5, '2048'])('createRedisCacheStore refuses the entry length %j', (maxEntryLength) => {
  const client = { call: () => Promise.resolve(null) }
  expect(() => createRedisCacheStore({ client, maxEntryLength: maxEntryLength as number })).toThrow(/^maxEntryLength: /)
})
