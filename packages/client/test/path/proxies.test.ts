/** Option `transport.proxy`, over real proxies. */
import { readFileSync } from 'node:fs'
import {
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionError,
  tlsClientAuth,
  type TransportOptions,
} from '@token-introspection/client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { holdClock } from '../held-clock.ts'
import { createCertificate } from '../certificates.ts'
import { type Exchange, serve } from '../loopback-server.ts'
import { serveProxy } from '../proxy-server.ts'
import { serveTls } from '../tls-server.ts'

const VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']
const host = 'as.example.com'
const certificate = createCertificate(host)
const tls = { ca: certificate.cert }

function answerActive({ response }: Exchange): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"active":true}')
}

function createClient(transport: TransportOptions, endpoint = `https://${host}/introspect`): IntrospectionClient {
  const clientAuthentication = clientSecretBasic('api', 's3cr3t')
  return new IntrospectionClient({ endpoint, clientAuthentication, transport: { retry: false, ...transport } })
}

async function failureOf(client: IntrospectionClient): Promise<IntrospectionError> {
  return (await client.introspect('a').catch((error: unknown) => error)) as IntrospectionError
}

/** An authorization server over http, at an address that is not loopback by its name. */
async function serveElsewhere() {
  const server = await serve(answerActive)
  const port = Number(new URL(server.origin).port)
  const transport = { proxy: 'environment', allowHttpOrigins: [`http://0.0.0.0:${port}`], allowHttpOnLoopback: true }
  return { server, port, transport, endpoint: `http://0.0.0.0:${port}/introspect` }
}

