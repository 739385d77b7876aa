import { request as httpRequest } from 'node:http'
import {
  type CacheEntry,
  type CacheStore,
  clientSecretBasic,
  combineIssuers,
  type TokenOptions,
  type Fetch,
  type Guard,
  type GuardDecision,
  type GuardOptions,
  IntrospectionClient,
  type IntrospectionClientOptions,
  TransportTimeoutError,
} from '@token-introspection/client'
import { honoGuard as requireHonoToken } from '@token-introspection/client/hono'
import { nodeGuard } from '@token-introspection/client/node'
import { parseChallenges } from '@token-introspection/core'
import { createFakeAuthorizationServer } from '@token-introspection/testing'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { audience, clientSecret, good, hostileAnswers, issuer, now, scope, token } from '../hostile-answers.ts'
import { type LoopbackServer, serve, serveListener } from '../loopback-server.ts'
import { expectNoSecrets } from '../secrets.ts'

/** A busy machine may need long for an answer that comes. */
const PATIENT_MS = 60_000

const realm = 'orders'
let elsewhere: LoopbackServer

beforeAll(async () => {
  elsewhere = await serve(({ response }) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(good)),
  )
})

afterAll(() => elsewhere[Symbol.asyncDispose]())

function createClient(options: Partial<IntrospectionClientOptions> = {}) {
  return new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', clientSecret),
    response: { acceptedIssuers: [issuer] },
    now: () => now * 1000,
    ...options,
  })
}

/** A guard whose authorization server gives one answer, and a count of its requests. */
function guardWith(
  members: object,
  options: GuardOptions = { audience, scope, realm },
  given: Parameters<typeof createClient>[0] = {},
) {
  let asked = 0
  const client = createClient({
    ...given,
    transport: {
      fetch: () => {
        asked++
        return Promise.resolve(Response.json({ active: true, ...members }))
      },
    },
  })
  return { decide: client.guard(options), asked: () => asked }
}

function bearing(...fields: readonly string[]): Request {
  const headers = new Headers()
  for (const field of fields) headers.append('authorization', field)
  return new Request('https://api.example.com/orders', { headers })
}

function refusalOf(decision: GuardDecision) {
  if (decision.allowed) throw new Error('allowed')
  return decision
}

function challengeOf(decision: GuardDecision) {
  const field = refusalOf(decision).headers['www-authenticate']
  return field === undefined ? undefined : parseChallenges(field)
}

async function decideWhen(status: number, headers: Record<string, string> = {}) {
  const client = createClient({
    transport: { fetch: () => Promise.resolve(Response.json({ active: true }, { status, headers })) },
  })
  return refusalOf(await client.guard({ audience })(bearing(`Bearer ${token}`)))
}

describe('a guard that has to wait', () => {
  test.each<[string, number, string]>([
    ['before exp and the leeway are over', 64, 'allowed'],
    ['when exp and the leeway are over', 65, 'token_inactive'],
  ])('judges the expiry again: %s', async (_, seconds, outcome) => {
    let passed = 0
    const wait = () => {
      passed = seconds
      return Promise.resolve()
    }
    for (const waiting of ['check', 'requiredScope']) {
      passed = 0
      const check = waiting === 'check' ? () => wait().then(() => true) : undefined
      const requiredScope = waiting === 'requiredScope' ? () => wait().then(() => []) : undefined
      const members = { ...good, exp: now + 60 }
      const { decide, asked } = guardWith(members, { audience, scope, check }, { now: () => (now + passed) * 1000 })
      const { headers } = bearing(`Bearer ${token}`)
      const decision = await decide({ headers, requiredScope })
      expect(decision.allowed ? 'allowed' : decision.reason).toBe(outcome)
      if (!decision.allowed)
        expect([decision.status, decision.detail]).toEqual([401, expect.stringContaining('exp is')])
      expect(asked()).toBe(1)
    }
  })
})

describe.each([
  ['undici', undefined],
  ['fetch', fetch],
] as [string, Fetch | undefined][])('over %s', (transport, fetchToUse) => {
  test.each(hostileAnswers)('$title: $guard', async (row) => {
    await using server = await serve((exchange) => row.answer({ ...exchange, elsewhere: elsewhere.origin }))
    const client = createClient({
      endpoint: `${server.origin}/introspect`,
      transport: { allowHttpOnLoopback: true, fetch: fetchToUse, deadlineMs: row.late ? 80 : PATIENT_MS },
    })
    const decision = await client.guard({ audience, scope, realm })(bearing(`Bearer ${token}`))
    await client.close()
    expect(elsewhere.requests).toEqual([])
    if (decision.allowed) {
      expect(row.guard).toBe('allowed')
      expect(decision.token.active).toBe(true)
      return
    }
    expect(decision.status).toBe(transport === 'fetch' ? (row.fetchGuard ?? row.guard) : row.guard)
    expectNoSecrets(decision)
    const checked = row.outcome === 'active' || row.outcome === 'inactive'
    expect(decision.reason === 'unavailable').toBe(!checked)
    expect(decision.error === undefined).toBe(checked)
    expect(decision.headers['www-authenticate'] !== undefined).toBe(checked)
  })
})

