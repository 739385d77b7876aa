/** `followRedisFeed` follows a log that is written by hand, over both clients, also when the server fails. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RevocationConnection, RevocationFollower } from '@token-introspection/client'
import { followRedisFeed, type RedisFeedOptions } from '@token-introspection/client/redis'
import type { RevocationEvent } from '@token-introspection/core/revocations'
import { revocationFollowerContract } from '@token-introspection/testing'
import { Cluster, Redis } from 'ioredis'
import { createClient, createClientPool } from 'redis'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { openIoredis, ownKeyPrefix, REDIS_LIBRARIES } from '../../../server/test/databases/open-redis.ts'
import { startRedis } from '../../../server/test/databases/start-redis.ts'

const server = await startRedis('the tests of the follower of a log in Redis')
const url = server?.url ?? ''
afterAll(() => server?.stop())

const { signal } = new AbortController()
const KEY = 'k'.repeat(16)

/** A log that the test writes. The tag of each event is its counter behind a letter. */
async function createLog(keyPrefix = ownKeyPrefix(), letter = 'a') {
  const client = await openIoredis(url)
  const stream = `${keyPrefix}revocations`
  let counter = 0
  await client.xadd(stream, '0-1', 'tag', `${letter}0`)
  return {
    client,
    keyPrefix,
    stream,
    last: () => `${counter}.${letter}${counter}`,
    append: async (count = 1) => {
      const added: Promise<unknown>[] = []
      for (let times = 0; times < count; times++) {
        const fields = ['tag', `${letter}${++counter}`, 'previous', `${letter}${counter - 1}`, 'at', '1764000000']
        added.push(client.xadd(stream, `${counter}-0`, ...fields, 'cut', '', 'kind', 'token', 'key', KEY))
      }
      await Promise.all(added)
    },
  }
}

/** Connects a follower. What it opened is closed with the test. */
function connect(follower: RevocationFollower): RevocationConnection {
  const connection = follower.connect({} as Parameters<RevocationFollower['connect']>[0])
  onTestFinished(() => connection.close?.())
  return connection
}

/** Hears events until the test ends. */
function listen(connection: RevocationConnection, after: string) {
  const heard: RevocationEvent[] = []
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  let batches = 0
  let opened = false
  const listening = connection.listen?.(
    after,
    (events) => {
      opened = true
      if (events.length > 0) batches++
      heard.push(...events)
      return true
    },
    stop.signal,
  )
  const ended = listening?.then(
    () => 'returned',
    (error: unknown) => error,
  )
  return { heard, stop, ended, batches: () => batches, hasOpened: () => opened }
}

