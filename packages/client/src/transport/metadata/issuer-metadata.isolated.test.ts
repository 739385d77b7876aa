import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { TransportTimeoutError, TransportUnreachableError } from '../../errors.ts'
import { Deadlines } from '../deadline.ts'
import type { Send, TransportReply, TransportRequest } from '../transport.ts'
import { IssuerMetadata } from './issuer-metadata.ts'

const issuer = 'https://as.example.com'
const endpoint = 'https://as.example.com/introspect'
const moved = 'https://as.example.com/v2/introspect'
const metadata = { issuer, introspection_endpoint: endpoint, token_endpoint: 'https://as.example.com/token' }
const MAX_AGE_MS = 3_600_000
const DAY_MS = 86_400_000
const use = { name: 'introspection_endpoint' }

interface Answer {
  readonly status?: number
  readonly body?: unknown
}

/** Metadata from the answers in `answer`. The clock stands still unless `wait` moves it. */
function setUp(first: Answer | Promise<Answer> | Error = { body: metadata }, sendInstead?: Send) {
  const clock = { nowMs: 1_764_000_000_000 }
  const script = { answer: first }
  const requests: TransportRequest[] = []
  const send: Send = async (request) => {
    // The other URLs are tried only when this one has no document.
    if (request.url.endsWith('/.well-known/oauth-authorization-server')) requests.push(request)
    if (script.answer instanceof Error) throw script.answer
    const { status = 200, body = '' } = await script.answer
    return toReply(status, body)
  }
  const deadlines = new Deadlines(2000)
  const onFailure = vi.fn()
  const kept = new IssuerMetadata({
    issuer,
    urlRules: {},
    allowedEndpointOrigins: undefined,
    send: sendInstead ?? send,
    deadlines,
    maxResponseBytes: 65_536,
    retry: undefined,
    nowMs: () => clock.nowMs,
    maxAgeMs: MAX_AGE_MS,
    onFailure,
  })
  const source = kept.source(use)
  return {
    clock,
    script,
    requests,
    deadlines,
    onFailure,
    kept,
    source,
    find: () => source.find(deadlines.start()),
    wait: (ms: number): void => {
      clock.nowMs += ms
    },
  }
}

function toReply(status: number, body: unknown): TransportReply {
  return {
    status,
    header: (name) => (name === 'content-type' ? 'application/json' : undefined),
    body: new TextEncoder().encode(JSON.stringify(body)),
  }
}