describe('a request without a Bearer token', () => {
  test.each([
    ['no field', bearing()],
    ['another scheme', bearing('Basic Zm9vOmJhcg==')],
    ['DPoP', bearing('DPoP abc')],
    ['a token in the query', new Request('https://api.example.com/orders?access_token=abc')],
    [
      'a token in the form',
      new Request('https://api.example.com/orders', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'access_token=abc',
      }),
    ],
  ])('gets 401 with a realm and no error: %s', async (_, request) => {
    const { decide, asked } = guardWith(good)
    const decision = await decide(request)
    expect(decision).toMatchObject({ allowed: false, reason: 'token_absent', status: 401, body: '' })
    expect(challengeOf(decision)).toEqual([{ scheme: 'Bearer', parameters: { realm } }])
    expect(asked()).toBe(0)
  })

  test.each([
    ['two tokens', bearing('Bearer abc def')],
    ['no token after the scheme', bearing('Bearer')],
    ['quotes', bearing('Bearer "abc"')],
    ['a tab', bearing('Bearer\tabc')],
    ['two Authorization fields', bearing('Bearer abc', 'Bearer def')],
    ['the same Authorization field twice', bearing('Bearer abc', 'Bearer abc')],
    ['a second Authorization field of another scheme', bearing('Basic Zm9vOmJhcg==', 'Bearer abc')],
  ])('gets 400: %s', async (_, request) => {
    const { decide, asked } = guardWith(good)
    const decision = await decide(request)
    expect(decision).toMatchObject({
      allowed: false,
      reason: 'request_malformed',
      status: 400,
      body: '{"error":"invalid_request"}',
    })
    expect(challengeOf(decision)).toEqual([{ scheme: 'Bearer', parameters: { realm, error: 'invalid_request' } }])
    expect(asked()).toBe(0)
  })

  test('gets 401 without a request when no server could have issued the token', async () => {
    const { decide, asked } = guardWith(good, undefined, { token: { sources: ['header', 'query'] } })
    const decision = await decide({ headers: { get: () => null }, url: '/?access_token=a%00b' })
    expect(decision).toMatchObject({ reason: 'token_inactive', status: 401 })
    expect(asked()).toBe(0)
  })

  test.each([
    ['the header', 431, (long: string) => bearing(`Bearer ${long}`)],
    ['the query', 414, (long: string) => ({ headers: { get: () => null }, url: `/?access_token=${long}` })],
    [
      'a form',
      413,
      (long: string) => new Request(audience, { method: 'POST', body: new URLSearchParams({ access_token: long }) }),
    ],
    ['another field', 431, (long: string) => ({ headers: new Headers({ 'x-token': long }) })],
    ['a cookie', 431, (long: string) => ({ method: 'GET', headers: new Headers({ cookie: `a=${long}` }) })],
  ])('may have up to 16384 octets; a longer one in %s gets %i, never 401', async (_, status, presenting) => {
    const places: TokenOptions = { sources: ['header', 'form', 'query'], fields: ['x-token'], cookie: { name: 'a' } }
    const { decide, asked } = guardWith(good, undefined, { token: places })
    expect(await decide(presenting('a'.repeat(16_384)))).toMatchObject({ allowed: true })
    expect(asked()).toBe(1)
    const decision = await decide(presenting('a'.repeat(16_385)))
    expect(decision).toMatchObject({ reason: 'token_too_long', status, body: '{"error":"invalid_request"}' })
    expect(decision).toMatchObject({ error: { code: 'ERR_TOKEN_TOO_LONG' } })
    expect((decision as { headers: object }).headers).not.toHaveProperty('www-authenticate')
    expect(asked()).toBe(1)
  })

  test.each([
    ['web requests', {}, (request: Request, options: object) => guardForms().guard(options)(request)],
    [
      'several issuers',
      {},
      (request: Request, options: object) =>
        combineIssuers({ issuers: { one: guardForms() }, fallback: 'one' }).guard(options)(request),
    ],
    [
      'Hono',
      {},
      (request: Request, options: object) =>
        new Hono().use(requireHonoToken(guardForms().guard(options))).request(request),
    ],
    [
      'web requests with an optional token',
      { optional: true },
      (request: Request, options: object) => guardForms().guard(options)(request),
    ],
  ])('may be in a form that is too long to read: %s get 413, which names the limit', async (_, options, decide) => {
    const body = new URLSearchParams({ filler: 'a'.repeat(65_536), access_token: token })
    const post = (headers = {}): Request => new Request('https://api.example.com/', { method: 'POST', body, headers })
    const refused = await decide(post(), { audience: false, ...options })
    expect(refused).toMatchObject({ status: 413 })
    if ('reason' in refused) {
      expect(refused).toMatchObject({ reason: 'token_too_long', error: { code: 'ERR_TOKEN_TOO_LONG' } })
      expect(refused.error?.message).toContain('65536')
    }
    // A token in another place counts, also beside a long form.
    const passing = await decide(post({ authorization: `Bearer ${token}` }), { audience: false, ...options })
    expect(passing).not.toMatchObject({ status: 413 })
  })
})

