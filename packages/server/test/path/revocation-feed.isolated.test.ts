/** The whole path of a question to the revocation feed, through every form of the handler. */
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createMemoryTokenStore, type HttpResponse, type RevocationFeedEvent } from '../../src/index.ts'
import { basic, json, NOW, post, PROTECTED_RESOURCES, SECRET, type WireRequest } from '../endpoint.ts'
import { FIRST_POSITION } from '../fake-revocation-log.ts'
import {
  createFeedEndpoint,
  FEED_CHALLENGE,
  follow,
  get,
  manyResources,
  pageOf,
  question,
  STREAM,
} from '../feed-endpoint.ts'
import { forms } from './forms.ts'
import { answerFields, common, invalidClient, invalidRequest } from './introspection-cases/expect-answers.ts'

const after = `?after=${FIRST_POSITION}`
const unavailable = { error: 'temporarily_unavailable' }

function fieldsOf(status: number): object {
  if (status === 401) return { ...common, 'www-authenticate': FEED_CHALLENGE }
  if (status === 405) return { ...common, allow: 'GET, POST' }
  if (status === 503) return { ...common, 'retry-after': '1' }
  return common
}

const now = (): number => Date.now()
const open = async (
  { handler }: Pick<ReturnType<typeof createFeedEndpoint>, 'handler'>,
  query = `after=${FIRST_POSITION}`,
) => follow(await handler.handle(question(query, { accept: STREAM })))

const REFUSED: readonly [title: string, request: WireRequest, status: number, body: object][] = [
  ['PUT', get(after, {}), 405, invalidRequest],
  ['HEAD', { ...get(after), method: 'HEAD' }, 405, invalidRequest],
  ['DELETE', { ...get(after), method: 'DELETE' }, 405, invalidRequest],
  ['JSON', post('{}', { 'content-type': 'application/json' }), 415, invalidRequest],
  ['a body over the cap', post({ after: 'a'.repeat(33_000) }), 413, invalidRequest],
  ['no credentials', get(after, { authorization: undefined }), 401, invalidClient],
  ['a wrong secret', get(after, { authorization: basic('orders-api', 'wrong') }), 401, invalidClient],
  ['an OAuth client', get(after, { authorization: basic('web', SECRET) }), 401, invalidClient],
  [
    'a secret in the URL',
    get(`${after}&client_id=orders-api&client_secret=${SECRET}`, { authorization: undefined }),
    400,
    invalidRequest,
  ],
  ['a malformed position', get('?after=a%20b'), 400, invalidRequest],
  ['a long position', get(`?after=${'a'.repeat(65)}`), 400, invalidRequest],
  ['two positions', get(`${after}&after=1.a`), 400, invalidRequest],
  ['a wait that is no number', get(`${after}&wait=soon`), 400, invalidRequest],
  ['a negative wait', get(`${after}&wait=-1`), 400, invalidRequest],
  ['another replay', get('?replay=yes'), 400, invalidRequest],
  ['a replay after a position', get(`${after}&replay=1`), 400, invalidRequest],
  ['a replay of a log that cannot be replayed', get('?replay=1'), 400, invalidRequest],
  ['a broken escape', get('?after=%zz'), 400, invalidRequest],
]

