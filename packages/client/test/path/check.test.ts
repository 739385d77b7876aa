import {
  type CheckSide,
  type CheckStep,
  clientCredentials,
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionClientOptions,
  rotatingClientSecret,
} from '@token-introspection/client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { holdClock } from '../held-clock.ts'

const issuer = 'https://as.example.com'
const endpoint = `${issuer}/introspect`
const metadataUrl = `${issuer}/metadata`
const jwks = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] }
const metadata = {
  issuer,
  introspection_endpoint: endpoint,
  jwks_uri: `${issuer}/keys`,
  token_endpoint: `${issuer}/token`,
}

/** What the remedy begins with, or names, by the side that has to look first. */
const REMEDIES: Readonly<Record<CheckSide, RegExp>> = {
  resource_server: /^Compare (issuer|endpoint|the identifier)/,
  authorization_server: /^Look at (the authorization server|what answered)/,
  connection: /^Look at the cause of the error, .* transport\.deadlineMs$/,
}

type Answers = Readonly<Record<string, () => Response | Promise<Response>>>

const healthy: Answers = {
  '/metadata': () => Response.json(metadata),
  '/introspect': () => Response.json({ active: false }),
  '/keys': () => Response.json(jwks),
}

/** A client of a server with these answers, by path. */
function createClient(answers: Answers = {}, options: Partial<IntrospectionClientOptions> = {}) {
  const requests: { path: string; body: URLSearchParams }[] = []
  const all = { ...healthy, ...answers }
  const client = new IntrospectionClient({
    issuer,
    clientAuthentication: clientSecretBasic('api', 'cl1ent-5ecret'),
    onWarning: false,
    ...options,
    transport: {
      metadataUrl,
      ...options.transport,
      fetch: async (url, init) => {
        const { pathname } = new URL(url)
        requests.push({ path: pathname, body: new URLSearchParams(init?.body as string | undefined) })
        return (await all[pathname]?.()) ?? new Response(null, { status: 404 })
      },
    },
  })
  onTestFinished(() => client.close())
  return { client, requests }
}

const refusing = (): Response => Response.json({ error: 'invalid_client' }, { status: 401 })
const status = (code: number) => () => new Response(null, { status: code })
const unreachable = (): Response => {
  throw new TypeError('fetch failed')
}

