import { createPublicKey, type JsonWebKeyInput, verify } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import {
  type HostileAuthorizationServer,
  hostileScenarios,
  startHostileAuthorizationServer,
} from '@token-introspection/testing/hostile'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const now = 1_764_000_000
let as: HostileAuthorizationServer

beforeAll(async () => {
  as = await startHostileAuthorizationServer({ audience: 'urn:orders', scope: 'read', now: () => now * 1000 })
})

afterAll(() => as.close())

function ask(token: string, options: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Basic ${btoa('orders-api:s3cr3t')}` }
  return fetch(as.endpoint, { method: 'POST', headers, body: new URLSearchParams({ token }), ...options })
}

function scenario(name: string) {
  const found = hostileScenarios.find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(`there is no scenario ${name}`)
  return found
}

describe('the scenarios', () => {
  test('have unique names and tokens that need no encoding', () => {
    expect(new Set(hostileScenarios.map(({ name }) => name)).size).toBe(hostileScenarios.length)
    expect(new Set(hostileScenarios.map(({ token }) => token)).size).toBe(hostileScenarios.length)
    for (const { name, token } of hostileScenarios) {
      expect(name).toMatch(/^[a-z0-9-]+$/)
      expect(token).toBe(`hostile.${name}`)
    }
  })

  test('each give a reason, and a clause in the form "RFC 7662 §2.2" if there is one', () => {
    for (const { why, clause, title } of hostileScenarios) {
      expect(title).not.toBe('')
      expect(why).toMatch(/\.$/)
      expect(clause ?? 'RFC 7662 §2.2').toMatch(/^RFC \d{4} §\d+(?:\.\d+)*$/)
    }
  })

  test('cover every expected reaction, and good and bad answers for every way to ask', () => {
    const kinds = new Set(hostileScenarios.map(({ expected }) => expected))
    expect([...kinds].toSorted()).toEqual(
      [
        'accept',
        'inactive',
        'insufficient_scope',
        'late',
        'malformed',
        'refuse',
        'unauthorized',
        'unavailable',
        'rate_limited',
        'unexpected_status',
        'unreachable',
        'untrusted',
      ].toSorted(),
    )
    for (const asks of ['json', 'jwt', 'metadata']) {
      const own = hostileScenarios.filter((candidate) => candidate.asks === asks)
      expect(own.filter(({ expected }) => expected === 'accept')).not.toEqual([])
      expect(own.filter(({ expected }) => expected !== 'accept').length).toBeGreaterThan(10)
    }
  })
})

async function readAfterFields(response: Response): Promise<string> {
  expect(response.status).toBe(200)
  return await response.text()
}

describe('the server', () => {
  test('answers as the token demands, with the names and the clock from its options', async () => {
    expect(await (await ask('hostile.good')).json()).toEqual({
      active: true,
      iss: as.issuer,
      aud: 'urn:orders',
      scope: 'read',
      sub: 'alice',
      client_id: 'web',
      token_type: 'Bearer',
      exp: now + 3600,
      iat: now - 60,
    })
    expect(await (await ask('hostile.active-string-true')).json()).toMatchObject({ active: 'true', aud: 'urn:orders' })
    expect(await (await ask('hostile.active-missing')).json()).not.toHaveProperty('active')
    expect((await ask('hostile.status-429-empty')).headers.get('retry-after')).toBe('7')
  })

  test.each([
    [{ audiense: 'urn:orders' }, 'audiense'],
    [{ scope: ['read'] }, 'scope'],
    [{ now: 5 }, 'now'],
    [{ tls: { key: 'x' } }, 'tls'],
  ])('does not start with the wrong options %j', async (options, name) => {
    const started = startHostileAuthorizationServer(options as object)
    await expect(started).rejects.toThrow(TypeError)
    await expect(started).rejects.toThrow(name)
  })

  test.each(['/', '//', '/introspect/x'])('answers 404 at %s', async (path) => {
    const socket = connect(Number(new URL(as.issuer).port), '127.0.0.1')
    socket.write(`GET ${path} HTTP/1.1\r\nHost: as\r\n\r\n`)
    const [head] = (await once(socket, 'data')) as [Buffer]
    expect(head.toString()).toMatch(/^HTTP\/1\.1 404 /)
    socket.destroy()
  })

  test('answers inactive for a token without a scenario', async () => {
    expect(await (await ask('anything else')).json()).toEqual({ active: false })
  })

  test('keeps requests with their scenario until clear()', async () => {
    as.clear()
    await ask('hostile.inactive')
    expect(as.requests).toMatchObject([
      { scenario: 'inactive', method: 'POST', url: '/introspect', body: 'token=hostile.inactive' },
    ])
    as.clear()
    expect(as.requests).toEqual([])
  })

  test('records requests that follow a redirect to another origin, with their bodies', async () => {
    as.clear()
    expect(await (await ask('hostile.redirect-307-away')).json()).toMatchObject({ active: true })
    expect(as.strayRequests).toMatchObject([{ scenario: 'redirect-307-away', body: 'token=hostile.redirect-307-away' }])
  })

  test('repeats the token and the secret in errors, for clients that log errors', async () => {
    const text = await (await ask('hostile.status-400-quoting')).text()
    expect(text).toContain('hostile.status-400-quoting')
    expect(text).toContain('s3cr3t')
  })

  test.each([
    ['a form', {}, 'client_id=orders-api&client_secret=s3:cr%263t&'],
    ['Basic', { authorization: `Basic ${btoa('orders-api:s3:cr%263t')}` }, ''],
  ])('reads credentials from %s', async (_, headers, form) => {
    const body = new URLSearchParams(`${form}token=hostile.status-400-quoting`)
    const response = await fetch(as.endpoint, { method: 'POST', headers, body })
    expect(await response.json()).toMatchObject({ secret: 's3:cr&3t' })
  })

  test('signs with its published key unless the scenario says otherwise', async () => {
    const { keys } = (await (await fetch(`${as.issuer}/jwks`)).json()) as { keys: [JsonWebKeyInput['key']] }
    const key = createPublicKey({ key: keys[0], format: 'jwk' })
    async function verifies(name: string) {
      const [header = '', payload = '', signature = ''] = (await (await ask(`hostile.${name}`)).text()).split('.')
      const isSigned = verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))
      return { isSigned, claims: JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown }
    }
    expect(await verifies('jwt-good')).toMatchObject({
      isSigned: true,
      claims: { iss: as.issuer, aud: 'orders-api', iat: now, token_introspection: { active: true, aud: 'urn:orders' } },
    })
    // In these scenarios something other than the signature is wrong.
    for (const name of ['jwt-typ-access-token', 'jwt-aud-other', 'jwt-iat-old', 'jwt-claims-flat', 'jwt-twice']) {
      expect([name, (await verifies(name)).isSigned]).toEqual([name, true])
    }
    for (const name of ['jwt-none', 'jwt-unsigned', 'jwt-zeros', 'jwt-other-key', 'jwt-hs256', 'jwt-embedded-key']) {
      expect([name, (await verifies(name)).isSigned]).toEqual([name, false])
    }
  })

  test('publishes its own metadata, and the metadata of each scenario under an issuer of its own', async () => {
    const path = '/.well-known/oauth-authorization-server'
    const own: unknown = await (await fetch(`${as.issuer}${path}`)).json()
    expect(own).toMatchObject({ issuer: as.issuer, introspection_endpoint: as.endpoint })
    const issuer = as.issuerOf(scenario('metadata-good'))
    const good: unknown = await (await fetch(`${as.issuer}${path}${new URL(issuer).pathname}`)).json()
    expect(good).toMatchObject({ issuer, introspection_endpoint: as.endpoint })
    const lie = new URL(as.issuerOf(scenario('metadata-issuer-other'))).pathname
    expect(await (await fetch(`${as.issuer}${path}${lie}`)).json()).toMatchObject({
      issuer: 'https://other.example.com',
    })
    expect(await (await ask('hostile.metadata-issuer-other')).json()).toMatchObject({ active: true })
    expect((await fetch(`${as.issuer}/elsewhere`)).status).toBe(404)
  })

  test.each([
    ['hang', false],
    ['hang-body', true],
    ['hang-in-body', true],
    ['drip', true],
    ['processing-endless', false],
    ['early-hints-flood', false],
    ['size-endless', true],
  ])('never ends the answer of the scenario %s', async (name, hasFields) => {
    const stop = new AbortController()
    const asking = ask(`hostile.${name}`, { signal: stop.signal })
    // Fields may come late on a busy machine, so the time for the rest begins when they are there.
    const rest = hasFields ? readAfterFields(await asking) : asking
    AbortSignal.timeout(150).addEventListener('abort', () => stop.abort())
    await expect(rest).rejects.toThrow('aborted')
  })

  test('sends a second answer after the first, over the same connection', async () => {
    const socket = connect(Number(new URL(as.issuer).port), '127.0.0.1')
    const body = 'token=hostile.inactive-smuggled'
    socket.write(`POST /introspect HTTP/1.1\r\nHost: as\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    let received = ''
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()))
    while (!received.endsWith('}') || received.split('HTTP/1.1 200 OK').length < 3) await once(socket, 'data')
    expect(received).toMatch(/\{"active":false\}HTTP\/1\.1 200 OK\r\n[^]*\{"active":true,/)
    socket.destroy()
  })

  test('closes at once while answers are still going on', async () => {
    const other = await startHostileAuthorizationServer()
    const asking = ['hang', 'drip', 'size-endless', 'good-slow'].map((name) =>
      fetch(other.endpoint, { method: 'POST', body: new URLSearchParams({ token: `hostile.${name}` }) }).then(
        (response) => response.text(),
        () => undefined,
      ),
    )
    while (other.requests.length < asking.length) await new Promise((resolve) => setImmediate(resolve))
    expect(await other.connections()).toBeGreaterThan(0)
    await other.close()
    expect(await other.connections()).toBe(0)
    await Promise.allSettled(asking)
    await expect(fetch(other.endpoint)).rejects.toThrow(Error)
  })
})