describe.each(forms)('the feed, $name', ({ send }) => {
  test.each(REFUSED)('refuses %s', async (title, request, status, body) => {
    const { handler, events, log } = createFeedEndpoint()
    const response = await send(handler, title === 'PUT' ? { ...request, method: 'PUT' } : request)
    expect([response.status, answerFields(response)]).toEqual([status, fieldsOf(status)])
    if (response.body !== '') expect(json(response)).toEqual(body)
    expect(events).toMatchObject([{ type: 'refused', status }])
    if (status === 401) expect(log.reads).toEqual([])
  })

  test.each<[string, WireRequest]>([
    ['GET', get(after)],
    ['GET with an escaped position', get('?after=0%2Efirst')],
    ['POST', post({ after: FIRST_POSITION })],
    [
      'POST with credentials in the form',
      post({ after: FIRST_POSITION, client_id: 'orders-api', client_secret: SECRET }, { authorization: undefined }),
    ],
    ['unknown parameters', get(`${after}&limit=1`)],
    ['any Accept', get(after, { accept: 'text/html' })],
  ])('answers %s with the events after the position', async (_, request) => {
    const { handler, log, events } = createFeedEndpoint()
    const first = await log.append('token', 'digest')
    const second = await log.append('subject', 'alice')
    const response = await send(handler, request)
    expect([response.status, answerFields(response)]).toEqual([200, common])
    expect(json(response)).toEqual({ position: second.position, events: [first, second] })
    expect(events).toMatchObject([
      { type: 'followed', protectedResource: 'orders-api', form: 'question', events: 2, gap: false },
    ])
  })

  test('answers a new follower with the last position alone', async () => {
    const { handler, log } = createFeedEndpoint()
    const { position } = await log.append('token', 'digest')
    expect(json(await send(handler, get('')))).toEqual({ position, events: [] })
  })

  test('answers with an empty page when there is nothing new', async () => {
    const { handler } = createFeedEndpoint()
    expect(json(await send(handler, get(after)))).toEqual({ position: FIRST_POSITION, events: [] })
  })

  test.each(['7.other', '1.tag2'])('answers a gap for the position %s', async (position) => {
    const { handler, log, events } = createFeedEndpoint()
    await log.append('token', 'digest')
    const response = await send(handler, get(`?after=${position}`))
    expect(json(response)).toEqual({ position: log.position, events: [], gap: true })
    expect(events).toMatchObject([{ type: 'followed', events: 0, gap: true }])
  })

  test('answers in pages', async () => {
    const { handler, log } = createFeedEndpoint({ feed: { maxPageEvents: 2 } })
    await send(handler, get(''))
    const all = [await log.append('token', 'a'), await log.append('token', 'b'), await log.append('token', 'c')]
    const first = json(await send(handler, get(after)))
    expect(first).toEqual({ position: all[1]?.position, events: all.slice(0, 2), more: true })
    expect(json(await send(handler, get(`?after=${all[1]?.position}`)))).toEqual({
      position: all[2]?.position,
      events: all.slice(2),
    })
  })

  test('answers 503 while the log is down, and goes on afterwards', async () => {
    const { handler, log, events } = createFeedEndpoint()
    log.before = () => {
      throw new Error('down: secret')
    }
    for (const request of [get(after), get(''), get(`${after}&wait=5`), get(after, { accept: STREAM })]) {
      const response = await send(handler, request)
      expect([response.status, answerFields(response), json(response)]).toEqual([503, fieldsOf(503), unavailable])
    }
    expect(events.map((event) => event.type)).toEqual(['refused', 'refused', 'refused', 'refused'])
    log.before = () => undefined
    expect((await send(handler, get(after))).status).toBe(200)
  })

  test('waits for an event', async () => {
    const { handler, log, events } = createFeedEndpoint()
    const answering = send(handler, get(`${after}&wait=30`))
    await expect.poll(() => log.listeners.size).toBe(1)
    const event = await log.append('grant', 'grant-1')
    expect(json(await answering)).toEqual({ position: event.position, events: [event] })
    expect(log.listeners.size).toBe(0)
    expect(events).toMatchObject([{ type: 'followed', form: 'wait', events: 1 }])
  })
})

test('replays a log from its oldest event', async () => {
  const { handler, log } = createFeedEndpoint()
  const event = await log.append('token', 'a')
  log.readOldest = () => ({ position: event.position, events: [event], gap: false, more: false })
  expect(json(await handler.handle(question('replay=1')))).toEqual({ position: event.position, events: [event] })
})