describe.skipIf(server === undefined).each(REDIS_LIBRARIES)('followRedisFeed over %s', (_, open) => {
  test.each(revocationFollowerContract())('$title', async ({ run }) => {
    const { append, client, keyPrefix } = await createLog()
    const connection = connect(followRedisFeed({ client: await open(url), keyPrefix }))
    const before = await clientCount(client)
    await run({ connection, revoke: append, open: async () => (await clientCount(client)) - before })
  })

  test('says that it listens before there is an event', async () => {
    const { keyPrefix, last } = await createLog()
    const connection = connect(followRedisFeed({ client: await open(url), keyPrefix }))
    const { hasOpened, heard } = listen(connection, last())
    await expect.poll(hasOpened).toBe(true)
    expect(heard).toEqual([])
  })

  test.each([false, true])('asks where the log ends, and what came after a position; fenced: %s', async (fenced) => {
    const { append, keyPrefix, last } = await createLog()
    const connection = connect(followRedisFeed({ client: await open(url), keyPrefix, fenced }))
    expect(await connection.ask(undefined, signal)).toEqual({ position: '0.a0', events: [], gap: false, more: false })
    expect(await connection.ask('0.a0', signal)).toEqual({ position: '0.a0', events: [], gap: false, more: false })
    await append(3)
    const page = await connection.ask('0.a0', signal)
    expect(page).toMatchObject({ position: last(), gap: false, more: false })
    expect(page.events).toHaveLength(3)
    expect(page.events[1]).toEqual({
      position: '2.a2',
      previous: '1.a1',
      at: 1_764_000_000,
      cut: null,
      kind: 'token',
      key: KEY,
    })
    expect((await connection.ask('2.a2', signal)).events.map(({ position }) => position)).toEqual(['3.a3'])
  })

  test.each(['2.b2', '9.a9', '0.b0', 'elsewhere', '1.a1'])('calls the position %s a gap', async (position) => {
    const { append, client, keyPrefix, stream } = await createLog()
    await append(4)
    // Trims the first event, too.
    await client.xtrim(stream, 'MAXLEN', 3)
    const connection = connect(followRedisFeed({ client: await open(url), keyPrefix }))
    expect(await connection.ask(position, signal)).toEqual({ position: '4.a4', events: [], gap: true, more: false })
  })

  test('gives a long log page by page', async () => {
    const { append, keyPrefix, last } = await createLog()
    await append(1001)
    const connection = connect(followRedisFeed({ client: await open(url), keyPrefix }))
    const page = await connection.ask('0.a0', signal)
    expect([page.events.length, page.more, page.position]).toEqual([1000, true, '1000.a1000'])
    expect(await connection.ask(page.position, signal)).toMatchObject({ position: last(), more: false })
  })

  test('hears events in order as they come', async () => {
    const { append, keyPrefix } = await createLog()
    const { heard } = listen(connect(followRedisFeed({ client: await open(url), keyPrefix })), '0.a0')
    await append()
    await expect.poll(() => heard.length).toBe(1)
    await append(50)
    await expect.poll(() => heard.length).toBe(51)
    expect(heard.map(({ position }) => position)).toEqual(Array.from({ length: 51 }, (__, n) => `${n + 1}.a${n + 1}`))
  })

  test('returns when events do not follow, and listens again over the same connection', async () => {
    const { append, client, keyPrefix, last } = await createLog()
    const connection = connect(followRedisFeed({ client: await open(url), keyPrefix }))
    await append()
    const before = await clientCount(client)
    for (let times = 0; times < 3; times++) await connection.listen?.('0.a0', () => false, signal)
    expect(await clientCount(client)).toBe(before + 1)
    await connection.close?.()
    await expect.poll(() => clientCount(client)).toBe(before)
    // A position of another kind of log: the client has to ask.
    await connection.listen?.('elsewhere', () => true, signal)
    expect(last()).toBe('1.a1')
  })

  test('closes its connection when the signal aborts', async () => {
    const { append, client, keyPrefix } = await createLog()
    const follower = followRedisFeed({ client: await open(url), keyPrefix })
    const before = await clientCount(client)
    const { ended, heard, stop } = listen(connect(follower), '0.a0')
    await append()
    await expect.poll(() => heard.length).toBe(1)
    expect(await clientCount(client)).toBe(before + 1)
    stop.abort()
    expect(await ended).toBe('returned')
    await expect.poll(() => clientCount(client)).toBe(before)
  })

  test.each<[string, string[]]>([
    ['of another program', ['field', 'value']],
    ['without a tag', ['previous', 'a1', 'at', '1', 'cut', '', 'kind', 'token', 'key', KEY]],
    ['of an unknown kind', ['tag', 'a2', 'previous', 'a1', 'at', '1', 'cut', '', 'kind', 'user', 'key', KEY]],
    ['with a name as key', ['tag', 'a2', 'previous', 'a1', 'at', '1', 'cut', '', 'kind', 'token', 'key', 'alice']],
    ['without a cut', ['tag', 'a2', 'previous', 'a1', 'at', '1', 'kind', 'token', 'key', KEY]],
    ['with a wrong date', ['tag', 'a2', 'previous', 'a1', 'at', '1e3', 'cut', '', 'kind', 'token', 'key', KEY]],
    ['after another event', ['tag', 'a2', 'previous', 'b1', 'at', '1', 'cut', '', 'kind', 'token', 'key', KEY]],
  ])('fails for an entry %s, and works again after it', async (what, fields) => {
    const { append, client, keyPrefix, stream } = await createLog()
    await append()
    await client.xadd(stream, '2-0', ...fields)
    const connection = connect(followRedisFeed({ client: await open(url), keyPrefix }))
    await expect(connection.ask('0.a0', signal)).rejects.toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
    const { ended, heard } = listen(connection, '0.a0')
    expect(await ended).toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
    expect(heard).toEqual([])
    await client.xdel(stream, '2-0')
    expect(await connection.ask('0.a0', signal), what).toMatchObject({ position: '1.a1' })
  })

  test('fails for an entry whose id is no counter', async () => {
    const { client, keyPrefix, stream } = await createLog()
    await client.xadd(stream, '5-7', 'tag', 'a5', 'previous', 'a4')
    const connection = connect(followRedisFeed({ client: await open(url), keyPrefix }))
    await expect(connection.ask(undefined, signal)).rejects.toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
  })

  test.each([false, true])('says what to do when there is no log; fenced: %s', async (fenced) => {
    const connection = connect(followRedisFeed({ client: await open(url), keyPrefix: ownKeyPrefix(), fenced }))
    await expect(connection.ask(undefined, signal)).rejects.toThrow('set revocationLog at the token store')
    await expect(connection.ask('1.a1', signal)).rejects.toThrow('set revocationLog at the token store')
  })

  test('notices a log that has begun anew', async () => {
    const old = await createLog()
    await old.append(3)
    const connection = connect(followRedisFeed({ client: await open(url), keyPrefix: old.keyPrefix }))
    await old.client.del(old.stream)
    const fresh = await createLog(old.keyPrefix, 'b')
    await fresh.append(3)
    expect(await connection.ask(old.last(), signal)).toMatchObject({ gap: true, position: '3.b3' })
    const { ended, heard } = listen(connection, old.last())
    expect(await ended).toBe('returned')
    expect(heard).toEqual([])
  })

  test('leaves a question that Redis does not answer, and keeps no more than a few', async () => {
    const { client, keyPrefix } = await createLog()
    const connection = connect(followRedisFeed({ client: await open(url), keyPrefix }))
    await client.call('CLIENT', ['PAUSE', '2000', 'ALL'])
    for (let times = 0; times < 8; times++) {
      const stop = new AbortController()
      const question = connection.ask(undefined, stop.signal)
      stop.abort(new Error('too late'))
      await expect(question).rejects.toThrow('too late')
    }
    await expect(connection.ask(undefined, signal)).rejects.toThrow('has not answered the last 8 questions')
    await expect(connection.ask(undefined, AbortSignal.abort(new Error('no time')))).rejects.toThrow('no time')
    await expect.poll(() => connection.ask(undefined, signal).catch(String)).toMatchObject({ position: '0.a0' })
  })

  test.skipIf(server?.crash === undefined)('fails while the server is down, and works afterwards', async () => {
    const { append, client, keyPrefix } = await createLog()
    await append()
    const connection = connect(followRedisFeed({ client: await open(url), keyPrefix }))
    const { ended, heard } = listen(connection, '0.a0')
    await expect.poll(() => heard.length).toBe(1)
    await server?.crash?.()
    expect(await ended).toBeInstanceOf(Error)
    await expect(connection.ask('1.a1', signal)).rejects.toThrow(Error)
    await server?.restart?.()
    await expect.poll(() => connection.ask('1.a1', signal).catch(String)).toMatchObject({ position: '1.a1' })
    await expect.poll(() => client.ping().catch(String)).toBe('PONG')
    const again = listen(connection, '1.a1')
    await append()
    await expect.poll(() => again.heard.length).toBe(1)
  })

  test('follows with a user that can read the log and nothing else', async () => {
    const { append, client, keyPrefix, stream } = await createLog()
    await client.set(`${keyPrefix}token:digest`, 'record')
    await client.set(`${stream}:secret`, 'secret')
    for (const fenced of [false, true]) {
      const more = fenced ? ['+evalsha', '+eval', '+set', `~${stream}:fence`] : []
      const rights = ['-@all', `~${stream}`, '+xrange', '+xrevrange', '+xread', '+info', ...more]
      const name = `follower-${ownKeyPrefix().slice(1, 9)}`
      await client.call('ACL', ['SETUSER', name, 'on', '>password', 'resetkeys', 'resetchannels', ...rights])
      const its = new URL(url)
      Object.assign(its, { username: name, password: 'password' })
      const follower = await open(its.href)
      const connection = connect(followRedisFeed({ client: follower, keyPrefix, fenced }))
      const { position } = await connection.ask(undefined, signal)
      const { heard } = listen(connection, position)
      await append()
      await expect.poll(() => heard.length).toBe(1)
      const call = (command: string, args: string[]): Promise<unknown> =>
        'call' in follower ? follower.call(command, args) : follower.sendCommand([command, ...args])
      await expect(call('GET', [`${keyPrefix}token:digest`])).rejects.toThrow('NOPERM')
      await expect(call('GET', [`${stream}:secret`])).rejects.toThrow('NOPERM')
      await expect(call('XADD', [stream, '*', 'a', 'b'])).rejects.toThrow('NOPERM')
      await expect(call('XRANGE', [`${keyPrefix}other`, '-', '+'])).rejects.toThrow('NOPERM')
      await expect(call('KEYS', ['*'])).rejects.toThrow('NOPERM')
    }
  })
})

