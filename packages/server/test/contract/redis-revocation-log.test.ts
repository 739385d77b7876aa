/** The log of the Redis token store follows the contract of logs, and notices what a server of Redis can lose. */
import { isChain } from '@token-introspection/core/revocations'
import { revocationLogContract, tokenStoreContract } from '@token-introspection/testing'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { digestToken } from '../../src/index.ts'
import { createRedisTokenStore, type RedisTokenStoreOptions } from '../../src/stores/redis/index.ts'
import { openIoredis, ownKeyPrefix, REDIS_LIBRARIES } from '../databases/open-redis.ts'
import { startRedis } from '../databases/start-redis.ts'
import { PEPPER } from './peppered-stores.ts'
import { lasting } from './stored-tokens.ts'

const TESTS = 'the tests of the log of the Redis token store'
const server = await startRedis(TESTS)
// Without a server, one notice is enough.
const replica = server && (await startRedis(TESTS, '--replica-announce-ip', '127.0.0.1'))
const url = server?.url ?? ''
afterAll(() => Promise.all([server?.stop(), replica?.stop()]))

const KEY_SECRET = 'a-secret-of-the-log-with-32-octets!'

/** The position in the receipt of a revocation. */
async function positionOf(receipt: Promise<{ position(): Promise<string | undefined> }>): Promise<string> {
  return (await (await receipt).position()) ?? 'none'
}

/** The counter of a position. */
function numberOf(position: string | undefined): number {
  return Number.parseInt(position ?? '', 10)
}

/** A store with a log, and its clock in seconds. The clock is ahead of Redis, because the later of the two counts. */
async function create(options: Partial<RedisTokenStoreOptions> = {}, at = url) {
  const client = await openIoredis(at)
  const keyPrefix = options.keyPrefix ?? ownKeyPrefix()
  const clock = { seconds: Math.ceil(Date.now() / 1000) + 60 }
  const store = createRedisTokenStore({
    client,
    keyPrefix,
    now: () => clock.seconds * 1000,
    unstoredLifetimeSeconds: 0,
    revocationLog: true,
    ...options,
  })
  const log = store.revocations
  if (log === undefined) throw new Error('the store has no log')
  const last = async (): Promise<string> => (await log.readAfter(undefined, 1)).position
  return { client, keyPrefix, clock, store, log, last, stream: `${keyPrefix}revocations` }
}

describe.skipIf(server === undefined).each(REDIS_LIBRARIES)('the log of a Redis token store over %s', (_, open) => {
  const pair = async (
    keySecret: string | undefined,
    { given = keySecret, pepper }: { given?: string | (() => Promise<string>) | undefined; pepper?: string[] } = {},
  ) => {
    const keyPrefix = ownKeyPrefix()
    // Ahead of Redis, which dates the beginning of the log and may come into the next second meanwhile.
    const clock = { ms: Date.now() + 60_000 }
    const make = async (revocationLog?: RedisTokenStoreOptions['revocationLog']) =>
      createRedisTokenStore({ client: await open(url), keyPrefix, now: () => clock.ms, revocationLog, pepper })
    const log = given === undefined ? true : { keySecret: given }
    const createWithSecret = async (secret: string) => make({ keySecret: secret })
    return { store: await make(log), other: await make(log), unlogged: await make(), keySecret, createWithSecret }
  }

  test.each(revocationLogContract())('$title', async ({ run }) => {
    await run(await pair(undefined))
  })

  test.each(revocationLogContract())('with a given secret: $title', async ({ run }) => {
    await run(await pair(KEY_SECRET))
  })

  test.each(revocationLogContract())('with a secret that a function finds: $title', async ({ run }) => {
    await run(await pair(KEY_SECRET, { given: async () => KEY_SECRET }))
  })

  test.each(revocationLogContract())('with a pepper: $title', async ({ run }) => {
    await run(await pair(KEY_SECRET, { pepper: [PEPPER] }))
  })

  test('leaves the contract of token stores as it is', async () => {
    const store = createRedisTokenStore({ client: await open(url), keyPrefix: ownKeyPrefix(), revocationLog: true })
    for (const { run } of tokenStoreContract()) await run(store)
  })

  test('tells listeners of events, and closes its connection with the last of them', async () => {
    const { client, keyPrefix, store } = await create()
    const { revocations } = createRedisTokenStore({ client: await open(url), keyPrefix, revocationLog: true })
    const count = async () => String(await client.call('CLIENT', ['LIST'])).split('\n').length
    const before = await count()
    const calls = { one: 0, another: 0 }
    const stops = [revocations?.onAppended(() => calls.one++), revocations?.onAppended(() => calls.another++)]
    await expect.poll(() => calls.one).toBeGreaterThan(0)
    expect(await count()).toBe(before + 1)
    const heard = calls.one
    await store.revokeSubject('alice')
    await expect.poll(() => calls.one).toBeGreaterThan(heard)
    expect(calls.another).toBeGreaterThan(0)
    for (const stop of stops) stop?.()
    await expect.poll(count).toBe(before)
  })
})

