import { describe, expect, test, vi } from 'vitest'
import { TransportUnreachableError } from '../../errors.ts'
import { Deadlines } from '../deadline.ts'
import type { RetrySettings } from '../outage/retry.ts'
import type { TransportReply, TransportRequest } from '../transport.ts'
import { fetchMetadata } from './fetch-metadata.ts'

const issuer = 'https://as.example.com/tenant1'
const oauthUrl = 'https://as.example.com/.well-known/oauth-authorization-server/tenant1'
const openidUrl = 'https://as.example.com/tenant1/.well-known/openid-configuration'
const openidInsertedUrl = 'https://as.example.com/.well-known/openid-configuration/tenant1'
const metadata = { issuer, introspection_endpoint: 'https://as.example.com/introspect' }

interface Answer {
  readonly status?: number
  readonly contentType?: string
  readonly body?: unknown
}

/** Answers by URL, with 404 for other URLs, and records the requests. */
function setUp(
  answers: Record<string, Answer>,
  settings: { issuer?: string; metadataUrl?: string; retry?: RetrySettings } = {},
  isEnough: (found: object) => boolean = () => true,
) {
  const requests: TransportRequest[] = []
  const send = vi.fn(async (request: TransportRequest): Promise<TransportReply> => {
    requests.push(request)
    const answer = answers[request.url] ?? { status: 404, body: 'nothing here' }
    const { status = 200, contentType = 'application/json', body = '' } = answer
    return {
      status,
      header: (name) => (name === 'content-type' ? contentType : undefined),
      body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
    }
  })
  const deadline = new Deadlines(2000).start()
  return {
    answers,
    requests,
    send,
    urls: () => requests.map((request) => request.url),
    fetch: () =>
      fetchMetadata({ issuer, send, maxResponseBytes: 65_536, retry: undefined, ...settings }, deadline, isEnough),
  }
}

function namesIntrospection(found: object): boolean {
  return 'introspection_endpoint' in found
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as Error,
  )
}