/** A client that reads tokens from forms. */
function guardForms() {
  return createClient({
    issuer,
    token: { sources: ['header', 'form'] },
    transport: { fetch: () => Promise.resolve(Response.json(good)) },
  })
}

describe('a token that is active', () => {
  test('is handed on, typed and frozen', async () => {
    const decision = await guardWith(good).decide(bearing(`bearer ${token}`))
    expect(decision).toEqual({
      allowed: true,
      token: good,
      headers: {},
      liveness: expect.objectContaining({ bound: 'assumed' }) as unknown,
    })
    expect(decision.allowed && Object.isFrozen(decision.token)).toBe(true)
  })

  test('is enough for a route without a required scope', async () => {
    const { decide } = guardWith({ aud: audience }, { audience })
    expect((await decide(bearing(`Bearer ${token}`))).allowed).toBe(true)
  })

  test('needs every scope token of the route, and the refusal names them', async () => {
    const { decide } = guardWith({ ...good, scope: 'a c' }, { audience, scope: 'a b', realm })
    const decision = await decide(bearing(`Bearer ${token}`))
    expect(decision).toMatchObject({ reason: 'scope', status: 403, body: '{"error":"insufficient_scope"}' })
    expect(challengeOf(decision)).toEqual([
      { scheme: 'Bearer', parameters: { realm, error: 'insufficient_scope', scope: 'a b' } },
    ])
  })

  test.each([
    ['the wrong audience', { aud: 'urn:other' }, 'audience'],
    ['no audience', { aud: undefined }, 'audience'],
    ['a key binding', { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } }, 'confirmation'],
    ['the type DPoP', { token_type: 'DPoP' }, 'confirmation'],
    ['a token_use of refresh tokens', { token_use: 'refresh_token' }, 'token_kind'],
  ])('is refused with %s by the same response as an inactive token', async (_, members, reason) => {
    const decision = await guardWith({ ...good, ...members }).decide(bearing(`Bearer ${token}`))
    const inactive = await guardWith({ active: false }).decide(bearing(`Bearer ${token}`))
    expect(decision).toMatchObject({ allowed: false, reason, status: 401 })
    expect(challengeOf(decision)).toEqual([{ scheme: 'Bearer', parameters: { realm, error: 'invalid_token' } }])
    for (const part of ['status', 'headers', 'body'] as const) {
      expect(refusalOf(decision)[part]).toEqual(refusalOf(inactive)[part])
    }
  })

  test('is not checked for its audience only when the option says false', async () => {
    const { decide } = guardWith({ aud: 'urn:other' }, { audience: false })
    expect((await decide(bearing(`Bearer ${token}`))).allowed).toBe(true)
  })

  test("is checked for the client's audience when the guard names none", async () => {
    const client = createClient({
      policy: { audience: ['urn:a', audience], realm: 'from the client' },
      transport: { fetch: () => Promise.resolve(Response.json(good)) },
    })
    expect((await client.guard()(bearing(`Bearer ${token}`))).allowed).toBe(true)
    const other = await client.guard({ audience: 'urn:b' })(bearing(`Bearer ${token}`))
    expect(challengeOf(other)).toEqual([
      { scheme: 'Bearer', parameters: { realm: 'from the client', error: 'invalid_token' } },
    ])
  })
})

test('is refused by a TypeError when a guard has no audience', () => {
  expect(() => createClient().guard()).toThrow(TypeError)
  expect(() => createClient().guard({ scope })).toThrow('guard.audience')
})