describe.skipIf(server === undefined)('the log of a Redis token store', () => {
  test('ends when a process without the option revokes, and its user may not write a log', async () => {
    const { client, keyPrefix, last, log, store } = await create()
    const position = await positionOf(store.revokeGrant('a'))
    const rights = '+eval +evalsha +mget +get +getrange +set +ttl +del +time +info +hello +select +client'.split(' ')
    await client.call('ACL', [
      'SETUSER',
      'unlogged',
      'on',
      '>secret',
      'resetkeys',
      `~${keyPrefix}*`,
      '-@all',
      ...rights,
    ])
    const limited = await openIoredis(url.replace('redis://', 'redis://unlogged:secret@'))
    const unlogged = createRedisTokenStore({ client: limited, keyPrefix })
    await unlogged.save('token', lasting(1e8, { sub: 'alice', iat: 1 }))
    expect(await log.readAfter(position, 10)).toMatchObject({ gap: false, events: [] })
    await unlogged.revokeSubject('alice')
    expect(await store.find(await digestToken('token'))).toBeNull()
    expect(await log.readAfter(position, 10)).toMatchObject({ gap: true, events: [] })
    const begun = await last()
    await unlogged.revoke('another', lasting(1e8))
    expect(await log.readAfter(begun, 10)).toMatchObject({ gap: true })
    const again = await last()
    await unlogged.revoke('another', lasting(1e8))
    expect(await log.readAfter(again, 10)).toMatchObject({ gap: false, events: [] })
  })

  test.each(['revocations', 'revocations:last'])(
    'is seen by a process without the option when only %s is left',
    async (left) => {
      const { client, keyPrefix, log, store } = await create()
      await store.revokeGrant('a')
      await client.del(
        ...['revocations', 'revocations:last'].filter((key) => key !== left).map((key) => keyPrefix + key),
      )
      await createRedisTokenStore({ client, keyPrefix }).revokeGrant('unlogged')
      await store.revokeGrant('b')
      const { events = [] } = (await log.readOldest?.(10)) ?? {}
      const keys = await Promise.all(['unlogged', 'b'].map(async (grant) => await log.keyOf('grant', grant)))
      expect(events.map(({ key }) => key).slice(-2)).toEqual(keys)
    },
  )

  test('polls for listeners over a client without duplicate()', async () => {
    const { client, keyPrefix, store } = await create()
    let questions = 0
    const call = (name: string, args: string[]) => {
      questions++
      return client.call(name, args)
    }
    const { revocations } = createRedisTokenStore({ client: { call }, keyPrefix, revocationLog: true })
    let calls = 0
    const stop = revocations?.onAppended(() => calls++)
    onTestFinished(() => stop?.())
    await expect.poll(() => calls).toBe(1)
    await store.revokeSubject('alice')
    await expect.poll(() => calls).toBeGreaterThan(1)
    const askOften = async (): Promise<void> => {
      const before = questions
      await expect.poll(() => questions).toBeGreaterThan(before + 2)
    }
    await askOften()
    const callsSoFar = calls
    await askOften()
    expect(calls).toBe(callsSoFar)
  })

  test('has no token, no name and no digest', async () => {
    const { client, store, stream } = await create()
    await store.save('token-3hQz8KpV1nYt', lasting(1e8, { sub: 'alice', grantId: 'grant-1' }))
    await store.revoke('token-3hQz8KpV1nYt')
    await store.revokeGrant('grant-1')
    await store.revokeSubject('alice')
    const everything = JSON.stringify(await client.xrange(stream, '-', '+'))
    expect(everything).toContain('subject')
    expect(everything).not.toMatch(/3hQz8KpV1nYt|alice|grant-1/)
    expect(everything).not.toContain(await digestToken('token-3hQz8KpV1nYt'))
    expect(everything).not.toContain(String(await client.get(`${stream}:secret`)).slice(8))
  })

  test('begins anew after FLUSHALL, and every earlier position is a gap', async () => {
    const { client, keyPrefix, last, log, store } = await create()
    const position = await positionOf(store.revokeSubject('alice'))
    expect(await log.has(position)).toBe(true)
    await client.del(...(await client.keys(`${keyPrefix}*`)))
    expect(await log.has(position)).toBe(false)
    expect(await log.readAfter(position, 10)).toMatchObject({ gap: true, events: [] })
    expect(await last()).not.toBe(position)
    const again = await positionOf(store.revokeSubject('alice'))
    expect([again.split('.')[0], again === position, await log.has(again)]).toEqual(['1', false, true])
  })

  test('begins anew when its secret is lost, because the keys become others', async () => {
    const { client, keyPrefix, log, store, stream } = await create()
    const position = await positionOf(store.revokeSubject('alice'))
    await client.del(`${stream}:secret`)
    const other = await create({ keyPrefix })
    expect(await other.log.has(position)).toBe(false)
    const next = await positionOf(store.revokeSubject('bob'))
    expect(await positionOf(other.store.revokeSubject('carol'))).toMatch(/^2\./)
    expect(await log.keyOf('subject', 'alice')).toBe(await other.log.keyOf('subject', 'alice'))
    expect(await log.readAfter(position, 10)).toMatchObject({ gap: true })
    expect(await log.has(next)).toBe(true)
  })

  test('adopts one secret in processes that begin at the same time', async () => {
    const keyPrefix = ownKeyPrefix()
    const processes = await Promise.all([create({ keyPrefix }), create({ keyPrefix }), create({ keyPrefix })])
    const [first] = processes
    await Promise.all(processes.map(({ store }, index) => store.revokeSubject(`user-${index}`)))
    const keys = await Promise.all(processes.map(async ({ log }) => await log.keyOf('subject', 'alice')))
    expect(new Set(keys).size).toBe(1)
    expect(await first.last()).toMatch(/^3\./)
  })

  test('goes on when processes have different secrets, with a gap', async () => {
    const one = await create({ revocationLog: { keySecret: KEY_SECRET } })
    const position = await positionOf(one.store.revokeSubject('alice'))
    const other = await create({ keyPrefix: one.keyPrefix, revocationLog: { keySecret: `${KEY_SECRET}2` } })
    await other.store.revokeSubject('bob')
    expect(await one.log.has(position)).toBe(false)
    expect(await one.log.readAfter(position, 10)).toMatchObject({ gap: true })
    await one.store.revokeSubject('carol')
    await other.store.revokeSubject('dave')
  })

  test.each<[string, (of: Awaited<ReturnType<typeof create>>) => Promise<unknown>]>([
    ['an entry of another program at its end', ({ client, stream }) => client.xadd(stream, '*', 'field', 'value')],
    ['no entries', ({ client, stream }) => client.xtrim(stream, 'MAXLEN', 0)],
    ['a last entry that was deleted', ({ client, stream }) => client.xdel(stream, '2-0')],
  ])('revokes, and begins anew, over %s', async (_, damage) => {
    const created = await create()
    const { log, store } = created
    await store.revokeSubject('alice')
    const position = await positionOf(store.revokeSubject('bob'))
    await damage(created)
    await store.save('token', lasting(1e8, { sub: 'carol', iat: 1 }))
    const next = await positionOf(store.revokeSubject('carol'))
    expect(await store.find(await digestToken('token'))).toBeNull()
    expect(await log.has(next)).toBe(true)
    expect(await log.readAfter(position, 10)).toMatchObject({ gap: true, position: next })
  })

  test.each<[string, (of: Awaited<ReturnType<typeof create>>, earlier: string) => Promise<unknown>]>([
    ['is missing', ({ client, stream }) => client.del(`${stream}:last`)],
    ['is an earlier one', ({ client, stream }, earlier) => client.set(`${stream}:last`, earlier)],
    ['has no number', ({ client, stream }, earlier) => client.set(`${stream}:last`, `${earlier.slice(0, 8)}x.tag`)],
    ['has no tag', ({ client, stream }, earlier) => client.set(`${stream}:last`, `${earlier.slice(0, 8)}7.`)],
    [
      'has a number that no log has',
      ({ client, stream }, earlier) => client.set(`${stream}:last`, `${earlier.slice(0, 8)}${'9'.repeat(16)}.tag`),
    ],
  ])('goes on without a gap when the last position that it keeps %s', async (_, damage) => {
    const created = await create()
    const { client, log, store, stream } = created
    const position = await positionOf(store.revokeSubject('alice'))
    const earlier = String(await client.get(`${stream}:last`))
    await store.revokeSubject('bob')
    await damage(created, earlier)
    const next = await positionOf(store.revokeSubject('carol'))
    const page = await log.readAfter(position, 10)
    expect(page).toMatchObject({ gap: false, position: next })
    expect(page.events.map(({ key }) => key)).toEqual([
      await log.keyOf('subject', 'bob'),
      await log.keyOf('subject', 'carol'),
    ])
    expect(isChain(page.events, position, next)).toBe(true)
  })

  test('writes many revocations at once in few scripts, each with its event and in their order', async () => {
    const created = await create()
    const { client, keyPrefix, log, last } = created
    const before = await last()
    let scripts = 0
    const call = (name: string, args: string[]) => {
      if (name.startsWith('EVAL')) scripts++
      return client.call(name, args)
    }
    const store = createRedisTokenStore({ client: { call }, keyPrefix, revocationLog: true })
    await store.save('token', lasting(1e8, { sub: 'erin' }))
    scripts = 0
    const receipts = await Promise.all([
      ...Array.from({ length: 40 }, (__, index) => store.revokeSubject(`user-${index}`)),
      store.revoke('token', lasting(1e8, { sub: 'erin' })),
      store.revokeGrant('grant-1'),
      store.revokeGrant('grant-1'),
    ])
    // One for the first revocation, one for the others, and none of them is new to the server.
    expect(scripts).toBeLessThanOrEqual(4)
    const page = await log.readAfter(before, 100)
    expect(isChain(page.events, before, page.position)).toBe(true)
    expect(new Set(page.events.map(({ position }) => position.split('.')[1])).size).toBe(42)
    expect(await client.get(`${keyPrefix}revocations:last`)).toMatch(new RegExp(`${page.position}$`))
    const keys = page.events.map(({ key }) => key)
    const subjects = await Promise.all(
      Array.from({ length: 40 }, async (__, index) => await log.keyOf('subject', `user-${index}`)),
    )
    expect(keys.filter((key) => subjects.includes(key))).toEqual(subjects)
    expect(keys).toHaveLength(42)
    expect(keys).toContain(await log.keyOf('token', await digestToken('token')))
    expect(await store.find(await digestToken('token'))).toMatchObject({ revoked: true })
    for (const [index, receipt] of receipts.slice(0, 40).entries()) {
      const event = page.events[keys.indexOf(subjects[index] as string)]
      expect(numberOf(await receipt.position())).toBeGreaterThanOrEqual(numberOf(event?.position))
    }
  })

  test('forgets old events a few at a time, and never the last one', async () => {
    const { client, clock, log, store, stream } = await create({ revocationLog: { retentionSeconds: 60 } })
    const first = await positionOf(store.revokeSubject('user-0'))
    for (let index = 1; index < 300; index++) await store.revokeSubject(`user-${index}`)
    expect(await client.xlen(stream)).toBe(301)
    expect((await log.readAfter(first, 4096)).events).toHaveLength(299)
    clock.seconds += 61
    for (let index = 300; index < 448; index++) await store.revokeSubject(`user-${index}`)
    // At the events 320, 384 and 448: the two hundred events that are old enough go, 128 at a time.
    expect(await client.xlen(stream)).toBe(449 - 256)
    expect(await log.readAfter(first, 10)).toMatchObject({ gap: true })
  })

  test('is not read by a primary that its replicas have left, and it revokes nothing then', async () => {
    const { client, last, log, store } = await create()
    const position = await positionOf(store.revokeSubject('alice'))
    await client.config('SET', 'min-replicas-to-write', '1')
    try {
      await expect(log.readAfter(position, 10)).rejects.toThrow('NOREPLICAS')
      await expect(store.revokeSubject('bob')).rejects.toThrow('NOREPLICAS')
    } finally {
      await client.config('SET', 'min-replicas-to-write', '0')
    }
    expect(await last()).toBe(position)
  })

  test('is full as one: no event without its revocation, and no revocation without its event', async () => {
    const { client, last, store } = await create()
    const position = await positionOf(store.revokeSubject('alice'))
    await store.save('token', lasting(1e8, { sub: 'bob' }))
    await client.config('SET', 'maxmemory', '1')
    try {
      await expect(store.revoke('token')).rejects.toThrow('OOM')
      await expect(store.revokeSubject('bob')).rejects.toThrow('OOM')
    } finally {
      await client.config('SET', 'maxmemory', '0')
    }
    expect(await last()).toBe(position)
    expect(await store.find(await digestToken('token'))).not.toBeNull()
  })

  test('shows a gap after a failover that loses its tail', async () => {
    const { client, keyPrefix, store } = await create()
    const standby = await create({ keyPrefix }, replica?.url)
    const { port } = new URL(url)
    await standby.client.call('REPLICAOF', ['127.0.0.1', port])
    const kept = await positionOf(store.revokeSubject('alice'))
    await expect.poll(() => standby.client.xlen(`${keyPrefix}revocations`)).toBe(2)
    // From here on the replica gets nothing.
    await standby.client.call('REPLICAOF', ['NO', 'ONE'])
    const lost = await positionOf(store.revokeSubject('bob'))
    expect(await standby.log.has(kept)).toBe(true)
    expect(await standby.log.has(lost)).toBe(false)
    expect(await standby.log.readAfter(lost, 10)).toMatchObject({ gap: true, position: kept })
    // The new primary gives the same counter to another event.
    const another = await positionOf(standby.store.revokeSubject('carol'))
    expect(another.split('.')[0]).toBe(lost.split('.')[0])
    expect(await standby.log.readAfter(lost, 10)).toMatchObject({ gap: true, position: another })
    expect((await standby.log.readAfter(kept, 10)).events).toHaveLength(1)
    expect(await client.ping()).toBe('PONG')
  })
})
