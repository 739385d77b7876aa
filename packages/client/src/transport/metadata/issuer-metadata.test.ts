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

/** Metadata that say what `answer` holds, by a clock that stands still unless `wait` moves it. */
function setUp(first: Answer | Promise<Answer> | Error = { body: metadata }, sendInstead?: Send) {
  const clock = { nowMs: 1_764_000_000_000 }
  const script = { answer: first }
  const requests: TransportRequest[] = []
  const send: Send = async (request) => {
    // The other places are asked only for want of the first.
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

/** Lets what was started in the background come to its end. */
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

describe('a call that needs the metadata while they are fetched', () => {
  test.each([
    ['joins in the first half of the time that a fetch may take', 999, 1],
    ['begins another fetch in the second half, so that it has its whole deadline', 1000, 2],
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

describe('the first look', () => {
  test('is not taken before somebody asks', async () => {
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

  test('is one request for a thousand who ask at once', async () => {
    const { find, requests } = setUp()
    expect(new Set(await Promise.all(Array.from({ length: 1000 }, find)))).toEqual(new Set([endpoint]))
    expect(requests).toHaveLength(1)
  })

  test('goes on for the others when the one who came first gives up', async () => {
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

  test('leaves no rejection unhandled when everyone has given up before it fails', async () => {
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

describe('a first look that failed', () => {
  test('fails all who wait, and who comes within two seconds, without another request', async () => {
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

  test('is not waited for by a clock that was set back', async () => {
    const { find, requests, script, wait } = setUp({ status: 503 })
    await expect(find()).rejects.toMatchObject({ status: 503 })
    script.answer = { body: metadata }
    wait(-MAX_AGE_MS)
    expect(await find()).toBe(endpoint)
    expect(requests).toHaveLength(2)
  })

  test('is told by the calls that failed, and not as an event', async () => {
    const { find, onFailure } = setUp({ status: 503 })
    await expect(find()).rejects.toMatchObject({ status: 503 })
    expect(onFailure).not.toHaveBeenCalled()
  })

  test('for want of an endpoint is taken again after two seconds, for the one that asks for it', async () => {
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
  test('are fetched again by the next who asks, and used once more by everyone until they are there', async () => {
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

  test('are not fetched while nobody asks', async () => {
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
    ['the server says 503', { status: 503 }],
    ['there is nothing any more', { status: 404 }],
    ['the document is for another issuer', { body: { ...metadata, issuer: 'https://evil.example' } }],
    ['the endpoint is no longer in it', { body: { issuer } }],
    ['the endpoint is over http', { body: { issuer, introspection_endpoint: 'http://as.example.com/' } }],
    ['the endpoint is inside a network', { body: { issuer, introspection_endpoint: 'https://169.254.169.254/' } }],
    ['the document is none', { body: [] }],
  ])('are used on for a day while %s, which is tried every half minute and told each time', async (_, answer) => {
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

  test('are what they are when the clock was set back: used, and fetched again once', async () => {
    const { source, find, requests, wait } = setUp()
    await find()
    wait(-DAY_MS)
    for (let call = 0; call < 10; call++) {
      expect(source.known).toBe(endpoint)
      await settle()
    }
    expect(requests).toHaveLength(2)
  })

  test('are as good as new once they could be fetched again', async () => {
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

describe('an endpoint that is gone', () => {
  const gone: [string, () => Promise<TransportReply>][] = [
    ...[404, 405, 410].map((status): [string, () => Promise<TransportReply>] => [
      `answers ${status}`,
      () => Promise.resolve(toReply(status, {})),
    ]),
    ['cannot be reached', () => Promise.reject(new TransportUnreachableError('refused'))],
    ['does not answer in time', () => Promise.reject(new TransportTimeoutError('late'))],
  ]
  const asked = { url: endpoint } as TransportRequest

  test.each(gone)('because it %s is looked for again, and the next call finds it', async (_, answer) => {
    const { kept, source, find, requests, script, wait } = setUp()
    await find()
    wait(30_000)
    script.answer = { body: { ...metadata, introspection_endpoint: moved } }
    await Promise.allSettled([kept.watch(answer)(asked)])
    await settle()
    expect(requests).toHaveLength(2)
    expect(source.known).toBe(moved)
  })

  test.each(gone)('because it %s gives the call that noticed what it would have got', async (_, answer) => {
    const { kept, find } = setUp()
    await find()
    const [expected] = await Promise.allSettled([answer()])
    const [actual] = await Promise.allSettled([kept.watch(answer)(asked)])
    expect(JSON.stringify(actual)).toBe(JSON.stringify(expected))
  })

  test('is looked for at most every half minute, however many calls find it gone', async () => {
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
    ['another URL is gone', { url: 'https://elsewhere.example/' }, toReply(404, {})],
    ['it refuses the token', asked, toReply(400, {})],
    ['it refuses us', asked, toReply(401, {})],
    ['it is overloaded', asked, toReply(503, {})],
    ['it answers', asked, toReply(200, {})],
  ])('is not looked for because %s', async (_, request, reply) => {
    const { kept, find, requests, wait } = setUp()
    await find()
    wait(30_000)
    await kept.watch(() => Promise.resolve(reply))(request as TransportRequest)
    await settle()
    expect(requests).toHaveLength(1)
  })

  test('is not looked for because a caller left', async () => {
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

  /** Only the second document names the introspection endpoint; without it, none does. */
  function start(second: object | undefined) {
    const urls: string[] = []
    const { kept, clock } = setUp(undefined, async ({ url }) => {
      urls.push(url)
      if (url.endsWith('/.well-known/oauth-authorization-server')) return toReply(200, { issuer, jwks_uri })
      return second === undefined ? toReply(404, {}) : toReply(200, second)
    })
    return { kept, clock, urls }
  }

  test('is asked for both where the first one lacks what is wanted', async () => {
    const { kept, urls } = start(metadata)
    expect(await kept.find(use)).toBe(endpoint)
    expect(await kept.find({ name: 'jwks_uri' })).toBe(jwks_uri)
    expect(urls).toHaveLength(2)
  })

  test('is asked for the first one alone where nobody wants more', async () => {
    const { kept, urls } = start(metadata)
    expect(await kept.find({ name: 'jwks_uri' })).toBe(jwks_uri)
    expect(urls).toHaveLength(1)
    // Not even a moment later is the other document too late.
    expect(await kept.find(use)).toBe(endpoint)
    expect(urls).toHaveLength(3)
  })

  test('fails with the alternatives, once in two seconds, where neither names it', async () => {
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
