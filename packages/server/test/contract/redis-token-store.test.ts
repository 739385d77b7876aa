/** The Redis token store follows the contract of token stores, with both clients, and survives a failure of the server. */
import { revocationLogContract, tokenConsumptionContract, tokenStoreContract } from '@token-introspection/testing'
import { Cluster, Redis } from 'ioredis'
import { createCluster } from 'redis'
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  createRedisTokenStore,
  type RedisTokenStore,
  type RedisTokenStoreOptions,
} from '../../src/stores/redis/index.ts'
import { digestToken } from '../../src/index.ts'
import { openIoredis, openNodeRedis, ownKeyPrefix, REDIS_LIBRARIES } from '../databases/open-redis.ts'
import { startRedis } from '../databases/start-redis.ts'
import { startRedisCluster } from '../databases/start-redis-cluster.ts'
import { PEPPER_STATES, saveElsewhere } from './peppered-stores.ts'
import { consumeInTurn, findByToken, lasting, START } from './stored-tokens.ts'
import { surviveOutage } from './survive-outage.ts'

const STORE_CASES = [...tokenStoreContract(), ...tokenConsumptionContract()]

const TESTS = 'the tests of the Redis token store'
const server = await startRedis(TESTS)
// Without a server, one notice is enough.
const cluster = server && (await startRedisCluster(`${TESTS} in a cluster`))
const url = server?.url ?? ''
afterAll(() => Promise.all([server?.stop(), cluster?.stop()]))

describe.skipIf(server === undefined).each(REDIS_LIBRARIES)('Redis token store over %s', (_, open) => {
  test.each(STORE_CASES)('$title', async ({ run }) => {
    await run(createRedisTokenStore({ client: await open(url), keyPrefix: ownKeyPrefix() }))
  })

  test('runs every case on one store', async () => {
    const store = createRedisTokenStore({ client: await open(url), keyPrefix: ownKeyPrefix() })
    for (const { run } of STORE_CASES) await run(store)
  })

  test.skipIf(server?.crash === undefined)(
    'rejects while the server is down, which is answered 503, and works afterwards',
    async () => {
      await surviveOutage(createRedisTokenStore({ client: await open(url), keyPrefix: ownKeyPrefix() }), server)
    },
  )
})

describe.skipIf(server === undefined)('Redis token store over two connections', () => {
  test.each(STORE_CASES)('$title', async ({ run }) => {
    const keyPrefix = ownKeyPrefix()
    const writer = createRedisTokenStore({ client: await openNodeRedis(url), keyPrefix })
    const reader = createRedisTokenStore({ client: await openIoredis(url), keyPrefix })
    await run({
      ...writer,
      find: (digest) => reader.find(digest),
      consume: consumeInTurn(writer, reader),
      isRevoked: (digest, record) => reader.isRevoked(digest, record),
    })
  })
})

describe.skipIf(server === undefined).each(PEPPER_STATES)('Redis token store with %s', (_, saving, other) => {
  test('runs every case on one store', async () => {
    const keyPrefix = ownKeyPrefix()
    const client = await openIoredis(url)
    const [writer, reader] = [saving, other].map((pepper) => createRedisTokenStore({ client, keyPrefix, pepper }))
    const store = saveElsewhere(writer as RedisTokenStore, reader as RedisTokenStore)
    for (const { run } of STORE_CASES) await run(store)
  })

  test('looks tokens up under every pepper in one command', async () => {
    const { client, store } = await create({ pepper: other })
    const sent = vi.spyOn(client, 'call')
    const digests = await Promise.all(['a', 'b'].map(async (token) => await digestToken(token)))
    await store.find('a'.repeat(43))
    sent.mockClear()
    await Promise.all(digests.map((digest) => store.find(digest)))
    expect(sent.mock.calls.map(([, values]) => Number((values as unknown as string[])[1]))).toEqual([
      1 + 2 * (other?.length ?? 0),
    ])
  })
})

describe.skipIf(server === undefined)('Redis token store over a client that puts a prefix before keys', () => {
  test.each(STORE_CASES)('$title', async ({ run }) => {
    const client = new Redis(url, { keyPrefix: 'app:' })
    onTestFinished(() => client.disconnect())
    await run(createRedisTokenStore({ client, keyPrefix: ownKeyPrefix() }))
  })
})