describe('a question', () => {
  test('is answered by a read that begins after it, and shares it with those that wait with it', async () => {
    const { handler, log } = createFeedEndpoint()
    await handler.handle(question(''))
    log.reads.length = 0
    const held = Promise.withResolvers<void>()
    log.before = () => held.promise
    const early = handler.handle(question(`after=${FIRST_POSITION}`))
    await expect.poll(() => log.reads.length).toBe(1)
    // These came after the read began, so they must not get its result.
    const late = Array.from({ length: 20 }, async () => await handler.handle(question(`after=${FIRST_POSITION}`)))
    await new Promise(setImmediate)
    log.before = () => undefined
    held.resolve()
    expect((await early).status).toBe(200)
    await Promise.all(late)
    expect(log.reads).toHaveLength(2)
  })

  test('sees an event that was durable before it, although a read was under way', async () => {
    const { handler, log } = createFeedEndpoint()
    await handler.handle(question(''))
    const readAfter = log.readAfter.bind(log)
    const held = Promise.withResolvers<void>()
    let reads = 0
    log.readAfter = async (position, limit) => {
      const page = await readAfter(position, limit)
      if (reads++ === 0) await held.promise
      return page
    }
    const early = handler.handle(question(`after=${FIRST_POSITION}`))
    await expect.poll(() => reads).toBe(1)
    const event = await log.append('token', 'a')
    const late = handler.handle(question(`after=${FIRST_POSITION}`))
    held.resolve()
    await early
    expect(pageOf(await late, FIRST_POSITION).events).toEqual([event])
  })

  test('shares the read of those that come back together with an old position', async () => {
    const { handler, log } = createFeedEndpoint()
    const events = [await log.append('token', 'a'), await log.append('token', 'b')]
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => await handler.handle(question(`after=${FIRST_POSITION}`))),
    )
    for (const answer of answers) expect(pageOf(answer, FIRST_POSITION).events).toEqual(events)
    expect(log.reads.length).toBeLessThanOrEqual(6)
  })

  test('gets a gap after the log was replaced, although memory has its position', async () => {
    const { handler, log } = createFeedEndpoint()
    await handler.handle(question(''))
    const event = await log.append('token', 'a')
    await handler.handle(question(`after=${FIRST_POSITION}`))
    log.replace('0.second')
    const page = pageOf(await handler.handle(question(`after=${event.position}`)), event.position)
    expect(page).toEqual({ position: '0.second', events: [], gap: true, more: false })
  })

  test('is answered although thousands of events came since the last one', async () => {
    const { handler, log } = createFeedEndpoint({ feed: { maxPageEvents: 4096 } })
    await handler.handle(question(''))
    for (let count = 0; count < 9000; count++) await log.append('token', `${count}`)
    let position = FIRST_POSITION
    const counts: number[] = []
    for (let more = true; more; ) {
      const page = pageOf(await handler.handle(question(`after=${position}`)), position)
      counts.push(page.events.length)
      ;({ position, more } = page)
    }
    expect([counts, position]).toEqual([[4096, 4096, 808], log.position])
  })
})

