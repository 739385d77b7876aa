/** Events about calls and decisions, for `onEvent` and for subscribers of the diagnostics channel. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import {
  clientSecretBasic,
  type FailedEvent,
  type Fetch,
  type GuardRefusedEvent,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
  type Mismatch,
  type Refusal,
} from '@token-introspection/client'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

const endpoint = 'https://as.example.com/introspect'
const token = '2YotnFZFEjr1zCsicMWpAA'
const keySecret = 'a secret that all processes share'
const channel = 'token-introspection:client'
const anyNumber = expect.any(Number) as number
const whose = { issuer: undefined, endpoint, clientId: 'api' }

function createClient({ fetch, ...options }: Partial<IntrospectionClientOptions> & { fetch?: Fetch } = {}) {
  const events: IntrospectionClientEvent[] = []
  const client = new IntrospectionClient({
    endpoint,
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: { fetch: fetch ?? (() => Promise.resolve(Response.json({ active: true, sub: 'alice' }))) },
    onEvent: (event) => events.push(event),
    ...options,
  })
  return { client, events }
}

const done = (): Promise<void> => Promise.resolve()

/** A store that answers asynchronously. */
function createStore(get: () => Promise<undefined> = () => Promise.resolve(undefined)) {
  return { get, set: done, delete: done, clear: done }
}

/** Subscribes until the end of the test. */
function listen(listener: (event: IntrospectionClientEvent, name: string | symbol) => unknown = () => undefined) {
  const told: IntrospectionClientEvent[] = []
  const subscriber = (message: unknown, name: string | symbol): void => {
    told.push(message as IntrospectionClientEvent)
    listener(message as IntrospectionClientEvent, name)
  }
  subscribe(channel, subscriber)
  const end = (): unknown => unsubscribe(channel, subscriber)
  onTestFinished(() => {
    end()
  })
  return { told, end }
}

function bearing(value = token): Request {
  return new Request('https://api.example.com/orders', { headers: { authorization: `Bearer ${value}` } })
}

function sourcesOf(events: readonly IntrospectionClientEvent[]) {
  return events.map((event) => ('source' in event ? event.source : event.type))
}

/** The fingerprints of calls, each call with the same client. */
async function fingerprintsOf(options: Partial<IntrospectionClientOptions>, ...calls: (readonly [string, object?])[]) {
  const { client, events } = createClient(options)
  for (const [asked, call] of calls) await client.introspect(asked, call)
  return events.flatMap((event) => ('fingerprint' in event ? [event.fingerprint] : []))
}