describe.skipIf(cluster === undefined)('Redis token store in a cluster of three primaries', () => {
  const { hostname: host, port } = new URL(cluster?.url ?? 'redis://127.0.0.1')

  test.each(STORE_CASES)('$title, by ioredis', async ({ run }) => {
    const client = new Cluster([{ host, port: Number(port) }])
    onTestFinished(() => client.disconnect())
    await run(createRedisTokenStore({ client, keyPrefix: ownKeyPrefix() }))
  })

  test('follows the whole contract with the cluster client of node-redis', async () => {
    const client = createCluster({ rootNodes: [{ url: cluster?.url ?? '' }] })
    await client.connect()
    onTestFinished(() => client.destroy())
    // Uses the default prefix, which no other test here uses.
    const call = (name: string, args: string[]) => client.sendCommand('{introspection}', false, [name, ...args])
    const store = createRedisTokenStore({ client: { call } })
    for (const { run } of STORE_CASES) await run(store)
  })

  test.each(revocationLogContract())('keeps a log of revocations: $title', async ({ run }) => {
    const keyPrefix = ownKeyPrefix()
    const open = (revocationLog?: true) => {
      const client = new Cluster([{ host, port: Number(port) }])
      onTestFinished(() => client.disconnect())
      return createRedisTokenStore({ client, keyPrefix, now: aheadOfRedis, revocationLog })
    }
    await run({ store: open(true), other: open(true), unlogged: open(), keySecret: undefined })
  })

  test('keeps what has different prefixes on different primaries', async () => {
    const client = new Cluster([{ host, port: Number(port) }])
    onTestFinished(() => client.disconnect())
    for (let index = 0; index < 30; index++) {
      const store = createRedisTokenStore({ client, keyPrefix: ownKeyPrefix() })
      await store.save('token', { kind: 'access_token', sub: 'alice' })
      expect(await findByToken(store, 'token')).toMatchObject({ sub: 'alice' })
    }
    const sizes = await Promise.all(client.nodes('master').map(async (node) => await node.dbsize()))
    expect(sizes.map((size) => size > 0)).toEqual([true, true, true])
  })

  test('rejects keys in different slots, and never finds a token whose revocation it cannot see', async () => {
    const client = new Cluster([{ host, port: Number(port) }])
    onTestFinished(() => client.disconnect())
    const store = createRedisTokenStore({ client, keyPrefix: 'no-braces:' })
    await expect(store.save('token', { kind: 'access_token', sub: 'alice' })).rejects.toThrow(Error)
    await expect(store.revokeSubject('alice')).rejects.toThrow(Error)
    await expect(findByToken(store, 'token')).rejects.toThrow(Error)
  })
})

/** Redis dates the beginning of the log, and may come into the next second meanwhile. */
function aheadOfRedis(): number {
  return Date.now() + 60_000
}

/** A store with keys of its own, its clock in seconds, and the content of the server. */
async function create(options: Partial<RedisTokenStoreOptions> = {}) {
  const client = await openIoredis(url)
  const keyPrefix = ownKeyPrefix()
  const clock = { seconds: START }
  const store = createRedisTokenStore({
    client,
    keyPrefix,
    now: () => clock.seconds * 1000,
    unstoredLifetimeSeconds: 0,
    ...options,
  })
  const keys = async (pattern: string) => (await client.keys(`${keyPrefix}${pattern}`)).toSorted()
  const ttl = (name: string) => client.ttl(`${keyPrefix}${name}`)
  return { client, keyPrefix, clock, store, keys, ttl }
}

