import { clientSecretBasic, clientSecretPost, IntrospectionClient } from '@token-introspection/client'
import {
  createFakeAuthorizationServer,
  createFakeClock,
  type FakeAuthorizationServer,
} from '@token-introspection/testing'
import { authorizationServerHandlers, createNetwork } from '@token-introspection/testing/msw'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

function clientOf(as: FakeAuthorizationServer, viaFetch = true): IntrospectionClient {
  return new IntrospectionClient({
    issuer: as.issuer,
    clientAuthentication: clientSecretBasic(as.clientId, as.clientSecret),
    transport: viaFetch ? { fetch: as.fetch } : {},
  })
}

function post(as: FakeAuthorizationServer, body: string, headers: Record<string, string> = {}): Promise<Response> {
  const authorization = `Basic ${btoa(`${as.clientId}:${as.clientSecret}`)}`
  const contentType = 'application/x-www-form-urlencoded'
  return as.fetch(as.introspectionEndpoint, {
    method: 'POST',
    headers: { authorization, 'content-type': contentType, ...headers },
    body,
  })
}

describe('the fake authorization server', () => {
  test('refuses unknown options and members', async () => {
    expect(() => createFakeAuthorizationServer({ clientID: 'a' } as object)).toThrow(/^clientID: /)
    const as = createFakeAuthorizationServer()
    await expect(as.issueToken({ tenant: 'acme' } as object)).rejects.toThrow(/^token\.tenant: /)
    await expect(as.issueToken({ expires: 5 } as object)).rejects.toThrow(/^token\.expires: /)
    await expect(as.issueJwt({ tenant: 'acme' } as object)).rejects.toThrow(/^token\.tenant: /)
    expect(() => createFakeAuthorizationServer({ now: Date.now, clock: createFakeClock() })).toThrow(/^now: /)
    expect(() => createFakeAuthorizationServer({ clock: { wait: () => Promise.resolve() } as never })).toThrow(
      /^clock: /,
    )
    for (const kind of ['down', 199, 600, 503.5, Number.NaN]) expect(() => as.outage(kind as 503)).toThrow(/^outage: /)
    for (const ms of [-1, Number.NaN]) expect(() => as.slow(ms)).toThrow(/^slow: /)
  })

  test('issues a new token each time, active for one hour', async () => {
    const as = createFakeAuthorizationServer()
    const [one, other] = await Promise.all([as.issueToken(), as.issueToken({ sub: 'alice', scope: 'orders:read' })])
    expect(one).not.toBe(other)
    expect(await clientOf(as).introspect(one)).toMatchObject({
      active: true,
      sub: 'fake-subject',
      client_id: 'fake-client',
      iss: as.issuer,
      aud: as.audience,
    })
    const result = await clientOf(as).introspect(other)
    expect(result).toMatchObject({ sub: 'alice', scope: 'orders:read' })
    expect(result.active && Number(result.exp) - Number(result.iat)).toBe(3600)
  })

  test('issues tokens with the members and claims of the caller', async () => {
    const as = createFakeAuthorizationServer<{ tenant: string }>()
    const token = await as.issueToken({ aud: [as.audience, 'urn:b'], acr: 'urn:x', claims: { tenant: 'acme' } })
    expect(await clientOf(as).introspect(token)).toMatchObject({
      tenant: 'acme',
      acr: 'urn:x',
      aud: [as.audience, 'urn:b'],
    })
  })

  test('answers inactive for unknown tokens and for tokens for another audience, expired or of another kind', async () => {
    const as = createFakeAuthorizationServer()
    const client = clientOf(as)
    for (const token of [
      'no-such-token',
      await as.issueToken({ aud: 'https://other.example.com' }),
      await as.issueToken({ exp: 1 }),
      await as.issueToken({ kind: 'refresh_token' }),
    ]) {
      expect(await client.introspect(token)).toEqual({ active: false })
    }
  })

  test('revokes one token and no other', async () => {
    const as = createFakeAuthorizationServer()
    const client = clientOf(as)
    const [one, other] = await Promise.all([as.issueToken(), as.issueToken()])
    await as.revokeToken(one)
    expect(await client.introspect(one)).toEqual({ active: false })
    expect((await client.introspect(other)).active).toBe(true)
  })

  test('uses the clock of the option now', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z')
    const as = createFakeAuthorizationServer({ now: () => now })
    const client = new IntrospectionClient({
      issuer: as.issuer,
      clientAuthentication: clientSecretBasic(as.clientId, as.clientSecret),
      transport: { fetch: as.fetch },
      now: () => now,
    })
    const token = await as.issueToken()
    now += 3_599_000
    expect(await client.introspect(token)).toMatchObject({ active: true, exp: Math.floor(now / 1000) + 1 })
    now += 1000
    expect(await client.introspect(token)).toEqual({ active: false })
  })

  test('authenticates its protected resource by header or form, and refuses every other caller', async () => {
    const as = createFakeAuthorizationServer({ clientId: 'orders:api', clientSecret: 's: %+é' })
    const token = await as.issueToken()
    for (const authenticate of [clientSecretBasic, clientSecretPost]) {
      const client = new IntrospectionClient({
        issuer: as.issuer,
        clientAuthentication: authenticate('orders:api', 's: %+é'),
        transport: { fetch: as.fetch },
      })
      expect((await client.introspect(token)).active).toBe(true)
    }
    expect((await post(as, `token=${token}`, { authorization: 'Basic d3Jvbmc6d3Jvbmc=' })).status).toBe(401)
    expect(
      (await as.fetch(as.introspectionEndpoint, { method: 'POST', body: `token=${token}` })).status,
    ).toBeGreaterThanOrEqual(400)
  })

  test.each([
    ['https://as.example.com', '/.well-known/oauth-authorization-server'],
    ['https://as.example.com/', '/.well-known/oauth-authorization-server'],
    ['https://as.example.com/t1', '/.well-known/oauth-authorization-server/t1'],
    ['https://as.example.com/t1/', '/.well-known/oauth-authorization-server/t1'],
    ['http://localhost:9000/t1', '/.well-known/oauth-authorization-server/t1'],
  ])('publishes metadata for %s at %s', async (issuer, path) => {
    const as = createFakeAuthorizationServer({ issuer })
    const response = await as.fetch(new URL(path, issuer))
    expect(await response.json()).toEqual({
      issuer,
      introspection_endpoint: as.introspectionEndpoint,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      jwks_uri: as.jwksUri,
    })
    const client = new IntrospectionClient({
      issuer,
      clientAuthentication: clientSecretBasic(as.clientId, as.clientSecret),
      transport: { fetch: as.fetch, allowHttpOnLoopback: true },
    })
    expect(await client.introspect(await as.issueToken())).toMatchObject({ active: true, iss: issuer })
  })

  test('answers 404 everywhere else', async () => {
    const as = createFakeAuthorizationServer()
    expect((await as.fetch(`${as.issuer}/.well-known/openid-configuration`)).status).toBe(404)
    expect((await as.fetch(`${as.issuer}/token`, { method: 'POST' })).status).toBe(404)
  })

  test('answers nothing during an outage, not even metadata, and works again afterwards', async () => {
    const as = createFakeAuthorizationServer()
    const token = await as.issueToken()
    as.outage(503)
    await expect(clientOf(as).introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status: 503 })
    expect(as.introspectionCount).toBe(0)
    const client = clientOf(as)
    as.outage(undefined)
    expect((await client.introspect(token)).active).toBe(true)
    as.outage(500)
    await expect(client.introspect(token)).rejects.toMatchObject({ status: 500 })
    as.outage(undefined)
    expect((await client.introspect(token)).active).toBe(true)
  })

  test('is unreachable over fetch and over a network, counts nothing then, and is back afterwards', async () => {
    const as = createFakeAuthorizationServer()
    const network = createNetwork({ handlers: authorizationServerHandlers(as) })
    network.enable()
    onTestFinished(() => network.disable())
    const token = await as.issueToken()
    as.outage('unreachable')
    await expect(as.fetch(as.introspectionEndpoint)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    for (const transport of [{ fetch: as.fetch }, {}]) {
      const client = new IntrospectionClient({
        endpoint: as.introspectionEndpoint,
        clientAuthentication: clientSecretBasic(as.clientId, as.clientSecret),
        transport: { ...transport, retry: false },
      })
      await expect(client.introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE' })
      await client.close()
    }
    expect(as.introspectionCount).toBe(0)
    as.outage(undefined)
    expect((await clientOf(as).introspect(token)).active).toBe(true)
  })

  test('answers slowly by the clock of the test', async () => {
    const clock = createFakeClock()
    const as = createFakeAuthorizationServer({ clock })
    as.slow(5000)
    let answered = false
    const asked = as.fetch(as.jwksUri).then(() => (answered = true))
    clock.advance(4999)
    await new Promise(setImmediate)
    expect(answered).toBe(false)
    clock.advance(1)
    await asked
    as.slow(0)
    expect((await as.fetch(as.jwksUri)).status).toBe(200)
  })

  test.each([
    ['a fake clock', createFakeClock()],
    ['the clock of the runtime', undefined],
  ])('never answers when it is slow without end, by %s, and ends when the caller leaves', async (_, clock) => {
    const as = createFakeAuthorizationServer({ clock })
    as.slow(Number.POSITIVE_INFINITY)
    const controller = new AbortController()
    const asked = as.fetch(as.jwksUri, { signal: controller.signal })
    controller.abort(new Error('left'))
    await expect(asked).rejects.toThrow('left')
    const client = new IntrospectionClient({
      issuer: as.issuer,
      clientAuthentication: clientSecretBasic(as.clientId, as.clientSecret),
      transport: { fetch: as.fetch, deadlineMs: 50, retry: false },
    })
    await expect(client.introspect('any')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
  })

  test('is slow by the clock of the runtime', async () => {
    const as = createFakeAuthorizationServer()
    as.slow(1)
    expect((await as.fetch(as.jwksUri)).status).toBe(200)
  })

  test.each(['local', 'local-then-introspect', 'introspect'] as const)('issues JWTs, judged by %s', async (mode) => {
    const clock = createFakeClock()
    const as = createFakeAuthorizationServer<{ tenant: string }>({ clock })
    const client = new IntrospectionClient({
      issuer: as.issuer,
      clientAuthentication: clientSecretBasic(as.clientId, as.clientSecret),
      policy: { audience: as.audience },
      transport: { fetch: as.fetch },
      now: clock.now,
      onWarning: false,
      ...(mode !== 'introspect' && { jwt: { mode } }),
    })
    const token = await as.issueJwt({ sub: 'alice', scope: 'orders:read', sessionId: 's1', claims: { tenant: 'acme' } })
    const expected = { active: true, iss: as.issuer, sub: 'alice', aud: as.audience, tenant: 'acme' }
    expect(await client.introspect(token)).toMatchObject(expected)
    expect(as.introspectionCount).toBe(mode === 'local' ? 0 : 1)
    expect(atob(token.split('.')[1] ?? '')).not.toContain('s1')
    const tampered = token.slice(0, -8) + 'AAAAAAAA'
    expect(await client.introspect(tampered)).toEqual({ active: false })
    clock.advance(3_600_000 + 5000)
    expect(await client.introspect(token)).toEqual({ active: false })
    const revoked = await as.issueJwt()
    await as.revokeToken(revoked)
    expect((await client.introspect(revoked)).active).toBe(mode === 'local')
  })

  test('counts introspection requests, whatever the answer, and no other requests', async () => {
    const as = createFakeAuthorizationServer()
    const client = clientOf(as)
    expect(as.introspectionCount).toBe(0)
    await client.introspect('no-such-token')
    await client.introspect(await as.issueToken())
    expect(as.introspectionCount).toBe(2)
    as.outage(500)
    await client.introspect('abc').catch(() => undefined)
    expect(as.introspectionCount).toBe(3)
  })
})

async function startServer(host: string): Promise<Server> {
  const server = createServer((_, response) => void response.end('from here')).listen(0, host)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return server
}

describe('its network', () => {
  test('catches requests of undici and of fetch', async () => {
    const as = createFakeAuthorizationServer()
    const network = createNetwork({ handlers: authorizationServerHandlers(as) })
    network.enable()
    const client = clientOf(as, false)
    expect((await client.introspect(await as.issueToken())).active).toBe(true)
    await client.close()
    const response = await fetch(`${as.issuer}/.well-known/oauth-authorization-server`)
    expect(await response.json()).toMatchObject({ issuer: as.issuer })
    network.disable()
  })

  test('has handlers for setupServer of MSW, and a client that uses the global fetch', async () => {
    const as = createFakeAuthorizationServer()
    const mocks = setupServer(...authorizationServerHandlers(as))
    const client = new IntrospectionClient({
      issuer: as.issuer,
      clientAuthentication: clientSecretBasic(as.clientId, as.clientSecret),
      transport: { fetch: (url, init) => fetch(url, init) },
    })
    mocks.listen()
    onTestFinished(() => mocks.close())
    expect((await client.introspect(await as.issueToken())).active).toBe(true)
  })

  test('passes on requests to a server that the test started, and no others', async () => {
    const told = vi.spyOn(console, 'error').mockReturnValue(undefined)
    const server = await startServer('127.0.0.1')
    const network = createNetwork(http.get('https://other.example.com/', () => HttpResponse.text('mocked')))
    network.enable()
    onTestFinished(() => network.disable())
    const { port } = server.address() as AddressInfo
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await (await fetch(`http://${host}:${port}/`)).text()).toBe('from here')
    }
    expect(await (await fetch('https://other.example.com/')).text()).toBe('mocked')
    expect(told).not.toHaveBeenCalled()
    await expect(fetch('http://127.0.0.1.example.com/')).rejects.toThrow()
  })

  test('sends nothing to other machines without a handler, unless it may', async () => {
    vi.spyOn(console, 'error').mockReturnValue(undefined)
    const warned = vi.spyOn(console, 'warn').mockReturnValue(undefined)
    const server = await startServer('0.0.0.0')
    // Linux and macOS connect this address to this machine, but it does not count as loopback.
    const url = `http://0.0.0.0:${(server.address() as AddressInfo).port}/`
    const asked: string[] = []
    const cases = [
      [undefined, 'failed'],
      ['error', 'failed'],
      ['warn', 'from here'],
      ['bypass', 'from here'],
      [({ url: unhandled }: Request) => void asked.push(unhandled), 'from here'],
      [() => Promise.reject(new Error('no')), 'failed'],
    ] as const
    for (const [onUnhandledRequest, expected] of cases) {
      const network = createNetwork({ onUnhandledRequest })
      network.enable()
      const found = await fetch(url).then(
        (response) => response.text(),
        () => 'failed',
      )
      network.disable()
      expect([onUnhandledRequest, found]).toEqual([onUnhandledRequest, expected])
    }
    expect(warned).toHaveBeenCalledOnce()
    expect(asked).toEqual([url])
  })

  test('refuses unknown options, and takes one handler alone', async () => {
    expect(() => createNetwork({ handler: [] } as object)).toThrow(/^handler: unknown option/)
    expect(() => createNetwork({ handlers: 5 } as object)).toThrow(/^handlers: /)
    expect(() => createNetwork({ onUnhandledRequest: 'toString' } as object)).toThrow(/^onUnhandledRequest: /)
    const network = createNetwork(http.get('https://one.example.com/', () => HttpResponse.text('one')))
    network.enable()
    onTestFinished(() => network.disable())
    expect(await (await fetch('https://one.example.com/')).text()).toBe('one')
  })

  test('serves an issuer with a path', async () => {
    const as = createFakeAuthorizationServer({ issuer: 'https://as.example.com/t1' })
    const network = createNetwork(...authorizationServerHandlers(as))
    network.enable()
    const client = clientOf(as, false)
    expect((await client.introspect(await as.issueToken())).active).toBe(true)
    await client.close()
    network.disable()
  })

  test('fails a request without a handler, and reports it', async () => {
    const told = vi.spyOn(console, 'error').mockReturnValue(undefined)
    const as = createFakeAuthorizationServer()
    const network = createNetwork(http.get('https://elsewhere.example/', () => new Response('x')))
    network.enable()
    const client = clientOf(as, false)
    await expect(client.introspect('abc')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE' })
    expect(told.mock.calls.flat().join(' ')).toContain(`GET ${as.issuer}`)
    await client.close()
    network.disable()
  })
})