describe('an introspection', () => {
  test('is reported with the source of the answer, the client and the duration', async () => {
    const { client, events } = createClient()
    await client.introspect(token)
    expect(events).toEqual([
      {
        type: 'introspected',
        active: true,
        source: 'endpoint',
        fingerprint: expect.stringMatching(/^[\w-]{16}$/) as string,
        durationMs: anyNumber,
        liveness: expect.objectContaining({ source: 'endpoint', bound: 'assumed', ageSeconds: anyNumber }) as unknown,
        client: whose,
      },
    ])
    expect(Object.isFrozen(events[0])).toBe(true)
  })

  test('has the source endpoint first, then the source cache', async () => {
    const { client, events } = createClient({ cache: {} })
    await client.introspect(token)
    await client.introspect(token)
    await client.introspect(token, { maxAgeSeconds: 0 })
    expect(sourcesOf(events)).toEqual(['endpoint', 'cache', 'endpoint'])
  })

  test('has the source cache with an asynchronous store', async () => {
    const entry = { response: { active: false as const }, askedAtMs: Date.now(), expiresAtMs: Date.now() + 5000 }
    const store = { ...createStore(), get: () => Promise.resolve(entry) }
    const { client, events } = createClient({ cache: { store, keySecret } })
    await client.introspect(token)
    expect(events).toMatchObject([{ type: 'introspected', active: false, source: 'cache' }])
  })

  test('has the source joined when it shares a request', async () => {
    const { client, events } = createClient()
    await Promise.all([client.introspect(token), client.introspect(token), client.introspect('another')])
    expect(sourcesOf(events).toSorted()).toEqual(['endpoint', 'endpoint', 'joined'])
  })

  test.each([
    ['with a line break', `${token}\n`],
    ['without a character', ''],
  ])('of a token %s is reported with the source unasked and a fingerprint', async (_, odd) => {
    for (const cache of [undefined, {}, { store: createStore(), keySecret }]) {
      const { client, events } = createClient({ cache })
      expect(await client.introspect(odd)).toEqual({ active: false })
      expect(events).toMatchObject([
        {
          type: 'introspected',
          active: false,
          source: 'unasked',
          fingerprint: expect.stringMatching(/^[\w-]{16}$/) as string,
        },
      ])
    }
  })

  test('of a token that is too long names the limit, and no part of the token', async () => {
    const { client, events } = createClient()
    const long = 'x'.repeat(16_385)
    await expect(client.introspect(long)).rejects.toMatchObject({ code: 'ERR_TOKEN_TOO_LONG', retryable: false })
    expect(events).toMatchObject([{ type: 'failed', source: 'unasked', error: { code: 'ERR_TOKEN_TOO_LONG' } }])
    const [{ error }] = events as unknown as [{ error: Error }]
    for (const said of ['16385', '16384', 'token.maxBytes']) expect(error.message).toContain(said)
    expect(error.message).not.toContain('xx')
  })

  test('that fails names the source that was asked', async () => {
    const { client, events } = createClient({ fetch: () => Promise.resolve(new Response('', { status: 500 })) })
    const settled = await Promise.allSettled([client.introspect(token), client.introspect(token)])
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const error = (settled[0] as PromiseRejectedResult).reason as Error
    const fingerprint = expect.stringMatching(/^[\w-]{16}$/) as string
    expect(events).toEqual([
      { type: 'failed', error, source: 'endpoint', fingerprint, durationMs: anyNumber, client: whose },
      { type: 'failed', error, source: 'joined', fingerprint, durationMs: anyNumber, client: whose },
    ])
  })

  test('that waits in vain for the store names the store', async () => {
    const store = createStore(() => new Promise(() => undefined))
    const { client, events } = createClient({ cache: { store, keySecret }, transport: { deadlineMs: 50 } })
    await expect(client.introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
    expect(events).toMatchObject([{ type: 'failed', source: 'cache' }])
  })

  test('that its caller aborted or called wrongly is not reported', async () => {
    const { client, events } = createClient()
    await expect(client.introspect(token, { signal: AbortSignal.abort() })).rejects.toThrow()
    await expect(client.introspect(token, { maxAgeSeconds: -1 })).rejects.toThrow(TypeError)
    await client.close()
    await expect(client.introspect(token)).rejects.toThrow(TypeError)
    expect(events).toEqual([])
  })
})

describe('a fingerprint', () => {
  test('has one fingerprint for a token, whatever else the call has, and another for another token', async () => {
    const hint = { tokenTypeHint: 'access_token' }
    const [first, again, hinted, other] = await fingerprintsOf({ cache: {} }, [token], [token], [token, hint], ['b'])
    expect([again, hinted]).toEqual([first, first])
    expect(other).not.toBe(first)
  })

  test('has another fingerprint in another client, so that nobody can look a fingerprint up', async () => {
    expect(await fingerprintsOf({}, [token])).not.toEqual(await fingerprintsOf({}, [token]))
  })

  test('has the same fingerprint in every client with the same key of the cache', async () => {
    const cache = { keySecret, store: createStore() }
    const [here] = await fingerprintsOf({ cache }, [token])
    expect(await fingerprintsOf({ cache }, [token])).toEqual([here])
    const elsewhere = { keySecret: `${keySecret}, but another`, store: createStore() }
    expect(await fingerprintsOf({ cache: elsewhere }, [token])).not.toEqual([here])
  })

  test('is refused when it is too short to be a key', async () => {
    const keys: string[] = []
    const store = { ...createStore(), get: (key: string) => Promise.resolve(void keys.push(key)) }
    const [fingerprint] = await fingerprintsOf({ cache: { store, keySecret } }, [token])
    expect(keys).toEqual([expect.stringMatching(/^[\w-]{43}$/)])
    expect(keys[0]?.slice(0, 16)).toBe(fingerprint)
  })
})

describe('a guard', () => {
  const options = { audience: false, scope: 'orders:read' } as const

  test('is reported with the same fingerprint when the request passes', async () => {
    const { client, events } = createClient()
    await client.guard({ audience: false })(bearing())
    const [introspected, guarded] = events
    const { fingerprint } = introspected as { fingerprint: string }
    expect(introspected).toMatchObject({ type: 'introspected' })
    expect(guarded).toEqual({ type: 'guarded', allowed: true, fingerprint, durationMs: anyNumber, client: whose })
    expect(events).toHaveLength(2)
  })

  test.each<[string, object, Request, string, number]>([
    ['has no token', { active: true }, new Request('https://api.example.com'), 'token_absent', 401],
    ['has two tokens', { active: true }, bearing('a b'), 'request_malformed', 400],
    ['has a bad token', { active: false }, bearing(), 'token_inactive', 401],
    ['has too little scope', { active: true, scope: 'orders' }, bearing(), 'scope', 403],
  ])('is reported with the reason when it refuses a request that %s', async (_, body, request, reason, status) => {
    const { client, events } = createClient({ fetch: () => Promise.resolve(Response.json(body)) })
    await client.guard(options)(request)
    expect(events.at(-1)).toMatchObject({ type: 'guarded', allowed: false, reason, status, error: undefined })
    const asked = status !== 400 && reason !== 'token_absent'
    expect(sourcesOf(events)).toEqual(asked ? ['endpoint', 'guarded'] : ['guarded'])
    const { fingerprint } = events.at(-1) as { fingerprint?: string }
    expect(fingerprint === undefined).toBe(!asked)
  })

  test.each([
    ['device_secret', 'token_type is "device_secret", which is another kind of token'],
    ['mac"\n', /^token_type is "mac\\"\\n", which is not known/],
    ['x'.repeat(200), /^token_type is "x{100}…", which is not known .* policy\.acceptedTokenTypes$/],
  ])('is reported with the named kind when the token is of the kind %j', async (tokenType, detail) => {
    const answer = () => Promise.resolve(Response.json({ active: true, token_type: tokenType }))
    const { client, events } = createClient({ fetch: answer })
    const decision = await client.guard({ audience: false })(bearing())
    const told = typeof detail === 'string' ? detail : (expect.stringMatching(detail) as string)
    expect(events.at(-1)).toMatchObject({ allowed: false, reason: 'token_kind', detail: told })
    expect(decision).toMatchObject({ allowed: false, detail: told, body: '{"error":"invalid_token"}' })
    // The response does not tell the sender the kind.
    expect(JSON.stringify((decision as { headers: object }).headers)).not.toContain('token_type')
  })

  const here = 'https://orders.example.com'
  test.each<[string, object, object, Mismatch, string]>([
    [
      'another audience',
      { aud: 'https://a.example' },
      {},
      { reason: 'audience', required: [here], found: ['https://a.example'] },
      `unexpected aud "https://a.example", expected "${here}"`,
    ],
    [
      'no audience',
      {},
      {},
      { reason: 'audience', required: [here], found: undefined },
      `aud is absent, expected "${here}"`,
    ],
    [
      'other audiences',
      { aud: ['a', 'b"\n'] },
      { audience: ['c', 'd'] },
      { reason: 'audience', required: ['c', 'd'], found: ['a', 'b"\n'] },
      'unexpected aud ["a","b\\"\\n"], expected ["c","d"]',
    ],
    [
      'another issuer',
      { iss: 'https://b.example' },
      { issuer: 'https://c.example' },
      { reason: 'issuer', required: ['https://c.example'], found: 'https://b.example' },
      'unexpected iss "https://b.example", expected "https://c.example"',
    ],
    [
      'another kind',
      { aud: here, token_use: 'refresh_token' },
      {},
      { reason: 'token_kind', member: 'token_use', found: 'refresh_token', required: undefined },
      'token_use is "refresh_token", which is another kind of token',
    ],
    [
      'too little scope',
      { aud: here, scope: 'orders:list' },
      { scope: 'orders:read orders:list' },
      {
        reason: 'scope',
        required: ['orders:read', 'orders:list'],
        found: ['orders:list'],
        missing: ['orders:read'],
      },
      'unexpected scope "orders:list", expected "orders:read orders:list"',
    ],
    [
      'no scope',
      { aud: here },
      { scope: 'orders:read' },
      { reason: 'scope', required: ['orders:read'], found: undefined, missing: ['orders:read'] },
      'scope is absent, expected "orders:read"',
    ],
    [
      'a scope that the predicate refuses',
      { aud: here, scope: 'x' },
      { scope: () => false },
      { reason: 'scope', required: undefined, found: ['x'], missing: undefined },
      'unexpected scope "x"',
    ],
    [
      'a login that is too weak',
      { aud: here, acr: '1' },
      { acrValues: ['3', '2'] },
      {
        reason: 'authentication',
        required: { acrValues: ['3', '2'], maxAuthenticationAgeSeconds: undefined },
        found: { acr: '1', authenticationAgeSeconds: undefined },
        missing: ['acr'],
      },
      'unexpected acr "1", expected ["3","2"]',
    ],
  ])('is reported with both values when a token has %s', async (_, members, wanted, mismatch, detail) => {
    const answer = () => Promise.resolve(Response.json({ active: true, ...members }))
    const { client, events } = createClient({
      fetch: answer,
      ...('issuer' in wanted && { response: { acceptedIssuers: ['https://b.example', 'https://c.example'] } }),
    })
    const decision = await client.guard({ audience: here, ...wanted })(bearing())
    const { reason } = mismatch
    expect(events.at(-1)).toMatchObject({ type: 'guarded', allowed: false, reason, detail })
    expect((events.at(-1) as GuardRefusedEvent).mismatch).toEqual(mismatch)
    expect(decision).toMatchObject({ allowed: false, reason, detail })
    expect((decision as Refusal).mismatch).toEqual(mismatch)
    // The response does not tell the sender what the answer says.
    const { headers, body } = decision as Refusal
    expect(JSON.stringify([headers, body])).not.toContain('unexpected')
    if (typeof mismatch.found === 'string') expect(JSON.stringify([headers, body])).not.toContain(mismatch.found)
  })

  test('is reported with the error of a token that could not be checked', async () => {
    const { client, events } = createClient({ fetch: () => Promise.resolve(new Response('', { status: 401 })) })
    await client.guard(options)(bearing())
    const [failed, guarded] = events
    expect(guarded).toMatchObject({ type: 'guarded', reason: 'unavailable', status: 500 })
    expect((guarded as { error?: unknown }).error).toBe((failed as FailedEvent).error)
  })
})

describe('a listener', () => {
  const failing: [string, () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('listener')
      },
    ],
    ['rejects', () => Promise.reject(new Error('listener'))],
    ['never ends', () => new Promise(() => undefined)],
    [
      'changes its argument',
      (event?: object) => Object.assign(event ?? {}, { active: false, allowed: false, client: undefined }),
    ],
  ]

  test.each(failing)('that %s changes no answer and no decision', async (_, onEvent) => {
    const { client } = createClient({ onEvent, cache: {} })
    for (let call = 0; call < 3; call++) {
      expect(await client.introspect(token)).toMatchObject({ active: true })
      expect(await client.guard({ audience: false })(bearing())).toMatchObject({ allowed: true })
    }
    const down = createClient({
      onEvent,
      fetch: () => Promise.resolve(new Response('', { status: 401 })),
    })
    await expect(down.client.introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNAUTHORIZED' })
    expect(await down.client.guard({ audience: false })(bearing())).toMatchObject({ status: 500 })
  })

  test('hears of a failure that is known at once in the same tick', () => {
    const { client, events } = createClient({ token: { maxBytes: 64 } })
    const long = 'a'.repeat(65)
    expect(() => client.answer(long)).toThrow(expect.objectContaining({ code: 'ERR_TOKEN_TOO_LONG' }) as Error)
    expect(events).toMatchObject([{ type: 'failed', error: { code: 'ERR_TOKEN_TOO_LONG' } }])
    const decision = client.guard({ audience: false }).decide(bearing(long))
    expect(decision).toMatchObject({ allowed: false, error: { code: 'ERR_TOKEN_TOO_LONG' } })
    expect(events.map(({ type }) => type)).toEqual(['failed', 'failed', 'guarded'])
  })

  test('that calls the client again gets the event of that call as well', async () => {
    const events: string[] = []
    const { client } = createClient({
      onEvent: (event) => {
        events.push(event.type)
        if (events.length === 1) void client.introspect('another')
      },
    })
    await client.introspect(token)
    await expect.poll(() => events).toEqual(['introspected', 'introspected'])
  })
})

describe('the diagnostics channel', () => {
  test('gets the same events as onEvent, from every client', async () => {
    const { told } = listen()
    const first = createClient()
    const second = createClient({ issuer: 'https://as.example.com', endpoint: `${endpoint}?key=s3cr3t` })
    await first.client.introspect(token)
    await second.client.guard({ audience: false })(bearing())
    expect(told).toEqual([...first.events, ...second.events])
    expect(told.map((event) => event.client)).toEqual([
      whose,
      { ...whose, issuer: 'https://as.example.com' },
      { ...whose, issuer: 'https://as.example.com' },
    ])
  })

  test('works without onEvent', async () => {
    const { told } = listen()
    const { client } = createClient({ onEvent: undefined })
    await client.introspect(token)
    expect(told).toMatchObject([{ type: 'introspected', source: 'endpoint' }])
  })

  test('gets no events after the last subscriber has left', async () => {
    const { told, end } = listen()
    const { client } = createClient({ onEvent: undefined })
    end()
    await client.introspect(token)
    expect(told).toEqual([])
  })

  test('gets the calls that begin after a subscription, not calls on their way', async () => {
    const answers: (() => void)[] = []
    const { client } = createClient({
      onEvent: undefined,
      fetch: () => new Promise((resolve) => answers.push(() => resolve(Response.json({ active: true })))),
    })
    const guard = client.guard({ audience: false })
    const early = [client.introspect(token), guard(bearing())]
    await expect.poll(() => answers).toHaveLength(1)
    const { told } = listen()
    const late = client.introspect(token)
    answers[0]?.()
    expect(await Promise.all(early)).toMatchObject([{ active: true }, { allowed: true }])
    expect(await late).toEqual({ active: true })
    expect(told).toMatchObject([{ type: 'introspected', source: 'joined' }])
  })

  test('takes nothing from a call whose subscriber leaves before its end', async () => {
    const { promise, resolve } = Promise.withResolvers<Response>()
    const { client } = createClient({ onEvent: undefined, fetch: () => promise })
    const { told, end } = listen()
    const call = client.introspect(token)
    end()
    resolve(Response.json({ active: true }))
    expect(await call).toEqual({ active: true })
    expect(told).toEqual([])
  })

  test('gets events about circuits, the store of the cache and metadata', async () => {
    const { told } = listen()
    const store = createStore(() => Promise.reject(new Error('down')))
    const { client } = createClient({
      onEvent: undefined,
      cache: { store, keySecret },
      transport: {
        circuitBreaker: { failures: 1, windowMs: 0 },
        retry: false,
        fetch: () => Promise.resolve(new Response('', { status: 503 })),
      },
    })
    await client.introspect(token).catch(() => undefined)
    expect(told).toMatchObject([
      { type: 'cache_failed', error: { code: 'ERR_CACHE_STORE' }, client: whose },
      { type: 'circuit_changed', endpoint, tokens: 'unknown', state: 'open', client: whose },
      { type: 'failed', client: whose },
    ])
  })
})

const at = Date.UTC(2026, 10, 29, 12)
const seconds = at / 1000

function row(said: object, init?: ResponseInit): Fetch {
  return () => Promise.resolve(Response.json(said, init))
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** Unsigned, because the client checks the signature last. */
function jwt(claims: object): string {
  const good = {
    iss: 'https://as.example.com',
    sub: 'alice',
    aud: 'api',
    client_id: 'app',
    jti: '1',
    iat: seconds - 600,
  }
  const header = encode({ typ: 'at+jwt', alg: 'ES256' })
  return `${header}.${encode({ exp: seconds + 600, ...good, ...claims })}.${'A'.repeat(86)}`
}

describe('why a token is inactive', () => {
  test.each<[string, Fetch, string, string]>([
    ['the server answers active: false', row({ active: false }), 'answer', 'answered active: false'],
    [
      'the server does not introspect this kind of token',
      row({ error: 'unsupported_token_type' }, { status: 400 }),
      'unsupported_token_type',
      'option group jwt',
    ],
    ['a reply matches inactiveWhen', row({ error: 'not_found' }, { status: 404 }), 'reply', 'response.inactiveWhen'],
    [
      'its exp is in the past',
      row({ active: true, exp: seconds - 3600 }),
      'expired',
      'exp is 2026-11-29T11:00:00.000Z (1795950000), and the clock of this resource server says 2026-11-29T12:00:00.000Z',
    ],
    ['its exp is zero', row({ active: true, exp: 0 }), 'expired', 'response.tolerate.zeroExpiryAsAbsent'],
    [
      'its nbf is in the future',
      row({ active: true, nbf: seconds + 3600 }),
      'not_yet_valid',
      'nbf is 2026-11-29T13:00:00.000Z (1795957200), and the clock of this resource server says 2026-11-29T12:00:00.000Z',
    ],
  ])(
    'is reported when %s, for the call and the guard, also when they share a request',
    async (_, fetch, reason, part) => {
      const { client, events } = createClient({
        fetch,
        now: () => at,
        response: { inactiveWhen: [{ status: 404, error: 'not_found' }] },
      })
      const guard = client.guard({ audience: false })
      await Promise.all([guard(bearing()), guard(bearing())])
      const told = { inactiveReason: reason, detail: expect.stringContaining(part) as string }
      const calls = events.filter(({ type }) => type === 'introspected' || type === 'guarded')
      expect(calls).toHaveLength(4)
      for (const event of calls) expect(event).toMatchObject(told)
      expect(JSON.stringify(events)).not.toContain(token)
    },
  )

  test('is kept with the answer in a cache in memory', async () => {
    const fetch = row({ error: 'unsupported_token_type' }, { status: 400 })
    const { client, events } = createClient({ fetch, cache: {} })
    await client.introspect(token)
    await client.introspect(token)
    const calls = events.filter(({ type }) => type === 'introspected')
    expect(sourcesOf(calls)).toEqual(['endpoint', 'cache'])
    for (const event of calls) expect(event).toMatchObject({ inactiveReason: 'unsupported_token_type' })
  })

  test('is not guessed for an answer from a shared store', async () => {
    const entry = { response: { active: false as const }, askedAtMs: at, expiresAtMs: at + 5000 }
    const store = { ...createStore(), get: () => Promise.resolve(entry) }
    const { client, events } = createClient({ cache: { store, keySecret }, now: () => at })
    await client.introspect(token)
    expect(events).toMatchObject([{ active: false, source: 'cache' }])
    expect(events[0]).toMatchObject({ inactiveReason: undefined, detail: undefined })
  })

  test('is not reported for an active token', async () => {
    const { client, events } = createClient()
    await client.introspect(token)
    expect(events[0]).toMatchObject({ inactiveReason: undefined, detail: undefined })
  })

  test('is reported for a token that no server could have issued', async () => {
    const { client, events } = createClient()
    await client.introspect('')
    expect(events).toMatchObject([{ source: 'unasked', inactiveReason: 'unpresentable' }])
  })

  test.each([
    ['is not a JWT', token, 'jwt_opaque', 'not a signed JWT'],
    ['is of another issuer', jwt({ iss: 'https://other.example.com' }), 'jwt_issuer', 'another iss'],
    ['is expired', jwt({ exp: seconds - 60 }), 'expired', 'exp is 2026-11-29T11:59:00.000Z'],
    ['is not valid yet', jwt({ nbf: seconds + 60 }), 'not_yet_valid', 'nbf is 2026-11-29T12:01:00.000Z'],
  ])('is reported for a token that %s, in the mode local', async (_, presented, reason, part) => {
    const events: IntrospectionClientEvent[] = []
    const client = new IntrospectionClient({
      issuer: 'https://as.example.com',
      jwt: { mode: 'local' },
      transport: { fetch: () => Promise.reject(new Error('the client must not send a request')) },
      now: () => at,
      onEvent: (event) => events.push(event),
    })
    expect(await client.introspect(presented)).toEqual({ active: false })
    expect(events.at(-1)).toMatchObject({
      type: 'introspected',
      source: 'local',
      inactiveReason: reason,
      detail: expect.stringContaining(part) as string,
    })
  })
})

describe('without a listener', () => {
  test('the client reads no clock for a hit, for a guard, or for a token it does not ask about', async () => {
    const { client } = createClient({ onEvent: undefined, cache: {} })
    await client.introspect(token)
    const clock = vi.spyOn(performance, 'now')
    onTestFinished(() => {
      clock.mockRestore()
    })
    await client.introspect(token)
    await client.introspect('')
    await client.guard({ audience: false })(bearing())
    expect(clock).not.toHaveBeenCalled()
    const heard = createClient({ cache: {} })
    await heard.client.introspect('')
    expect(clock).toHaveBeenCalled()
  })
})

describe('statistics', () => {
  test('count requests on their way and waiting calls, and name the state of each circuit', async () => {
    const answers: (() => void)[] = []
    const { client } = createClient({
      endpoint: `${endpoint}?key=s3cr3t`,
      transport: {
        maxConcurrentRequests: 1,
        retry: false,
        circuitBreaker: { failures: 1, windowMs: 0 },
        fetch: () => new Promise((resolve) => answers.push(() => resolve(new Response('', { status: 503 })))),
      },
    })
    expect(client.statistics()).toMatchObject({ underWay: 0, queued: 0, circuits: [] })
    const calls = Promise.allSettled([client.introspect('a'), client.introspect('b')])
    await expect.poll(() => answers).toHaveLength(1)
    expect(client.statistics()).toMatchObject({ underWay: 1, queued: 1, circuits: [{ endpoint, state: 'closed' }] })
    answers[0]?.()
    await calls
    expect(client.statistics()).toMatchObject({ underWay: 0, queued: 0, circuits: [{ endpoint, state: 'open' }] })
    expect(Object.isFrozen(client.statistics().circuits)).toBe(true)
  })
})