describe.skipIf(server === undefined)('the keys of a Redis token store', () => {
  test('contain the digest of a token, and never the token', async () => {
    const { client, keyPrefix, store, keys } = await create()
    await store.save('access-3hQz8KpV1nYt', lasting(60, { sub: 'alice', grantId: 'grant-1' }))
    await store.save('refresh-Rw7uJx2cMbGd', { kind: 'refresh_token', grantId: 'grant-1' })
    await store.revoke('refresh-Rw7uJx2cMbGd')
    await store.revokeGrant('grant-1')
    const names = await keys('*')
    const values = await client.mget(names)
    const everything = JSON.stringify([names, values])
    expect(everything).toContain(await digestToken('access-3hQz8KpV1nYt'))
    expect(everything).not.toMatch(/3hQz8KpV1nYt|Rw7uJx2cMbGd/)
    const digests = [await digestToken('access-3hQz8KpV1nYt'), await digestToken('refresh-Rw7uJx2cMbGd')]
    expect(names.toSorted()).toEqual(
      [
        `${keyPrefix}cutoff:grant:grant-1`,
        `${keyPrefix}horizon`,
        ...digests.map((digest) => `${keyPrefix}token:${digest}`),
      ].toSorted(),
    )
  })

  test('of a token expire with the token', async () => {
    const { store, ttl, keys } = await create()
    await store.save('token', lasting(60))
    expect(await ttl(`token:${await digestToken('token')}`)).toBeGreaterThan(58)
    expect(await ttl(`token:${await digestToken('token')}`)).toBeLessThanOrEqual(60)
    await store.save('token', lasting(0))
    expect(await keys('token:*')).toEqual([])
    await store.save('endless', { kind: 'access_token' })
    expect(await ttl(`token:${await digestToken('endless')}`)).toBe(-1)
  })

  test('of a cutoff outlive every token that it covers', async () => {
    const { store, ttl, clock } = await create()
    await store.revokeSubject('early')
    expect(await ttl('cutoff:subject:early')).toBeGreaterThan(3590)
    expect(await ttl('cutoff:subject:early')).toBeLessThanOrEqual(3600)
    await store.save('long', lasting(90_000, { sub: 'alice' }))
    await store.save('short', lasting(60, { sub: 'alice' }))
    clock.seconds += 1000
    await store.revokeSubject('alice')
    expect(await ttl('cutoff:subject:alice')).toBeGreaterThan(89_000 + 3590)
    expect(await findByToken(store, 'long')).toBeNull()
  })

  test('of a cutoff also outlive unstored tokens that were issued an hour late', async () => {
    const { store, ttl } = await create({ unstoredLifetimeSeconds: 90_000 })
    await store.revokeSession('early')
    expect(await ttl('cutoff:session:early')).toBeGreaterThan(93_590)
    expect(await ttl('cutoff:session:early')).toBeLessThanOrEqual(93_600)
    await store.revokeSubject('alice', START + 1000)
    expect(await ttl('cutoff:subject:alice')).toBeGreaterThan(94_590)
    await store.save('long', lasting(100_000))
    await store.revokeClient('web')
    expect(await ttl('cutoff:client:web')).toBeGreaterThan(103_590)
    expect(await ttl('cutoff:client:web')).toBeLessThanOrEqual(103_600)
  })

  test('of a tombstone expire five minutes after exp, and do not prolong cutoffs', async () => {
    const { store, ttl, keys } = await create()
    const key = `token:${await digestToken('jwt')}`
    await store.revoke('jwt', lasting(90_000, { sub: 'alice' }))
    expect(await ttl(key)).toBeGreaterThan(90_290)
    expect(await ttl(key)).toBeLessThanOrEqual(90_300)
    await store.revoke('jwt', { kind: 'access_token' })
    expect(await ttl(key)).toBe(-1)
    await store.save('expired', lasting(60))
    await store.revoke('expired', lasting(-300))
    expect(await keys('token:*')).toEqual([expect.stringContaining(key)])
  })

  test.each([
    { claims: { revoked: true } },
    { username: ',"revoked":true}' },
    { claims: { ',"revoked': true } },
    { revoked: false },
    { act: { sub: 'alice', ',"revoked': true } },
  ])('of a token are not treated as a tombstone: %j', async (members) => {
    const { store, keys } = await create()
    await store.save('token', lasting(60, members))
    expect(await findByToken(store, 'token')).toEqual(lasting(60, members))
    const key = (await keys('token:*'))[0] ?? ''
    const exists = async () => (await keys('token:*')).includes(key)
    await store.revoke('token', lasting(-300))
    expect(await exists()).toBe(false)
  })

  test('of a consumed token last as long as those of the token', async () => {
    const { store, ttl } = await create()
    await store.save('refresh', { ...lasting(60), kind: 'refresh_token' })
    const digest = await digestToken('refresh')
    expect(await store.consume(digest, START)).toBe(true)
    expect(await ttl(`token:${digest}`)).toBeGreaterThan(50)
    expect(await ttl(`token:${digest}`)).toBeLessThanOrEqual(60)
  })

  test('of a revoked token are not treated as a token, wherever `revoked` is in its record', async () => {
    const { store, keys } = await create()
    await store.save('token', { revoked: true, ...lasting(60, { claims: { a: 1 } }) })
    await store.revoke('token', lasting(-300))
    expect(await keys('token:*')).toHaveLength(1)
  })

  test('of a cutoff are dated by the clock of the server when the process is behind', async () => {
    const { client, keyPrefix, store } = await create()
    const behind = createRedisTokenStore({ client, keyPrefix, now: () => Date.now() - 30_000 })
    const iat = Math.floor(Date.now() / 1000) - 5
    for (const name of ['alice', 'web']) {
      await store.save(name, { kind: 'access_token', sub: name, client_id: name, iat, exp: START + 60 })
    }
    await behind.revokeSubject('alice')
    await behind.revokeClient('web')
    expect([await findByToken(store, 'alice'), await findByToken(store, 'web')]).toEqual([null, null])
  })

  test('of an unstored token are read in one round trip', async () => {
    const { client, keyPrefix } = await create()
    const commands: string[] = []
    const call = (name: string, args: string[]) => (commands.push(name), client.call(name, args))
    const store = createRedisTokenStore({ client: { call }, keyPrefix })
    const jwt = lasting(60, { sub: 'alice', client_id: 'web', grantId: 'g', sessionId: 's' })
    await store.isRevoked(await digestToken('jwt'), jwt)
    commands.length = 0
    await store.isRevoked(await digestToken('jwt'), jwt)
    expect(commands).toEqual(['EVALSHA'])
  })

  test('of a cutoff in the future last until an hour after it, and are not cut short by an earlier one', async () => {
    const { store, ttl } = await create()
    await store.revokeSubject('alice', START + 5000)
    await store.revokeSubject('alice', START)
    expect(await ttl('cutoff:subject:alice')).toBeGreaterThan(5000 + 3590)
  })

  test('of a cutoff never expire after a token without exp was saved', async () => {
    const { store, ttl } = await create()
    await store.revokeGrant('before')
    await store.save('endless', { kind: 'refresh_token', grantId: 'grant-1' })
    await store.save('short', lasting(60))
    await store.revokeGrant('grant-1')
    expect(await ttl('horizon')).toBe(-1)
    expect(await ttl('cutoff:grant:grant-1')).toBe(-1)
    expect(await ttl('cutoff:grant:before')).toBeGreaterThan(0)
    await store.revokeGrant('grant-1')
    expect(await ttl('cutoff:grant:grant-1')).toBe(-1)
  })

  test('are not written for a token that is saved after its revocation, even when it replaces another one', async () => {
    const { store, keys } = await create()
    await store.save('token', lasting(60, { sub: 'bob' }))
    await store.revokeSubject('alice', START)
    await store.save('token', lasting(60, { sub: 'alice' }))
    expect(await keys('token:*')).toEqual([])
    await store.save('token', lasting(60, { sub: 'alice', iat: START + 1 }))
    expect(await findByToken(store, 'token')).toMatchObject({ sub: 'alice' })
  })

  test('are a single one for a revocation of many tokens', async () => {
    const { store, keys } = await create()
    for (let index = 0; index < 50; index++) await store.save(`token-${index}`, lasting(60, { sub: 'alice' }))
    await store.revokeSubject('alice')
    await store.revokeSubject('alice')
    expect(await keys('cutoff:*')).toHaveLength(1)
    expect(await keys('token:*')).toHaveLength(50)
    expect(await findByToken(store, 'token-49')).toBeNull()
  })

  test.each(['a\nb', 'a\u0000b', '\ud800', '{slot}', 'a"b\\c', '\ufffd'])(
    'distinguish %j from other identifiers',
    async (odd) => {
      const { store } = await create()
      await store.save('odd', lasting(60, { sub: odd, grantId: odd }))
      await store.save('other', lasting(60, { sub: odd.slice(0, 1) === '\ud800' ? '\ufffd' : 'a', grantId: 'b' }))
      await store.revokeSubject(odd)
      expect(await findByToken(store, 'odd')).toBeNull()
      expect(await findByToken(store, 'other')).not.toBeNull()
    },
  )

  test.each(['', '*', 'a\u0000b', "'; --", '\ud800', 'x'.repeat(1_000_000)])(
    'find nothing for a hostile digest',
    async (digest) => {
      expect(await (await create()).store.find(digest)).toBeNull()
    },
  )

  test('answer a thousand lookups of one tick in two round trips, without the revoked tokens', async () => {
    const { client, keyPrefix } = await create()
    const commands: string[] = []
    const call = (name: string, args: string[]) => (commands.push(name), client.call(name, args))
    const store = createRedisTokenStore({ client: { call }, keyPrefix })
    const tokens = Array.from({ length: 1000 }, (_, index) => `token-${index}`)
    await Promise.all(
      tokens.map((token, index) => store.save(token, { kind: 'access_token', sub: `s${index % 10}`, grantId: token })),
    )
    await store.revokeSubject('s3')
    commands.length = 0
    const found = await Promise.all(tokens.map((token) => findByToken(store, token)))
    expect(commands).toEqual(['EVALSHA', 'EVALSHA'])
    found.forEach((record, index) => expect(record?.grantId).toBe(index % 10 === 3 ? undefined : `token-${index}`))
  })
})