describe.skipIf(server === undefined)('a flood of events', () => {
  test('arrives whole and in order, many events at a time', async () => {
    const { client, keyPrefix, stream } = await createLog()
    const { batches, heard } = listen(connect(followRedisFeed({ client, keyPrefix })), '0.a0')
    const script = `for n = 1, 1000 do local counter = tonumber(ARGV[1]) + n
      redis.call('XADD', KEYS[1], counter .. '-0', 'tag', 'a' .. counter, 'previous', 'a' .. counter - 1, 'at', '1',
        'cut', '', 'kind', 'token', 'key', '${KEY}') end`
    for (let written = 0; written < 10_000; written += 1000) {
      await client.eval(script, 1, stream, written)
      await nextTurn()
    }
    await expect.poll(() => heard.length).toBe(10_000)
    for (const [index, event] of heard.entries()) expect(event.previous).toBe(`${index}.a${index}`)
    expect(batches()).toBeLessThan(1000)
  })
})

describe.skipIf(server === undefined)('a client', () => {
  test('that puts a prefix before keys finds the log behind the prefix', async () => {
    const { append, keyPrefix } = await createLog(`app:${ownKeyPrefix()}`)
    const client = await openIoredis(url, { keyPrefix: 'app:' })
    for (const fenced of [false, true]) {
      const connection = connect(followRedisFeed({ client, keyPrefix: keyPrefix.slice('app:'.length), fenced }))
      const { position } = await connection.ask(undefined, signal)
      const { heard } = listen(connection, position)
      await append()
      await expect.poll(() => heard.length).toBe(1)
    }
  })

  test('without duplicate() only answers questions', async () => {
    const { keyPrefix } = await createLog()
    const pool = createClientPool({ url })
    await pool.connect()
    onTestFinished(() => pool.destroy())
    const connection = connect(followRedisFeed({ client: pool, keyPrefix }))
    expect('listen' in connection).toBe(false)
    expect(await connection.ask(undefined, signal)).toMatchObject({ position: '0.a0' })
  })

  test.each([2, 3] as const)('of node-redis with RESP%i hears events', async (RESP) => {
    const { append, keyPrefix } = await createLog()
    const client = await createClient({ url, RESP, commandOptions: { timeout: 500 } }).connect()
    onTestFinished(() => client.destroy())
    const { heard } = listen(connect(followRedisFeed({ client, keyPrefix })), '0.a0')
    await append()
    await expect.poll(() => heard.length).toBe(1)
  })

  test.each(['legacy', 'resp3'] as const)('of ioredis with RESP3 hears events: %s', async (replyMapping) => {
    const { append, keyPrefix } = await createLog()
    const client = await openIoredis(url, { protocol: 3, replyMapping, commandTimeout: 500, socketTimeout: 700 })
    const { heard } = listen(connect(followRedisFeed({ client, keyPrefix })), '0.a0')
    await append()
    await expect.poll(() => heard.length).toBe(1)
  })
})