describe('fetchMetadata', () => {
  test('requests JSON, uncompressed, without credentials', async () => {
    const { fetch, requests } = setUp({ [oauthUrl]: { body: metadata } })
    expect(await fetch()).toEqual(metadata)
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

  test.each([404, 400, 401, 403, 405, 410])('tries the next URL, in order, when one answers %i', async (status) => {
    const { fetch, urls } = setUp({
      [oauthUrl]: { status },
      [openidUrl]: { status, body: metadata },
      [openidInsertedUrl]: { body: metadata },
    })
    expect(await fetch()).toEqual(metadata)
    expect(urls()).toEqual([oauthUrl, openidUrl, openidInsertedUrl])
  })

  test('tries two URLs for an issuer without a path', async () => {
    const { fetch, urls } = setUp({}, { issuer: 'https://as.example.com' })
    await expect(fetch()).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status: 404, retryable: false })
    expect(urls()).toEqual([
      'https://as.example.com/.well-known/oauth-authorization-server',
      'https://as.example.com/.well-known/openid-configuration',
    ])
  })

  test('drops the trailing slash of the issuer in the URL, but not in the comparison', async () => {
    const withSlash = `${issuer}/`
    const { fetch, urls } = setUp({ [oauthUrl]: { body: { ...metadata, issuer: withSlash } } }, { issuer: withSlash })
    expect(await fetch()).toMatchObject({ issuer: withSlash })
    expect(urls()).toEqual([oauthUrl])
  })

  test('names the URLs that it tried and the remedy when there are no metadata', async () => {
    const { message } = await failureOf(setUp({}).fetch())
    for (const url of [oauthUrl, openidUrl, openidInsertedUrl]) expect(message).toContain(url)
    expect(message).toContain('endpoint option')
  })

  test.each([408, 429, 500, 502, 503, 504])(
    'tries the next URL after %i, and fails when no URL has metadata',
    async (status) => {
      const { fetch, urls } = setUp({ [oauthUrl]: { status }, [openidUrl]: { body: metadata } })
      expect(await fetch()).toEqual(metadata)
      expect(urls()).toEqual([oauthUrl, openidUrl])
      await expect(setUp({ [openidUrl]: { status } }).fetch()).rejects.toMatchObject({
        code: status === 429 ? 'ERR_TRANSPORT_RATE_LIMITED' : 'ERR_TRANSPORT_STATUS',
        ...(status !== 408 && { status, retryable: true }),
      })
    },
  )

  test('stops when the server cannot be reached', async () => {
    const { fetch, send } = setUp({})
    send.mockRejectedValue(new TransportUnreachableError('down'))
    await expect(fetch()).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE' })
    expect(send).toHaveBeenCalledTimes(1)
  })

  test('tries only the URL of the option', async () => {
    const metadataUrl = 'https://as.example.com/metadata.json'
    const { fetch, urls } = setUp({ [metadataUrl]: { body: metadata } }, { metadataUrl })
    expect(await fetch()).toEqual(metadata)
    expect(urls()).toEqual([metadataUrl])
    const elsewhere = setUp({ [oauthUrl]: { body: metadata } }, { metadataUrl })
    await expect(elsewhere.fetch()).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status: 404 })
    expect(elsewhere.urls()).toEqual([metadataUrl])
  })

  test.each([
    ['is absent', { status: 404 }],
    ['fails', { status: 500 }],
    ['is a page', { contentType: 'text/html' }],
    ['is for another issuer', { body: { ...metadata, issuer: 'https://other.example.com' } }],
  ] satisfies [string, Answer][])(
    'names the URL of the option without its query when the document %s',
    async (_, answer) => {
      const metadataUrl = 'https://as.example.com/metadata.json?key=s3cr3t'
      const { fetch } = setUp({ [metadataUrl]: answer }, { metadataUrl })
      const { message } = await failureOf(fetch())
      expect(message).toContain('metadata at https://as.example.com/metadata.json: ')
      expect(message).not.toContain('s3cr3t')
    },
  )

  test('names the result of each URL', async () => {
    const { message } = await failureOf(
      setUp({
        [oauthUrl]: { contentType: 'text/html', body: '<h1>hunter2</h1>' },
        [openidUrl]: { status: 302 },
        [openidInsertedUrl]: { body: { ...metadata, issuer: 'https://other.example.com' } },
      }).fetch(),
    )
    for (const [url, what] of [
      [oauthUrl, 'text/html'],
      [openidUrl, '302'],
      [openidInsertedUrl, 'https://other.example.com'],
    ]) {
      expect(message).toContain(url)
      expect(message).toContain(what)
    }
    expect(message).toContain('transport.metadataUrl')
    expect(message).not.toContain('hunter2')
  })

  test('retries a lost connection once, as for every request', async () => {
    const { fetch, send, urls } = setUp(
      { [oauthUrl]: { body: metadata } },
      { retry: { wait: () => Promise.resolve(), random: () => 0 } },
    )
    const cause = Object.assign(new Error('reset'), { code: 'ECONNRESET' })
    send.mockRejectedValueOnce(new TransportUnreachableError('lost', { cause }))
    expect(await fetch()).toEqual(metadata)
    expect(send).toHaveBeenCalledTimes(2)
    expect(urls()).toEqual([oauthUrl])
  })

  test.each([
    ['a redirect', { status: 302 }, 'ERR_TRANSPORT_STATUS'],
    ['an empty body', { status: 204 }, 'ERR_TRANSPORT_STATUS'],
    ['a web page', { contentType: 'text/html', body: '<h1>App</h1>' }, 'ERR_RESPONSE_MALFORMED'],
    ['JSON with another media type', { contentType: 'text/plain', body: metadata }, 'ERR_RESPONSE_MALFORMED'],
    ['a body that is not JSON', { body: '{' }, 'ERR_RESPONSE_MALFORMED'],
    ['a body that is not an object', { body: [metadata] }, 'ERR_RESPONSE_MALFORMED'],
    ['no issuer', { body: { introspection_endpoint: 'x' } }, 'ERR_RESPONSE_MALFORMED'],
    ['another issuer', { body: { ...metadata, issuer: 'https://other.example.com' } }, 'ERR_RESPONSE_UNTRUSTED'],
    ['a slash at the end of the issuer', { body: { ...metadata, issuer: `${issuer}/` } }, 'ERR_RESPONSE_UNTRUSTED'],
    ['the issuer in another case', { body: { ...metadata, issuer: issuer.toUpperCase() } }, 'ERR_RESPONSE_UNTRUSTED'],
    [
      'the issuer with its port',
      { body: { ...metadata, issuer: 'https://as.example.com:443/tenant1' } },
      'ERR_RESPONSE_UNTRUSTED',
    ],
    ['an endpoint that is not a string', { body: { issuer, introspection_endpoint: 5 } }, 'ERR_RESPONSE_MALFORMED'],
  ])('ignores a document with %s, and tries the next URL', async (_, answer, code) => {
    const { fetch, urls } = setUp({ [oauthUrl]: answer, [openidUrl]: { body: metadata } })
    expect(await fetch()).toEqual(metadata)
    expect(urls()).toEqual([oauthUrl, openidUrl])
    await expect(setUp({ [oauthUrl]: answer }).fetch()).rejects.toMatchObject({ code })
  })

  test.each([
    'https://login.example.com/realms/orders',
    'http://keycloak:8080/realms/orders',
    'https://10.0.0.5:8443',
    'http://[fd00::5]/',
  ])('names both issuers, and the option for each, when the document is for %s', async (other) => {
    const { fetch } = setUp({ [oauthUrl]: { body: { ...metadata, issuer: other } } })
    const { message } = await failureOf(fetch())
    for (const part of [` ${other},`, issuer, oauthUrl, 'as issuer', 'endpoint option']) expect(message).toContain(part)
  })

  test('gives the remedy for another issuer once, however many documents name it', async () => {
    const named = { body: { ...metadata, issuer: 'http://localhost:8080/realms/orders' } }
    const { message } = await failureOf(
      setUp({ [oauthUrl]: named, [openidUrl]: named, [openidInsertedUrl]: named }).fetch(),
    )
    for (const url of [oauthUrl, openidUrl, openidInsertedUrl]) expect(message).toContain(url)
    expect(message.match(/Give as issuer/g)).toHaveLength(1)
    expect(message.match(/RFC 8414/g)).toHaveLength(1)
  })

  test.each([
    ['text', 'call +1 555 0100 to fix this'],
    ['markup', 'https://a.example/<script>alert(1)</script>'],
    ['a line break', 'https://a.example/\nINFO: all is well'],
    ['an escape sequence', 'https://a.example/\u{1b}[2J'],
    ['a quote', "https://a.example/' or nothing"],
    ['credentials', 'https://user:hunter2@a.example/'],
    ['a query', 'https://a.example/?code=hunter2'],
    ['letters of another alphabet', 'https://\u{430}s.example/'],
    ['a URL of another scheme', 'javascript:alert(1)'],
    ['a novel', `https://a.example/${'a'.repeat(300)}`],
    ['a number', 5],
    ['an object', { toString: 'hunter2' }],
  ])('does not quote an issuer that is %s', async (_, other) => {
    const { fetch } = setUp({ [oauthUrl]: { body: { ...metadata, issuer: other } } })
    const error = await failureOf(fetch())
    expect(error).toMatchObject({
      code: typeof other === 'string' ? 'ERR_RESPONSE_UNTRUSTED' : 'ERR_RESPONSE_MALFORMED',
    })
    if (typeof other === 'string') {
      expect(error.message).toContain('for the issuer something else, expected')
      expect(error.message).not.toContain(other)
    }
    expect(error.message).not.toContain('hunter2')
  })

  describe('that lack the wanted endpoint', () => {
    const token_endpoint = 'https://as.example.com/token'
    const without = { body: { issuer, token_endpoint } }

    test('are completed from the next URLs, and the first document wins where two differ', async () => {
      const other = { body: { ...metadata, token_endpoint: 'https://as.example.com/other' } }
      const { fetch, urls } = setUp({ [oauthUrl]: without, [openidInsertedUrl]: other }, {}, namesIntrospection)
      expect(await fetch()).toEqual({ ...metadata, token_endpoint })
      expect(urls()).toEqual([oauthUrl, openidUrl, openidInsertedUrl])
    })

    test('end the search when a document has the endpoint', async () => {
      const { fetch, urls } = setUp({ [oauthUrl]: without, [openidUrl]: { body: metadata } }, {}, namesIntrospection)
      expect(await fetch()).toMatchObject(metadata)
      expect(urls()).toEqual([oauthUrl, openidUrl])
    })

    test.each([
      ['nothing', {}],
      ['a page', { contentType: 'text/html', body: '<h1>App</h1>' }],
      ['an outage', { status: 503 }],
      ['another issuer', { body: { ...metadata, issuer: 'https://other.example.com' } }],
      ['a 404 answer', without],
    ])('are used when the next URL gives %s', async (_, elsewhere) => {
      const { fetch } = setUp(
        { [oauthUrl]: without, [openidUrl]: elsewhere, [openidInsertedUrl]: elsewhere },
        {},
        namesIntrospection,
      )
      expect(await fetch()).toEqual(without.body)
    })

    test('are used when the server cannot be reached any more', async () => {
      const { fetch, send } = setUp({}, {}, namesIntrospection)
      send.mockRejectedValue(new TransportUnreachableError('down'))
      send.mockResolvedValueOnce({
        status: 200,
        header: (name) => (name === 'content-type' ? 'application/json' : undefined),
        body: new TextEncoder().encode(JSON.stringify(without.body)),
      })
      expect(await fetch()).toEqual(without.body)
      expect(send).toHaveBeenCalledTimes(2)
    })
  })
})