describe('an outage', () => {
  test.each([
    [503, '17', '17'],
    [429, '17', '17'],
    [503, '0', '0'],
    [503, '1000000000', '3600'],
    [503, 'soon', undefined],
    [503, undefined, undefined],
    [404, '17', undefined],
    [401, '17', undefined],
  ])('%i with Retry-After %o says %o', async (status, retryAfter, passedOn) => {
    const decision = await decideWhen(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
    expect(decision.headers['retry-after']).toBe(passedOn)
  })

  test('sends Retry-After in seconds when the server sent a date', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: now * 1000 })
    onTestFinished(() => void vi.useRealTimers())
    const soon = new Date(now * 1000 + 30_000).toUTCString()
    expect((await decideWhen(503, { 'retry-after': soon })).headers['retry-after']).toBe('30')
  })

  test('has the error in the decision for the log, and no part of it in the response', async () => {
    const decision = await decideWhen(401)
    expect(decision).toMatchObject({ status: 500, body: '{"error":"server_error"}' })
    expect(decision.error).toMatchObject({ code: 'ERR_TRANSPORT_UNAUTHORIZED', status: 401 })
    expect(Object.keys(decision.headers)).toEqual(['content-type', 'cache-control'])
  })

  test('in a custom transport is an outage as well', async () => {
    const client = createClient({
      transport: { send: () => Promise.reject(new TransportTimeoutError('pool exhausted')) },
    })
    expect(await client.guard({ audience })(bearing(`Bearer ${token}`))).toMatchObject({ status: 503 })
  })

  test('does not hide an unexpected error', async () => {
    const bug = new RangeError('a bug of mine')
    const client = createClient({ transport: { send: () => Promise.reject(bug) } })
    await expect(client.guard({ audience })(bearing(`Bearer ${token}`))).rejects.toBe(bug)
  })
})

test('converts a refusal to a web Response', async () => {
  const decision = refusalOf(await guardWith({ active: false }).decide(bearing(`Bearer ${token}`)))
  const response = decision.toResponse()
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe(`Bearer realm="${realm}", error="invalid_token"`)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.json()).toEqual({ error: 'invalid_token' })
})

describe('nodeGuard', () => {
  const as = createFakeAuthorizationServer({ issuer, audience })
  let api: LoopbackServer
  let seen: unknown[] = []
  let guard: Guard

  beforeAll(async () => {
    const client = new IntrospectionClient({
      issuer,
      clientAuthentication: clientSecretBasic(as.clientId, as.clientSecret),
      transport: { fetch: as.fetch },
    })
    guard = client.guard({ audience, scope, realm })
    const mayRead = nodeGuard(guard)
    api = await serveListener((request, response) => {
      void mayRead(request, response).then((answer) => {
        if (answer !== undefined) response.end(`orders of ${answer.sub}`)
        return seen.push(answer)
      })
    })
  })

  afterAll(() => api[Symbol.asyncDispose]())

  /** Sends fields unchanged, also repeated ones. */
  function get(...fields: readonly string[]) {
    seen = []
    return new Promise<{ status: number | undefined; challenge: string | undefined; body: string }>(
      (resolve, reject) => {
        const { port, hostname } = new URL(api.origin)
        const headers = fields.flatMap((field) => ['Authorization', field])
        const request = httpRequest({ port, hostname, headers: ['Host', 'api', ...headers] }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () =>
            resolve({
              status: response.statusCode,
              challenge: response.headers['www-authenticate'],
              body: Buffer.concat(chunks).toString(),
            }),
          )
        })
        request.on('error', reject).end()
      },
    )
  }

  test('lets a good token pass, with its answer', async () => {
    const good200 = await as.issueToken({ sub: 'alice', scope })
    expect(await get(`Bearer ${good200}`)).toEqual({ status: 200, challenge: undefined, body: 'orders of alice' })
    expect(seen).toMatchObject([{ active: true, sub: 'alice', iss: issuer }])
  })

  test('answers a request without a token itself', async () => {
    expect(await get()).toEqual({ status: 401, challenge: `Bearer realm="${realm}"`, body: '' })
    expect(seen).toEqual([undefined])
  })

  test('answers a revoked token with 401, and too little scope with 403', async () => {
    const revoked = await as.issueToken({ scope })
    await as.revokeToken(revoked)
    expect(await get(`Bearer ${revoked}`)).toMatchObject({ status: 401, body: '{"error":"invalid_token"}' })
    expect(await get(`Bearer ${await as.issueToken({ scope: 'orders:write' })}`)).toEqual({
      status: 403,
      challenge: `Bearer realm="${realm}", error="insufficient_scope", scope="${scope}"`,
      body: '{"error":"insufficient_scope"}',
    })
    expect(seen).toEqual([undefined])
  })

  test('answers two Authorization fields with 400, in either order', async () => {
    const [one, other] = await Promise.all([as.issueToken({ scope }), as.issueToken({ scope })])
    const before = as.introspectionCount
    for (const fields of [
      [`Bearer ${one}`, `Bearer ${other}`],
      [`Bearer ${one}`, `Bearer ${one}`],
      [`Bearer ${one}`, 'Basic Zm9vOmJhcg=='],
      ['Basic Zm9vOmJhcg==', `Bearer ${one}`],
    ]) {
      expect(await get(...fields)).toMatchObject({ status: 400, body: '{"error":"invalid_request"}' })
    }
    expect(as.introspectionCount).toBe(before)
  })

  test('answers an outage with 503', async () => {
    const issued = await as.issueToken({ scope })
    as.outage(503)
    expect(await get(`Bearer ${issued}`)).toEqual({
      status: 503,
      challenge: undefined,
      body: '{"error":"temporarily_unavailable"}',
    })
    as.outage(undefined)
    expect((await get(`Bearer ${issued}`)).status).toBe(200)
  })
})

