import { afterEach, describe, expect, test, vi } from 'vitest'
import { Deadlines } from './deadline.ts'
import { EndpointDiscovery } from './discover-endpoint.ts'
import type { Send, TransportRequest } from './transport.ts'

const issuer = 'https://as.example.com/tenant1'
const oauthUrl = 'https://as.example.com/.well-known/oauth-authorization-server/tenant1'
const openidUrl = 'https://as.example.com/tenant1/.well-known/openid-configuration'
const openidInsertedUrl = 'https://as.example.com/.well-known/openid-configuration/tenant1'
const endpoint = 'https://as.example.com/introspect'
const metadata = { issuer, introspection_endpoint: endpoint }

interface Answer {
  readonly status?: number
  readonly contentType?: string
  readonly body?: unknown
}

/** Answers by URL, 404 where there is none, and keeps the requests. */
function setUp(answers: Record<string, Answer | (() => Promise<Answer>)>, settings: { issuer?: string } = {}) {
  const requests: TransportRequest[] = []
  const send: Send = async (request) => {
    requests.push(request)
    const scripted = answers[request.url] ?? { status: 404, body: 'nothing here' }
    const {
      status = 200,
      contentType = 'application/json',
      body = '',
    } = typeof scripted === 'function' ? await scripted() : scripted
    return {
      status,
      header: (name) => (name === 'content-type' ? contentType : undefined),
      body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
    }
  }
  const deadlines = new Deadlines(2000)
  const discovery = new EndpointDiscovery({
    issuer,
    urlRules: {},
    send,
    deadlines,
    maxResponseBytes: 65_536,
    ...settings,
  })
  return {
    answers,
    discovery,
    deadlines,
    requests,
    urls: () => requests.map((request) => request.url),
    find: () => discovery.find(deadlines.start()),
  }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('EndpointDiscovery', () => {
  test('asks for JSON, uncompressed, with no credentials', async () => {
    const { find, requests } = setUp({ [oauthUrl]: { body: metadata } })
    expect(await find()).toBe(endpoint)
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: oauthUrl,
      headers: { accept: 'application/json', 'accept-encoding': 'identity' },
      body: undefined,
      maxResponseBytes: 65_536,
    })
    expect(Object.keys(requests[0]?.headers ?? {})).toEqual(['accept', 'accept-encoding'])
  })

  test('remembers the endpoint', async () => {
    const { find, discovery, requests } = setUp({ [oauthUrl]: { body: metadata } })
    expect(discovery.known).toBeUndefined()
    await find()
    expect(discovery.known).toBe(endpoint)
    expect(requests).toHaveLength(1)
  })

  test.each([404, 400, 401, 403, 405, 410])('tries the next place, in order, when one says %i', async (status) => {
    const { find, urls } = setUp({
      [oauthUrl]: { status },
      [openidUrl]: { status, body: metadata },
      [openidInsertedUrl]: { body: metadata },
    })
    expect(await find()).toBe(endpoint)
    expect(urls()).toEqual([oauthUrl, openidUrl, openidInsertedUrl])
  })

  test('tries two places for an issuer without a path', async () => {
    const { find, urls } = setUp({}, { issuer: 'https://as.example.com' })
    await expect(find()).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status: 404, retryable: false })
    expect(urls()).toEqual([
      'https://as.example.com/.well-known/oauth-authorization-server',
      'https://as.example.com/.well-known/openid-configuration',
    ])
  })

  test('drops the slash at the end of the issuer from the place, not from the comparison', async () => {
    const withSlash = `${issuer}/`
    const { find, urls } = setUp({ [oauthUrl]: { body: { ...metadata, issuer: withSlash } } }, { issuer: withSlash })
    expect(await find()).toBe(endpoint)
    expect(urls()).toEqual([oauthUrl])
  })

  test('names the places it looked at and the way out when there is nothing anywhere', async () => {
    const { find } = setUp({})
    const error = (await find().catch((reason: unknown) => reason)) as Error
    for (const url of [oauthUrl, openidUrl, openidInsertedUrl]) expect(error.message).toContain(url)
    expect(error.message).toContain('endpoint option')
  })

  test.each([408, 429, 500, 502, 503, 504])('does not look elsewhere when a place says %i', async (status) => {
    const { find, urls } = setUp({ [oauthUrl]: { status }, [openidUrl]: { body: metadata } })
    await expect(find()).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status })
    expect(urls()).toEqual([oauthUrl])
  })

  test.each([
    ['a redirect', { status: 302 }, 'ERR_TRANSPORT_STATUS'],
    ['no content', { status: 204 }, 'ERR_TRANSPORT_STATUS'],
    ['a web page', { contentType: 'text/html', body: '<h1>App</h1>' }, 'ERR_RESPONSE_MALFORMED'],
    ['JSON under another name', { contentType: 'text/plain', body: metadata }, 'ERR_RESPONSE_MALFORMED'],
    ['no JSON', { body: '{' }, 'ERR_RESPONSE_MALFORMED'],
    ['no object', { body: [metadata] }, 'ERR_RESPONSE_MALFORMED'],
    ['no issuer', { body: { introspection_endpoint: endpoint } }, 'ERR_RESPONSE_MALFORMED'],
    ['another issuer', { body: { ...metadata, issuer: 'https://other.example.com' } }, 'ERR_RESPONSE_MALFORMED'],
    ['a slash at the end of the issuer', { body: { ...metadata, issuer: `${issuer}/` } }, 'ERR_RESPONSE_MALFORMED'],
    ['the issuer in another case', { body: { ...metadata, issuer: issuer.toUpperCase() } }, 'ERR_RESPONSE_MALFORMED'],
    [
      'the issuer with its port',
      { body: { ...metadata, issuer: 'https://as.example.com:443/tenant1' } },
      'ERR_RESPONSE_MALFORMED',
    ],
    ['an endpoint that is no string', { body: { issuer, introspection_endpoint: 5 } }, 'ERR_RESPONSE_MALFORMED'],
    [
      'an endpoint without a host',
      { body: { issuer, introspection_endpoint: '/introspect' } },
      'ERR_RESPONSE_MALFORMED',
    ],
    [
      'an endpoint over http',
      { body: { issuer, introspection_endpoint: 'http://169.254.169.254/' } },
      'ERR_RESPONSE_UNTRUSTED',
    ],
    [
      'an endpoint over http on this machine',
      { body: { issuer, introspection_endpoint: 'http://127.0.0.1/' } },
      'ERR_RESPONSE_UNTRUSTED',
    ],
    [
      'an endpoint with another scheme',
      { body: { issuer, introspection_endpoint: 'data:,{}' } },
      'ERR_RESPONSE_UNTRUSTED',
    ],
    [
      'an endpoint with a fragment',
      { body: { issuer, introspection_endpoint: `${endpoint}#x` } },
      'ERR_RESPONSE_UNTRUSTED',
    ],
    [
      'an endpoint with an empty fragment',
      { body: { issuer, introspection_endpoint: `${endpoint}#` } },
      'ERR_RESPONSE_UNTRUSTED',
    ],
    [
      'an endpoint with credentials',
      { body: { issuer, introspection_endpoint: 'https://a:b@as.example.com/' } },
      'ERR_RESPONSE_UNTRUSTED',
    ],
  ])('stops at a place with %s', async (_, answer, code) => {
    const { find, urls, discovery } = setUp({ [oauthUrl]: answer, [openidUrl]: { body: metadata } })
    await expect(find()).rejects.toMatchObject({ code })
    expect(urls()).toEqual([oauthUrl])
    expect(discovery.known).toBeUndefined()
  })

  test('names the alternatives when the metadata names no endpoint', async () => {
    const { find, urls } = setUp({ [oauthUrl]: { body: { issuer } }, [openidUrl]: { body: metadata } })
    const error = (await find().catch((reason: unknown) => reason)) as Error
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_ENDPOINT_MISSING', retryable: false })
    for (const way of ['endpoint option', 'jwks_uri', 'audience', 'userinfo_endpoint']) {
      expect(error.message).toContain(way)
    }
    expect(urls()).toEqual([oauthUrl])
  })

  test('does not remember a failure', async () => {
    const { find, answers, requests } = setUp({ [oauthUrl]: { status: 503 } })
    await expect(find()).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS' })
    answers[oauthUrl] = { body: metadata }
    expect(await find()).toBe(endpoint)
    expect(requests).toHaveLength(2)
  })

  test('makes one request for a hundred who ask at once', async () => {
    const { find, requests } = setUp({ [oauthUrl]: { body: metadata } })
    expect(new Set(await Promise.all(Array.from({ length: 100 }, find)))).toEqual(new Set([endpoint]))
    expect(requests).toHaveLength(1)
  })

  test('gives one failure to all who wait, and a new try to the next', async () => {
    const { find, answers, requests } = setUp({ [oauthUrl]: { status: 500 } })
    const results = await Promise.allSettled([find(), find(), find()])
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(requests).toHaveLength(1)
    answers[oauthUrl] = { body: metadata }
    expect(await find()).toBe(endpoint)
  })

  test('lets the one who came first give up without failing the others', async () => {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const { discovery, deadlines, find, requests } = setUp({ [oauthUrl]: () => promise })
    const caller = new AbortController()
    const reason = new Error('gone')
    const first = discovery.find(deadlines.start(caller.signal))
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
    const { discovery, deadlines } = setUp({ [oauthUrl]: () => promise })
    const caller = new AbortController()
    const only = discovery.find(deadlines.start(caller.signal))
    caller.abort(new Error('gone'))
    await expect(only).rejects.toThrow('gone')
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    resolve({ status: 500 })
    await new Promise((done) => setImmediate(done))
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  test('ends its own request when its own deadline passes', async () => {
    vi.useFakeTimers()
    const { discovery, requests, find } = setUp({ [oauthUrl]: () => new Promise(() => undefined) })
    const found = expect(find()).rejects.toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
    await vi.advanceTimersByTimeAsync(2001)
    await found
    expect(requests[0]?.cancellation.signal.aborted).toBe(true)
    expect(discovery.known).toBeUndefined()
  })
})