beforeEach(() => {
  for (const name of VARIABLES) vi.stubEnv(name, undefined)
})

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('a proxy by its URL', () => {
  test('carries the requests, and gets its own credentials, which the authorization server never sees', async () => {
    await using server = await serveTls(certificate)
    await using proxy = await serveProxy({ port: server.port })
    await using client = createClient({ proxy: `http://user:p%40ss@127.0.0.1:${proxy.port}`, tls })
    for (const token of ['a', 'b', 'c', 'd']) expect((await client.introspect(token)).active).toBe(true)
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${host}:443 Basic ${btoa('user:p@ss')}`]))
    // Tunnels are used again.
    expect(proxy.asked.length).toBeLessThan(3)
    expect(server.requests.map(({ headers }) => headers['proxy-authorization'])).toEqual(Array(4).fill(undefined))
  })

  test('does not see the certificate of the client, which the authorization server gets through the tunnel', async () => {
    const fixtures = new URL('../../../server/test/fixtures/certificates/', import.meta.url)
    const read = (name: string) => readFileSync(new URL(name, fixtures), 'utf8')
    await using server = await serveTls({ cert: read('server.pem'), key: read('server.key.pem') })
    await using proxy = await serveProxy()
    await using client = new IntrospectionClient({
      endpoint: `https://localhost:${server.port}/introspect`,
      clientAuthentication: tlsClientAuth('orders'),
      transport: {
        proxy: proxy.origin,
        tls: { cert: read('orders.pem'), key: read('orders.key.pem'), ca: read('authority.pem') },
      },
    })
    expect((await client.introspect('a')).active).toBe(true)
    expect(server.requests).toEqual([expect.objectContaining({ certificate: expect.any(String) as string })])
    expect(proxy.asked).toEqual([`CONNECT localhost:${server.port} -`])
  })

  test('that speaks https is verified with the same authorities', async () => {
    const own = createCertificate('localhost')
    await using server = await serveTls(certificate)
    await using proxy = await serveProxy({ port: server.port }, own)
    const url = `https://localhost:${proxy.port}`
    await using trusting = createClient({ proxy: url, tls: { ca: [certificate.cert, own.cert] } })
    expect((await trusting.introspect('a')).active).toBe(true)
    await using doubting = createClient({ proxy: url, tls })
    const { message } = await failureOf(doubting)
    expect(message).toContain(`the proxy ${url} cannot be reached: `)
    expect(message).toContain('transport.tls.ca')
  })

  test('does not hide that the certificate of the authorization server is unknown', async () => {
    await using server = await serveTls(certificate)
    await using proxy = await serveProxy({ port: server.port })
    await using client = createClient({ proxy: proxy.origin })
    const { message } = await failureOf(client)
    expect(message).toContain('transport.tls.ca')
    expect(message).not.toContain('the proxy')
  })

  test('gets plain http whole, as a proxy expects it', async () => {
    await using server = await serve(answerActive)
    await using proxy = await serveProxy({ port: Number(new URL(server.origin).port) })
    const transport = { proxy: `http://user:pass@127.0.0.1:${proxy.port}`, allowHttpOrigins: ['http://keycloak:8080'] }
    await using client = createClient(transport, 'http://keycloak:8080/introspect')
    expect((await client.introspect('a')).active).toBe(true)
    expect(proxy.asked).toEqual([`POST http://keycloak:8080/introspect Basic ${btoa('user:pass')}`])
    expect(server.requests[0]?.headers['host']).toEqual(['keycloak:8080'])
  })

  test.each([
    ['https', 407, 'it wants other credentials'],
    ['http', 407, 'it wants other credentials'],
    ['https', 403, 'it does not allow this host'],
    ['https', 502, 'it could not reach the host'],
    ['https', 418, 'answered 418'],
  ])('that answers %s with %i is named, without its credentials', async (scheme, status, advice) => {
    await using proxy = await serveProxy({ status })
    const transport = { proxy: `http://user:hunter2@127.0.0.1:${proxy.port}`, allowHttpOrigins: ['http://keycloak'] }
    await using client = createClient(transport, scheme === 'http' ? 'http://keycloak/introspect' : undefined)
    const { code, message, cause } = await failureOf(client)
    expect(code).toBe('ERR_TRANSPORT_UNREACHABLE')
    expect(message).toContain(`the proxy ${proxy.origin} answered ${status}`)
    expect(message).toContain(advice)
    expect(`${message} ${(cause as Error).stack}`).not.toMatch(/hunter2|user/)
    expect(proxy.asked).toHaveLength(1)
  })

  test.each(['http', 'https'])('that cannot be reached is named, for %s', async (scheme) => {
    const transport = { proxy: 'http://user:hunter2@127.0.0.1:1', allowHttpOrigins: ['http://keycloak'] }
    await using client = createClient(transport, scheme === 'http' ? 'http://keycloak/introspect' : undefined)
    const { code, message } = await failureOf(client)
    expect(code).toBe('ERR_TRANSPORT_UNREACHABLE')
    expect(message).toContain('the proxy http://127.0.0.1:1 cannot be reached: ECONNREFUSED')
    expect(message).not.toContain('hunter2')
  })

  test('that opens no tunnel ends the call at its deadline, and later calls do not wait for that tunnel', async () => {
    await using server = await serveTls(certificate)
    await using proxy = await serveProxy({ port: server.port, hangs: true })
    await using client = createClient({ proxy: proxy.origin, tls, deadlineMs: 100, maxConcurrentRequests: 1 })
    const clock = holdClock()
    const failing = failureOf(client)
    while (proxy.asked.length === 0) await clock.pass(0)
    await clock.pass(100)
    expect((await failing).code).toBe('ERR_TRANSPORT_TIMEOUT')
    proxy.behaviour.hangs = false
    await proxy.abandoned
    expect((await client.introspect('b')).active).toBe(true)
  })

  test('does not lift the limit of an answer', async () => {
    await using server = await serve(({ response }) => response.end('x'.repeat(2000)))
    await using proxy = await serveProxy({ port: Number(new URL(server.origin).port) })
    const transport = { proxy: proxy.origin, allowHttpOrigins: ['http://keycloak'], maxResponseBytes: 1024 }
    await using client = createClient(transport, 'http://keycloak/introspect')
    expect((await failureOf(client)).code).toBe('ERR_RESPONSE_MALFORMED')
  })
})

