import { clientSecretBasic, clientSecretPost, IntrospectionClient } from '@token-introspection/client'
import { createFakeAuthorizationServer, type FakeAuthorizationServer } from '@token-introspection/testing'
import { authorizationServerHandlers, createNetwork } from '@token-introspection/testing/msw'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { http, HttpResponse } from 'msw'
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

describe('its network', () => {
  test('catches requests of undici and of fetch', async () => {
    const as = createFakeAuthorizationServer()
    const network = createNetwork(...authorizationServerHandlers(as))
    network.enable()
    const client = clientOf(as, false)
    expect((await client.introspect(await as.issueToken())).active).toBe(true)
    await client.close()
    const response = await fetch(`${as.issuer}/.well-known/oauth-authorization-server`)
    expect(await response.json()).toMatchObject({ issuer: as.issuer })
    network.disable()
  })

  test('passes on requests to a server that the test started, and no others', async () => {
    const told = vi.spyOn(console, 'error').mockReturnValue(undefined)
    const server = createServer((_, response) => void response.end('from here')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
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