describe('waiting', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test.each([
    ['as long as it wants', 'wait=5', 5000],
    ['no longer than the limit', 'wait=999999', 30_000],
  ])('lasts %s, and then the log is read again', async (_, wait, ms) => {
    const { handler, log } = createFeedEndpoint()
    const answering = Promise.resolve(handler.handle(question(`after=${FIRST_POSITION}&${wait}`)))
    let answer: HttpResponse | undefined
    void answering.then((answered) => (answer = answered))
    await vi.advanceTimersByTimeAsync(ms - 1)
    expect(answer).toBeUndefined()
    const { length } = log.reads
    await vi.advanceTimersByTimeAsync(1)
    expect(json(await answering)).toEqual({ position: FIRST_POSITION, events: [] })
    expect(log.reads.length).toBe(length + 1)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('ends when the sender leaves', async () => {
    const { handler, log } = createFeedEndpoint()
    const sender = new AbortController()
    const answering = handler.handle(question(`after=${FIRST_POSITION}&wait=9`, {}, { signal: () => sender.signal }))
    await vi.advanceTimersByTimeAsync(1)
    expect(log.listeners.size).toBe(1)
    sender.abort()
    await answering
    expect([log.listeners.size, vi.getTimerCount()]).toEqual([0, 0])
  })

  test('ends with 503 when the handler closes', async () => {
    const { handler } = createFeedEndpoint()
    const answering = handler.handle(question(`after=${FIRST_POSITION}&wait=9`))
    await vi.advanceTimersByTimeAsync(1)
    handler.close()
    expect((await answering).status).toBe(503)
    expect((await handler.handle(question(''))).status).toBe(503)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('costs one read for all that wait, and each gets the events', async () => {
    const { handler, log } = createFeedEndpoint()
    const answering = Array.from(
      { length: 100 },
      async () => await handler.handle(question(`after=${FIRST_POSITION}&wait=9`)),
    )
    await vi.advanceTimersByTimeAsync(1)
    log.reads.length = 0
    const event = await log.append('token', 'a')
    for (const answer of await Promise.all(answering)) expect(pageOf(answer, FIRST_POSITION).events).toEqual([event])
    expect(log.reads).toEqual([FIRST_POSITION])
  })
})

describe('a stream', () => {
  beforeEach(() => void vi.useFakeTimers({ now: NOW * 1000 }))
  afterEach(() => void vi.useRealTimers())

  test('has header fields that keep caches and proxies away', async () => {
    const { handler } = createFeedEndpoint()
    const { status, headers, body } = await handler.handle(question('', { accept: STREAM }))
    expect([status, body]).toEqual([200, ''])
    expect(headers).toMatchObject({ 'content-type': STREAM, 'cache-control': 'no-store, no-transform' })
    expect(headers).not.toHaveProperty('content-length')
  })

  test('begins with a page, sends an event at once after a pause, and collects those that follow soon', async () => {
    const endpoint = createFeedEndpoint()
    const { log } = endpoint
    const first = await log.append('token', 'a')
    const follower = await open(endpoint)
    expect(follower.pages()).toEqual([{ position: first.position, events: [first] }])
    const second = await log.append('token', 'b')
    // No time passes.
    await vi.advanceTimersByTimeAsync(0)
    expect(follower.pages().slice(1)).toEqual([{ position: second.position, events: [second] }])
    const third = await log.append('token', 'c')
    const fourth = await log.append('client', 'web')
    await vi.advanceTimersByTimeAsync(2)
    expect(follower.pages()).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(follower.pages().slice(2)).toEqual([{ position: fourth.position, events: [third, fourth] }])
    // Again after a pause.
    await vi.advanceTimersByTimeAsync(3)
    const fifth = await log.append('token', 'd')
    await vi.advanceTimersByTimeAsync(0)
    expect(follower.pages().slice(3)).toEqual([{ position: fifth.position, events: [fifth] }])
    expect(follower.received.join('')).toMatch(/^: connected\nretry: \d+\n\ndata: /)
  })

  test('has the events of one turn on one page', async () => {
    const store = createMemoryTokenStore({ revocationLog: true })
    const follower = await open(createFeedEndpoint({ source: store.revocations }), '')
    // The revocation of a JWT has an event for each of its digests.
    const [header, payload] = [{ alg: 'ES256' }, { iss: 'https://as.example.com', jti: 'a' }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    )
    const jwt = `${header}.${payload}.c2ln`
    await store.save(jwt, { kind: 'access_token', exp: NOW + 600 })
    await store.revoke(jwt)
    await vi.advanceTimersByTimeAsync(0)
    const counts = follower.pages().map(({ events }) => events.length)
    expect(counts).toEqual([0, expect.any(Number)])
    expect(counts[1]).toBeGreaterThan(1)
  })

  test('shares reads and octets with the followers at the same position', async () => {
    const endpoint = createFeedEndpoint()
    const followers = await Promise.all(Array.from({ length: 50 }, () => open(endpoint)))
    const shared = new Set<Uint8Array>()
    for (const follower of followers) follower.send = (octets) => void shared.add(octets)
    endpoint.log.reads.length = 0
    await endpoint.log.append('token', 'a')
    await vi.advanceTimersByTimeAsync(5)
    expect([endpoint.log.reads.length, shared.size]).toEqual([1, 1])
  })

  test('misses nothing that comes while it opens', async () => {
    const endpoint = createFeedEndpoint()
    await endpoint.handler.handle(question(''))
    const answer = await endpoint.handler.handle(question(`after=${FIRST_POSITION}`, { accept: STREAM }))
    const event = await endpoint.log.append('token', 'a')
    const follower = follow(answer)
    await vi.advanceTimersByTimeAsync(5)
    expect(follower.pages().flatMap(({ events }) => events)).toEqual([event])
  })

  test('misses nothing when the log does not call', async () => {
    const endpoint = createFeedEndpoint({ now })
    endpoint.log.onAppended = () => () => undefined
    const follower = await open(endpoint)
    await endpoint.log.append('token', 'a')
    await vi.advanceTimersByTimeAsync(15_000)
    expect(follower.pages()).toHaveLength(2)
  })

  test('goes on after the log was down', async () => {
    const endpoint = createFeedEndpoint({ now })
    const follower = await open(endpoint)
    endpoint.log.before = () => {
      throw new Error('down')
    }
    await endpoint.log.append('token', 'a')
    await vi.advanceTimersByTimeAsync(100)
    endpoint.log.before = () => undefined
    const event = await endpoint.log.append('token', 'b')
    await vi.advanceTimersByTimeAsync(5)
    expect([follower.state, follower.pages().at(-1)?.position]).toEqual(['open', event.position])
  })

  test('gets a page of each thousand events in a flood, in order', async () => {
    const endpoint = createFeedEndpoint()
    const follower = await open(endpoint)
    for (let count = 0; count < 10_000; count++) await endpoint.log.append('token', `${count}`)
    await vi.advanceTimersByTimeAsync(5)
    let position = FIRST_POSITION
    for (const page of follower.pages()) {
      expect(page.events.length).toBeLessThanOrEqual(1000)
      for (const event of page.events) {
        expect(event.previous).toBe(position)
        ;({ position } = event)
      }
      expect(page.position).toBe(position)
      expect(page).not.toHaveProperty('more')
    }
    expect(position).toBe(endpoint.log.position)
  })

  test('ends after a gap', async () => {
    const endpoint = createFeedEndpoint()
    const follower = await open(endpoint)
    endpoint.log.replace('0.second')
    await endpoint.log.append('token', 'a')
    await vi.advanceTimersByTimeAsync(5)
    expect(follower.pages().at(-1)).toEqual({ position: endpoint.log.position, events: [], gap: true })
    expect(follower.state).toBe('ended')
    expect(endpoint.events).toMatchObject([{ type: 'followed', form: 'stream', ended: 'gap', gap: true, events: 0 }])
  })

  test('ends when its follower is more than a page behind', async () => {
    const endpoint = createFeedEndpoint({ feed: { maxPageEvents: 1 } })
    await endpoint.log.append('token', 'a')
    await endpoint.log.append('token', 'b')
    const follower = await open(endpoint)
    expect([follower.state, follower.pages().length]).toEqual(['ended', 1])
    expect(endpoint.events).toMatchObject([{ ended: 'behind', events: 1 }])
  })

  test('drops a follower that does not read, and others go on', async () => {
    const endpoint = createFeedEndpoint()
    const [slow, good] = [await open(endpoint), await open(endpoint)]
    slow.unsent = 1_048_500
    await endpoint.log.append('token', 'a')
    await vi.advanceTimersByTimeAsync(5)
    await endpoint.log.append('token', 'b')
    await vi.advanceTimersByTimeAsync(5)
    expect([slow.state, slow.pages().length]).toEqual(['dropped', 1])
    expect([good.state, good.pages().length]).toEqual(['open', 3])
    expect(endpoint.events).toMatchObject([{ type: 'followed', ended: 'slow' }])
  })

  test('shows that it lives, and ends before its longest time is over', async () => {
    const endpoint = createFeedEndpoint({ now, feed: { maxStreamSeconds: 60, heartbeatSeconds: 10 } })
    const follower = await open(endpoint)
    await vi.advanceTimersByTimeAsync(50_000)
    expect(follower.received.filter((part) => part === ': still there\n\n')).toHaveLength(5)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(follower.state).toBe('ended')
    expect(endpoint.events).toMatchObject([{ ended: 'length' }])
    expect([endpoint.log.listeners.size, vi.getTimerCount()]).toEqual([0, 0])
  })

  test('ends at the next sign of life when the server closes', async () => {
    const endpoint = createFeedEndpoint({ now })
    const follower = await open(endpoint)
    follower.isClosing = () => true
    await vi.advanceTimersByTimeAsync(15_000)
    expect([follower.state, endpoint.events]).toMatchObject(['ended', [{ ended: 'closed' }]])
  })

  test('ends when the handler closes, and when its follower leaves', async () => {
    const endpoint = createFeedEndpoint()
    const [left, follower] = [await open(endpoint), await open(endpoint)]
    left.leave()
    endpoint.handler.close()
    expect(follower.state).toBe('ended')
    expect(endpoint.events).toMatchObject([{ ended: 'left' }, { ended: 'closed' }])
    expect([endpoint.log.listeners.size, vi.getTimerCount()]).toEqual([0, 0])
  })
})

describe('places', () => {
  test('one protected resource gets half of them, and leaves the rest to others', async () => {
    const protectedResources = manyResources(3)
    const { handler, events } = createFeedEndpoint({
      clientAuthentication: { protectedResources },
      feed: { maxFollowers: 8 },
    })
    const ask = async (id: string) =>
      await handler.handle(question('', { accept: STREAM, authorization: basic(id, SECRET) }))
    const opened: HttpResponse[] = []
    for (let count = 0; count < 4; count++) opened.push(await ask('api-0'))
    const refused = await ask('api-0')
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.body)]).toEqual([
      429,
      '1',
      { error: 'temporarily_unavailable', error_description: 'too many waiting followers' },
    ])
    expect(events).toMatchObject([{ type: 'refused', status: 429 }])
    expect([(await ask('api-1')).status, (await ask('api-1')).status, (await ask('api-1')).status]).toEqual([
      200, 200, 429,
    ])
    expect([(await ask('api-2')).status, (await ask('api-2')).status]).toEqual([200, 429])
    // A place is free again when its follower has left. Questions that do not wait need none.
    follow(opened[0] as HttpResponse).leave()
    follow(opened[1] as HttpResponse).leave()
    follow(opened[2] as HttpResponse).leave()
    expect((await ask('api-0')).status).toBe(200)
    expect((await handler.handle(question('', { authorization: basic('api-1', SECRET) }))).status).toBe(200)
  })

  test('are given back by questions that waited', async () => {
    const { handler, log } = createFeedEndpoint({ feed: { maxFollowers: 2 } })
    for (let count = 0; count < 3; count++) {
      const position = log.position
      const answering = handler.handle(question(`after=${position}&wait=30`))
      await expect.poll(() => log.listeners.size).toBe(1)
      expect((await handler.handle(question(`after=${position}&wait=30`))).status).toBe(429)
      await log.append('token', `${count}`)
      expect((await answering).status).toBe(200)
    }
  })
})