describe('followRedisFeed', () => {
  const client = { call: () => Promise.resolve(null) }

  test('is proven only with a fence', () => {
    expect(followRedisFeed({ client }).bound).toBe('assumed')
    expect(followRedisFeed({ client, fenced: false }).bound).toBe('assumed')
    expect(followRedisFeed({ client, fenced: true }).bound).toBe('proven')
  })

  test('rejects a reply that Redis cannot give', async () => {
    for (const reply of ['QUEUED', {}, 7]) {
      const connection = connect(followRedisFeed({ client: { call: () => Promise.resolve(reply) } }))
      await expect(connection.ask('1.a1', signal)).rejects.toMatchObject({ code: 'ERR_RESPONSE_MALFORMED' })
    }
  })

  test.each([
    ['client', {}],
    ['client', { client: null }],
    ['client', { client: 'redis://127.0.0.1' }],
    ['keyPrefix', { client, keyPrefix: '' }],
    ['fenced', { client, fenced: 'yes' }],
    ['fence', { client, fence: true }],
  ])('throws for the wrong %s: %o', (path, options) => {
    expect(() => followRedisFeed(options as unknown as RedisFeedOptions)).toThrow(TypeError)
    expect(() => followRedisFeed(options as unknown as RedisFeedOptions)).toThrow(new RegExp(`^${path}: `))
  })

  test('accepts the clients of both libraries by their types', () => {
    expect(() => followRedisFeed({ client: new Redis({ lazyConnect: true }) })).not.toThrow()
    expect(() => followRedisFeed({ client: new Cluster([], { lazyConnect: true }) })).not.toThrow()
    expect(() => followRedisFeed({ client: createClient() })).not.toThrow()
  })
})

async function clientCount(client: Redis): Promise<number> {
  return String(await client.call('CLIENT', ['LIST', 'TYPE', 'NORMAL']))
    .split('\n')
    .filter(Boolean).length
}