/** Lets background work finish. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const unhandled = vi.fn()
beforeEach(() => {
  process.on('unhandledRejection', unhandled)
})
afterEach(async () => {
  vi.useRealTimers()
  await settle()
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})

describe('a call that needs the metadata during a fetch', () => {
  test.each([
    ['joins the fetch in the first half of its time', 999, 1],
    ['starts another fetch in the second half, so that it has its whole deadline', 1000, 2],
  ])('%s', async (_, ageMs, fetches) => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const { kept, requests } = setUp(promise)
    const first = kept.find(use)
    vi.advanceTimersByTime(ageMs)
    const second = kept.find(use)
    resolve({ body: metadata })
    expect(await Promise.all([first, second])).toEqual([endpoint, endpoint])
    expect(requests).toHaveLength(fetches)
  })
})

describe('the first fetch', () => {
  test('waits for the first call', async () => {
    const { source, requests, find } = setUp()
    expect(source.known).toBeUndefined()
    expect(requests).toHaveLength(0)
    expect(await find()).toBe(endpoint)
    expect(source.known).toBe(endpoint)
    expect(requests).toHaveLength(1)
  })

  test('serves every endpoint', async () => {
    const { kept, requests, find } = setUp({
      body: { ...metadata, mtls_endpoint_aliases: { token_endpoint: 'https://mtls.as.example.com/token' } },
    })
    expect(
      await Promise.all([
        find(),
        kept.find({ name: 'token_endpoint' }),
        kept.find({ name: 'token_endpoint', withCertificate: true }),
        kept.find({ name: 'introspection_endpoint', withCertificate: true }),
      ]),
    ).toEqual([endpoint, metadata.token_endpoint, 'https://mtls.as.example.com/token', endpoint])
    expect(await kept.find({ name: 'token_endpoint' })).toBe(metadata.token_endpoint)
    expect(requests).toHaveLength(1)
  })

  test('is one request for 1,000 parallel calls', async () => {
    const { find, requests } = setUp()
    expect(new Set(await Promise.all(Array.from({ length: 1000 }, find)))).toEqual(new Set([endpoint]))
    expect(requests).toHaveLength(1)
  })

  test('goes on for the other calls when the first caller leaves', async () => {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const { source, deadlines, find, requests } = setUp(promise)
    const caller = new AbortController()
    const reason = new Error('gone')
    const first = source.find(deadlines.start(caller.signal))
    const second = find()
    caller.abort(reason)
    await expect(first).rejects.toBe(reason)
    resolve({ body: metadata })
    expect(await second).toBe(endpoint)
    expect(requests[0]?.cancellation.signal.aborted).toBe(false)
    expect(requests).toHaveLength(1)
  })

  test('causes no unhandled rejection when every caller has left before it fails', async () => {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const { source, deadlines } = setUp(promise)
    const caller = new AbortController()
    const only = source.find(deadlines.start(caller.signal))
    caller.abort(new Error('gone'))
    await expect(only).rejects.toThrow('gone')
    resolve({ status: 500 })
    await settle()
  })

  test('ends when its own deadline passes', async () => {
    vi.useFakeTimers()
    const { source, requests, find } = setUp(new Promise<Answer>(() => undefined))
    const found = expect(find()).rejects.toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
    await vi.advanceTimersByTimeAsync(2001)
    await found
    expect(requests[0]?.cancellation.signal.aborted).toBe(true)
    expect(source.known).toBeUndefined()
  })
})

describe('a failed first fetch', () => {
  test('fails all waiting calls, and later calls for two seconds, without another request', async () => {
    const { find, requests, script, wait } = setUp({ status: 503 })
    const results = await Promise.allSettled(Array.from({ length: 1000 }, find))
    expect(results.every(({ status }) => status === 'rejected')).toBe(true)
    script.answer = { body: metadata }
    wait(1999)
    await expect(find()).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status: 503 })
    expect(requests).toHaveLength(1)
    wait(1)
    expect(await find()).toBe(endpoint)
    expect(requests).toHaveLength(2)
  })

  test('does not block calls after the clock was set back', async () => {
    const { find, requests, script, wait } = setUp({ status: 503 })
    await expect(find()).rejects.toMatchObject({ status: 503 })
    script.answer = { body: metadata }
    wait(-MAX_AGE_MS)
    expect(await find()).toBe(endpoint)
    expect(requests).toHaveLength(2)
  })

  test('is reported by the failed calls, not as an event', async () => {
    const { find, onFailure } = setUp({ status: 503 })
    await expect(find()).rejects.toMatchObject({ status: 503 })
    expect(onFailure).not.toHaveBeenCalled()
  })

  test('that found no endpoint is repeated after two seconds, for a call that needs that endpoint', async () => {
    const { find, kept, requests, script, wait } = setUp({ body: { ...metadata, introspection_endpoint: undefined } })
    await expect(find()).rejects.toMatchObject({ code: 'ERR_TRANSPORT_ENDPOINT_MISSING' })
    expect(await kept.find({ name: 'token_endpoint' })).toBe(metadata.token_endpoint)
    script.answer = { body: metadata }
    await expect(find()).rejects.toMatchObject({ code: 'ERR_TRANSPORT_ENDPOINT_MISSING' })
    expect(requests).toHaveLength(1)
    wait(2000)
    expect(await Promise.all(Array.from({ length: 100 }, find))).toEqual(Array.from({ length: 100 }, () => endpoint))
    expect(requests).toHaveLength(2)
  })
})

describe('old metadata', () => {
  test('are fetched again by the next call, and used until the new ones arrive', async () => {
    const { source, find, requests, script, wait } = setUp()
    await find()
    const { promise, resolve } = Promise.withResolvers<Answer>()
    script.answer = promise
    wait(MAX_AGE_MS - 1)
    expect(source.known).toBe(endpoint)
    expect(requests).toHaveLength(1)
    wait(1)
    for (let call = 0; call < 100; call++) expect(source.known).toBe(endpoint)
    expect(await find()).toBe(endpoint)
    expect(requests).toHaveLength(2)
    resolve({ body: { ...metadata, introspection_endpoint: moved } })
    await settle()
    expect(source.known).toBe(moved)
    expect(await find()).toBe(moved)
    expect(requests).toHaveLength(2)
  })

  test('are not fetched without a call', async () => {
    vi.useFakeTimers()
    const { find, requests, wait } = setUp()
    await find()
    wait(10 * MAX_AGE_MS)
    await vi.advanceTimersByTimeAsync(10 * MAX_AGE_MS)
    expect(requests).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each<[string, Answer | Error]>([
    ['the server is down', new TransportUnreachableError('refused')],
    ['the server answers 503', { status: 503 }],
    ['the server answers 404', { status: 404 }],
    ['the document is for another issuer', { body: { ...metadata, issuer: 'https://evil.example' } }],
    ['the document lacks the endpoint', { body: { issuer } }],
    ['the endpoint is over http', { body: { issuer, introspection_endpoint: 'http://as.example.com/' } }],
    ['the endpoint is inside a network', { body: { issuer, introspection_endpoint: 'https://169.254.169.254/' } }],
    ['the document is malformed', { body: [] }],
  ])('are used for a day while %s, with one attempt every 30 seconds, each reported', async (_, answer) => {
    const { source, find, requests, script, wait, onFailure } = setUp()
    await find()
    script.answer = answer
    wait(MAX_AGE_MS)
    expect(source.known).toBe(endpoint)
    await settle()
    expect(onFailure).toHaveBeenCalledTimes(1)
    expect(requests).toHaveLength(2)
    wait(29_999)
    expect(source.known).toBe(endpoint)
    expect(await find()).toBe(endpoint)
    expect(requests).toHaveLength(2)
    wait(1)
    expect(source.known).toBe(endpoint)
    await settle()
    expect(requests).toHaveLength(3)
    wait(DAY_MS - 30_001)
    expect(source.known).toBe(endpoint)
    await settle()
    expect(requests).toHaveLength(4)
    expect(onFailure).toHaveBeenCalledTimes(3)
    wait(1)
    expect(source.known).toBeUndefined()
    await expect(find()).rejects.toHaveProperty('code')
    wait(2000)
    await expect(find()).rejects.toHaveProperty('code')
    expect(requests).toHaveLength(5)
    script.answer = { body: metadata }
    wait(2000)
    expect(await find()).toBe(endpoint)
  })

  test('after the clock was set back are used, and fetched again once', async () => {
    const { source, find, requests, wait } = setUp()
    await find()
    wait(-DAY_MS)
    for (let call = 0; call < 10; call++) {
      expect(source.known).toBe(endpoint)
      await settle()
    }
    expect(requests).toHaveLength(2)
  })

  test('are as good as new after a successful fetch', async () => {
    const { source, find, requests, script, wait } = setUp()
    await find()
    script.answer = { status: 503 }
    wait(MAX_AGE_MS)
    expect(source.known).toBe(endpoint)
    await settle()
    script.answer = { body: metadata }
    wait(30_000)
    expect(source.known).toBe(endpoint)
    await settle()
    wait(MAX_AGE_MS - 1)
    expect(source.known).toBe(endpoint)
    await settle()
    expect(requests).toHaveLength(3)
  })
})

describe('an endpoint that has moved', () => {
  const gone: [string, () => Promise<TransportReply>][] = [
    ...[404, 405, 410].map((status): [string, () => Promise<TransportReply>] => [
      `answers ${status}`,
      () => Promise.resolve(toReply(status, {})),
    ]),
    ['cannot be reached', () => Promise.reject(new TransportUnreachableError('refused'))],
    ['does not answer in time', () => Promise.reject(new TransportTimeoutError('late'))],
  ]
  const asked = { url: endpoint } as TransportRequest

  test.each(gone)('that %s is searched again, and the next call finds it', async (_, answer) => {
    const { kept, source, find, requests, script, wait } = setUp()
    await find()
    wait(30_000)
    script.answer = { body: { ...metadata, introspection_endpoint: moved } }
    await Promise.allSettled([kept.watch(answer)(asked)])
    await settle()
    expect(requests).toHaveLength(2)
    expect(source.known).toBe(moved)
  })

  test.each(gone)('that %s still gives its error to the call that noticed it', async (_, answer) => {
    const { kept, find } = setUp()
    await find()
    const [expected] = await Promise.allSettled([answer()])
    const [actual] = await Promise.allSettled([kept.watch(answer)(asked)])
    expect(JSON.stringify(actual)).toBe(JSON.stringify(expected))
  })

  test('is searched at most every 30 seconds, however many calls notice it', async () => {
    const { kept, find, requests, wait } = setUp()
    await find()
    const send = kept.watch(() => Promise.resolve(toReply(404, {})))
    for (let ms = 0; ms < 60_000; ms += 1000) {
      await send(asked)
      await settle()
      wait(1000)
    }
    expect(requests).toHaveLength(2)
  })

  test.each([
    ['another URL has moved', { url: 'https://elsewhere.example/' }, toReply(404, {})],
    ['it refuses the token', asked, toReply(400, {})],
    ["it refuses the client's credentials", asked, toReply(401, {})],
    ['it is overloaded', asked, toReply(503, {})],
    ['it answers', asked, toReply(200, {})],
  ])('is not searched because %s', async (_, request, reply) => {
    const { kept, find, requests, wait } = setUp()
    await find()
    wait(30_000)
    await kept.watch(() => Promise.resolve(reply))(request as TransportRequest)
    await settle()
    expect(requests).toHaveLength(1)
  })

  test('is not searched because a caller left', async () => {
    const { kept, find, requests, wait } = setUp()
    await find()
    wait(30_000)
    await expect(kept.watch(() => Promise.reject(new Error('aborted')))(asked)).rejects.toThrow('aborted')
    await settle()
    expect(requests).toHaveLength(1)
  })
})

describe('a server with two documents', () => {
  const jwks_uri = 'https://as.example.com/jwks'

  /** Only the second document names the introspection endpoint. Without that document, none does. */
  function start(second: object | undefined) {
    const urls: string[] = []
    const { kept, clock } = setUp(undefined, async ({ url }) => {
      urls.push(url)
      if (url.endsWith('/.well-known/oauth-authorization-server')) return toReply(200, { issuer, jwks_uri })
      return second === undefined ? toReply(404, {}) : toReply(200, second)
    })
    return { kept, clock, urls }
  }

  test('fetches both when the first one lacks the wanted endpoint', async () => {
    const { kept, urls } = start(metadata)
    expect(await kept.find(use)).toBe(endpoint)
    expect(await kept.find({ name: 'jwks_uri' })).toBe(jwks_uri)
    expect(urls).toHaveLength(2)
  })

  test('fetches only the first one when no call needs more', async () => {
    const { kept, urls } = start(metadata)
    expect(await kept.find({ name: 'jwks_uri' })).toBe(jwks_uri)
    expect(urls).toHaveLength(1)
    // Later calls still fetch the other document.
    expect(await kept.find(use)).toBe(endpoint)
    expect(urls).toHaveLength(3)
  })

  test('fails with the alternatives, once in two seconds, when neither names the endpoint', async () => {
    const { kept, clock, urls } = start(undefined)
    const failure = { code: 'ERR_TRANSPORT_ENDPOINT_MISSING' }
    for (const _ of [1, 2, 3]) await expect(kept.find(use)).rejects.toMatchObject(failure)
    await expect(kept.find(use)).rejects.toThrow('userinfo_endpoint')
    expect(urls).toHaveLength(2)
    expect(await kept.find({ name: 'jwks_uri' })).toBe(jwks_uri)
    clock.nowMs += 2000
    await expect(kept.find(use)).rejects.toMatchObject(failure)
    expect(urls).toHaveLength(4)
  })
})