describe("proxy: 'environment'", () => {
  test.each([
    ['HTTPS_PROXY', {}],
    ['https_proxy', {}],
    ['https_proxy', { HTTPS_PROXY: 'http://127.0.0.1:1' }],
    ['HTTPS_PROXY', { HTTP_PROXY: 'http://127.0.0.1:1' }],
    ['HTTP_PROXY', {}],
    ['HTTP_PROXY', { HTTPS_PROXY: '' }],
  ])('takes https through %s beside %j', async (name, others) => {
    await using server = await serveTls(certificate)
    await using proxy = await serveProxy({ port: server.port })
    for (const [other, value] of Object.entries(others)) vi.stubEnv(other, value)
    vi.stubEnv(name, proxy.origin)
    await using client = createClient({ proxy: 'environment', tls })
    // The variables are read once.
    vi.stubEnv(name, 'http://127.0.0.1:1')
    vi.stubEnv('NO_PROXY', '*')
    expect((await client.introspect('a')).active).toBe(true)
    expect(proxy.asked).toEqual([`CONNECT ${host}:443 -`])
  })

  test.each([
    ['', 1],
    ['0.0.0.0', 0],
    ['other.example, 0.0.0.0', 0],
    ['0.0.0.0:PORT', 0],
    ['0.0.0.0:1', 1],
    ['*', 0],
  ])('with NO_PROXY %j asks the proxy %i times', async (noProxy, times) => {
    const { server, port, transport, endpoint } = await serveElsewhere()
    await using _ = server
    await using proxy = await serveProxy()
    vi.stubEnv('HTTP_PROXY', proxy.origin)
    vi.stubEnv('NO_PROXY', noProxy.replace('PORT', String(port)))
    await using client = createClient(transport, endpoint)
    expect((await client.introspect('a')).active).toBe(true)
    expect(proxy.asked).toHaveLength(times)
    expect(server.requests).toHaveLength(1)
  })

  test('reaches this machine directly, so that a proxy never gets a token for its own loopback', async () => {
    const { server, port, transport } = await serveElsewhere()
    await using _ = server
    await using proxy = await serveProxy()
    vi.stubEnv('HTTP_PROXY', proxy.origin)
    for (const name of ['localhost', '127.0.0.1']) {
      await using client = createClient(transport, `http://${name}:${port}/introspect`)
      expect((await client.introspect('a')).active).toBe(true)
    }
    expect(proxy.asked).toEqual([])
  })

  test('is direct without variables, and variables do nothing without the option', async () => {
    const { server, transport, endpoint } = await serveElsewhere()
    await using _ = server
    await using direct = createClient(transport, endpoint)
    expect((await direct.introspect('a')).active).toBe(true)
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1')
    await using unaware = createClient({ ...transport, proxy: undefined }, endpoint)
    expect((await unaware.introspect('a')).active).toBe(true)
  })

  test.each(['proxy:3128', 'socks5://user:hunter2@proxy', 'hunter2', 'http://user:hunter2%@proxy:3128'])(
    'refuses the variable %s and names it',
    (value) => {
      vi.stubEnv('HTTPS_PROXY', value)
      expect(() => createClient({ proxy: 'environment' })).toThrow(
        /^transport\.proxy: the variable HTTPS_PROXY must be /,
      )
      expect(() => createClient({ proxy: 'environment' })).not.toThrow(/hunter2/)
    },
  )

  test('names the proxy that it took', async () => {
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1')
    vi.stubEnv('HTTPS_PROXY', 'http://user:hunter2@127.0.0.1:2')
    await using client = createClient({ proxy: 'environment' })
    expect((await failureOf(client)).message).toContain('the proxy http://127.0.0.1:2 cannot be reached')
  })
})