test('pages, streams and events hold nothing but keys, positions, kinds and times', async () => {
  const told: RevocationFeedEvent[] = []
  const { handler, log } = createFeedEndpoint({ onEvent: (event) => void told.push(event) })
  const readAfter = log.readAfter.bind(log)
  // A source may add members of its own.
  log.readAfter = async (position, limit) => {
    const page = await readAfter(position, limit)
    const events = page.events.map((event) => ({ ...event, sub: 'alice', token: 'tkn-secret' }))
    return { ...page, events, sub: 'alice' }
  }
  await log.append('subject', 'alice')
  await log.append('token', 'tkn-secret')
  const page = await handler.handle(question(`after=${FIRST_POSITION}`))
  const follower = follow(await handler.handle(question(`after=${FIRST_POSITION}`, { accept: STREAM })))
  follower.leave()
  for (const text of [page.body, follower.received.join('')]) {
    expect(text).not.toMatch(/alice|tkn-secret|sub"|digest/)
    const [read] = text.startsWith('{') ? [pageOf({ body: text }, FIRST_POSITION)] : follower.pages()
    for (const event of read?.events ?? []) {
      expect(Object.keys(event)).toEqual(['position', 'previous', 'at', 'cut', 'kind', 'key'])
      expect(event.key).toMatch(/^[\w-]{16}$/)
    }
  }
  const everything = inspect(told, { depth: null })
  expect(told.map(({ type }) => type)).toEqual(['followed', 'followed'])
  for (const { key, position } of pageOf(page, FIRST_POSITION).events) {
    expect(everything).not.toContain(key)
    expect(everything).not.toContain(position)
  }
  expect(everything).not.toContain(SECRET)
})

test('the registry of the introspection endpoint fits', () => {
  expect(() => createFeedEndpoint({ clientAuthentication: { protectedResources: PROTECTED_RESOURCES } })).not.toThrow()
})