test.each([
  ['of Express', { method: 'GET', headers: { authorization: `Bearer ${token}` } }],
  ['a token', token],
  ['nothing', undefined],
])('a guard names the right adapter when it gets a request %s', (_, request) => {
  const guard = createClient().guard({ audience })
  expect(() => guard(request as never)).toThrow(/^request: must be a web Request.*expressGuard\(guard\)/)
})

/** The refusal of a token about which the server gives an answer. */
async function refusalFor(answer: () => Response, given: Partial<IntrospectionClientOptions> = {}, presented = token) {
  const client = createClient({
    ...given,
    transport: { retry: false, fetch: () => Promise.resolve(answer()) },
    onWarning: false,
  })
  onTestFinished(() => client.close())
  return { client, refusal: refusalOf(await client.guard({ audience })(bearing(`Bearer ${presented}`))) }
}

describe('the detail of a refusal', () => {
  test.each<[string, () => Response, string, string]>([
    [
      'a token that the server does not know',
      () => Response.json({ active: false }),
      'token_inactive',
      'does not know the token',
    ],
    [
      'an expired token',
      () => Response.json({ ...good, exp: now - 97 }),
      'token_inactive',
      `(${now - 97}), and the clock of this resource server says 2025-11-24T16:00:00.000Z (${now}), 1 min 37 s later`,
    ],
    [
      'a token that is not valid yet',
      () => Response.json({ ...good, nbf: now + 3600 }),
      'token_inactive',
      `(${now}), 1 h 0 min earlier`,
    ],
    [
      'a token that the server does not introspect',
      () => Response.json({ error: 'unsupported_token_type' }, { status: 400 }),
      'token_inactive',
      'verify those with option group jwt',
    ],
    [
      'refused credentials',
      () => Response.json({ error: 'invalid_client' }, { status: 401 }),
      'unavailable',
      'does not accept the credentials of this resource server (client_secret_basic, client "',
    ],
  ])('says why %s is refused, and is not in the response', async (_, answer, reason, part) => {
    const { refusal } = await refusalFor(answer)
    expect(refusal).toMatchObject({ reason, detail: expect.stringContaining(part) as string })
    const sent = refusal.toResponse()
    const text = `${await sent.text()}${JSON.stringify([...sent.headers])}`
    expect(text).not.toContain(part)
    expectNoSecrets(refusal.detail)
  })

  test('says that a token is too long, and how long it may be', async () => {
    const { refusal } = await refusalFor(() => Response.json(good), { token: { maxBytes: 64 } }, 'x'.repeat(65))
    expect(refusal).toMatchObject({
      reason: 'token_too_long',
      detail: expect.stringMatching(/65 octets.*64/) as string,
    })
  })

  test('is not guessed for an inactive answer from a store that processes share', async () => {
    const entries = new Map<string, CacheEntry>()
    const store: CacheStore = {
      get: (key) => entries.get(key),
      set: (key, entry) => void entries.set(key, entry),
      delete: (key) => void entries.delete(key),
      clear: () => entries.clear(),
    }
    const cache = { store, keySecret: 'a key secret of more than 32 characters' }
    const { client, refusal } = await refusalFor(() => Response.json({ active: false }), { cache })
    expect(refusal.detail).toContain('answered active: false')
    const again = refusalOf(await client.guard({ audience })(bearing(`Bearer ${token}`)))
    expect(client.statistics().inactiveHits).toBe(1)
    expect(again).toMatchObject({ reason: 'token_inactive', detail: undefined })
  })
})