describe('a check of the client', () => {
  test('passes, and asks about another made-up token each time', async () => {
    const { client, requests } = createClient()
    expect(await client.check()).toEqual({ ok: true })
    expect(await client.check()).toEqual({ ok: true })
    expect(requests.map(({ path }) => path)).toEqual(['/metadata', '/introspect', '/introspect'])
    const tokens = requests.map(({ body }) => body.get('token')).filter((token) => token !== null)
    expect(new Set(tokens).size).toBe(2)
    expect(tokens.every((token) => /^[\w-]{43}$/.test(token))).toBe(true)
  })

  test('warms up metadata and keys, so that the first call sends only its question', async () => {
    const { client, requests } = createClient({}, { jwt: { mode: 'local-or-introspect' } })
    expect(await client.check()).toEqual({ ok: true })
    expect(requests.map(({ path }) => path)).toEqual(['/metadata', '/introspect', '/keys'])
    await client.introspect('opaque')
    expect(requests.slice(3).map(({ path }) => path)).toEqual(['/introspect'])
  })

  test.each<[readonly string[] | undefined, boolean]>([
    [['RS256', 'PS256'], true],
    [['RS256', 'ES256'], false],
    [[], true],
    [undefined, false],
  ])('says whether a server that signs answers by %j fits response.jwt', async (offered, fails) => {
    const named = { ...metadata, introspection_signing_alg_values_supported: offered }
    const { client, requests } = createClient(
      { '/metadata': () => Response.json(named) },
      { response: { jwt: { algorithms: ['ES256'] } } },
    )
    const health = await client.check()
    // The answers of this server are JSON, so the check fails in any case.
    expect(health).toMatchObject(
      fails
        ? { step: 'metadata', side: 'resource_server', error: { code: 'ERR_RESPONSE_UNTRUSTED' } }
        : { step: 'answer', side: 'authorization_server', error: { code: 'ERR_RESPONSE_UNTRUSTED' } },
    )
    expect(requests).toHaveLength(fails ? 1 : 2)
  })

  test('takes only the keys of a client that never introspects', async () => {
    const { client, requests } = createClient({}, { jwt: { mode: 'local' } })
    expect(await client.check()).toEqual({ ok: true })
    expect(requests.map(({ path }) => path)).toEqual(['/metadata', '/keys'])
  })

  test.each<[string, Answers, CheckStep, CheckSide, string]>([
    ['no metadata', { '/metadata': status(404) }, 'metadata', 'resource_server', 'ERR_TRANSPORT_STATUS'],
    [
      'metadata that are down',
      { '/metadata': status(503) },
      'metadata',
      'authorization_server',
      'ERR_TRANSPORT_STATUS',
    ],
    ['metadata out of reach', { '/metadata': unreachable }, 'metadata', 'connection', 'ERR_TRANSPORT_UNREACHABLE'],
    [
      'metadata without the endpoint',
      { '/metadata': () => Response.json({ issuer }) },
      'metadata',
      'resource_server',
      'ERR_TRANSPORT_ENDPOINT_MISSING',
    ],
    [
      'metadata of another issuer',
      { '/metadata': () => Response.json({ ...metadata, issuer: 'https://other.example.com' }) },
      'metadata',
      'resource_server',
      'ERR_RESPONSE_UNTRUSTED',
    ],
    [
      'refused credentials',
      { '/introspect': refusing },
      'credentials',
      'resource_server',
      'ERR_TRANSPORT_UNAUTHORIZED',
    ],
    ['an endpoint out of reach', { '/introspect': unreachable }, 'endpoint', 'connection', 'ERR_TRANSPORT_UNREACHABLE'],
    ['an endpoint elsewhere', { '/introspect': status(404) }, 'endpoint', 'resource_server', 'ERR_TRANSPORT_STATUS'],
    ['a rate limit', { '/introspect': status(429) }, 'endpoint', 'authorization_server', 'ERR_TRANSPORT_RATE_LIMITED'],
    ['a broken endpoint', { '/introspect': status(500) }, 'endpoint', 'authorization_server', 'ERR_TRANSPORT_STATUS'],
    [
      'a page instead of an answer',
      { '/introspect': () => new Response('<html>', { headers: { 'content-type': 'text/html' } }) },
      'answer',
      'authorization_server',
      'ERR_RESPONSE_MALFORMED',
    ],
    [
      'an active answer about the made-up token',
      { '/introspect': () => Response.json({ active: true }) },
      'answer',
      'authorization_server',
      'ERR_RESPONSE_UNTRUSTED',
    ],
    ['keys that are down', { '/keys': status(500) }, 'keys', 'authorization_server', 'ERR_JWT_KEYS_UNAVAILABLE'],
    ['keys out of reach', { '/keys': unreachable }, 'keys', 'connection', 'ERR_JWT_KEYS_UNAVAILABLE'],
  ])('says of %s which step failed, and on whose side', async (_what, answers, step, side, code) => {
    const { client } = createClient(answers, { jwt: { mode: 'local-or-introspect' } })
    const health = await client.check()
    expect(health).toMatchObject({ ok: false, step, side, error: { code } })
    expect(health.ok ? '' : health.remedy).toMatch(REMEDIES[side])
  })

  test('says that the credentials failed when the access token of the client could not be fetched', async () => {
    const { client } = createClient(
      { '/token': status(503) },
      { clientAuthentication: clientCredentials({ clientAuthentication: clientSecretBasic('api', 'cl1ent-5ecret') }) },
    )
    expect(await client.check()).toMatchObject({ ok: false, step: 'credentials', side: 'authorization_server' })
  })

  test.each<[string, unknown, RegExp]>([
    ['an error', new Error('the vault is sealed'), /^clientSecret: the function of client "api" failed with Error\. /],
    ['a text', 'sealed', /^clientSecret: the function of client "api" failed with a value that is not an error\. /],
  ])('does not reject when the function for the secret throws %s', async (_what, thrown, message) => {
    const { client } = createClient(
      {},
      {
        clientAuthentication: rotatingClientSecret('api', () => {
          throw thrown
        }),
      },
    )
    const health = await client.check()
    expect(health).toMatchObject({ ok: false, step: 'credentials', side: 'resource_server' })
    expect(health.ok ? '' : health.error.message).toMatch(message)
  })

  test.each<[string, unknown, RegExp]>([
    [
      'an error',
      new Error('the vault is sealed'),
      /^clientAuthentication\.authenticate: the function of client "api" failed with Error\./,
    ],
    ['a text', 'sealed', /failed with a value that is not an error\./],
  ])(
    'does not reject when a client authentication that is your own object throws %s',
    async (_what, thrown, message) => {
      const authenticate = (): never => {
        throw thrown
      }
      const { client } = createClient({}, { clientAuthentication: { method: 'own', clientId: 'api', authenticate } })
      const health = await client.check()
      expect(health).toMatchObject({ ok: false, step: 'credentials', side: 'resource_server' })
      expect(health.ok ? '' : health.error.message).toMatch(message)
    },
  )

  test('ends at the deadline of a call', async () => {
    const clock = holdClock()
    const { client } = createClient(
      { '/introspect': () => new Promise(() => undefined) },
      { transport: { deadlineMs: 300 } },
    )
    const checking = client.check()
    await clock.pass(300)
    expect(await checking).toMatchObject({
      ok: false,
      step: 'endpoint',
      side: 'connection',
      error: { code: 'ERR_TRANSPORT_TIMEOUT' },
    })
  })

  test('is shared by parallel calls', async () => {
    const { client, requests } = createClient()
    const all = await Promise.all([client.check(), client.check(), client.check()])
    expect(all).toEqual([{ ok: true }, { ok: true }, { ok: true }])
    expect(requests.map(({ path }) => path)).toEqual(['/metadata', '/introspect'])
  })

  test('leaves the cache and its counts alone', async () => {
    const { client } = createClient({}, { cache: {} })
    await client.check()
    expect(client.statistics()).toMatchObject({ hits: 0, misses: 0, entries: 0 })
  })

  test('opens no circuit when it fails', async () => {
    const { client } = createClient(
      { '/introspect': status(503) },
      { transport: { retry: false, circuitBreaker: { failures: 1, windowMs: 0 } } },
    )
    expect(await client.check()).toMatchObject({ ok: false, step: 'endpoint' })
    expect(client.statistics().circuits.map(({ state }) => state)).not.toContain('open')
    await expect(client.introspect('a')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS' })
  })

  test('asks through an open circuit, and closes it when the endpoint answers', async () => {
    let isDown = true
    const { client } = createClient(
      { '/introspect': () => (isDown ? status(503)() : Response.json({ active: false })) },
      { transport: { retry: false, circuitBreaker: { failures: 1, windowMs: 0, openMs: 60_000, maxOpenMs: 60_000 } } },
    )
    await expect(client.introspect('a')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS' })
    await expect(client.introspect('a')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_CIRCUIT_OPEN' })
    isDown = false
    expect(await client.check()).toEqual({ ok: true })
    expect(await client.introspect('a')).toEqual({ active: false })
  })

  test.each([429, 503])('leaves an open circuit open when the endpoint answers %d', async (code) => {
    let answer = 503
    const { client } = createClient(
      { '/introspect': () => status(answer)() },
      { transport: { retry: false, circuitBreaker: { failures: 1, windowMs: 0, openMs: 60_000, maxOpenMs: 60_000 } } },
    )
    await expect(client.introspect('a')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS' })
    answer = code
    expect(await client.check()).toMatchObject({ ok: false, step: 'endpoint' })
    await expect(client.introspect('a')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_CIRCUIT_OPEN' })
  })

  test('does not wait in the queue', async () => {
    const held = Promise.withResolvers<Response>()
    let asked = 0
    const { client } = createClient(
      { '/introspect': () => ((asked += 1) === 1 ? held.promise : Response.json({ active: false })) },
      { endpoint, transport: { maxConcurrentRequests: 1, maxQueuedRequests: 0 } },
    )
    const waiting = client.introspect('a')
    expect(await client.check()).toEqual({ ok: true })
    held.resolve(Response.json({ active: false }))
    expect(await waiting).toEqual({ active: false })
  })

  test('is a mistake after the client was closed', async () => {
    const { client } = createClient()
    await client.close()
    await expect(client.check()).rejects.toThrow(new TypeError('the IntrospectionClient is closed'))
  })
})
