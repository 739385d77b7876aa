import { inspect } from 'node:util'
import {
  type CacheEntry,
  type CacheOptions,
  type CacheStore,
  type ClientAuthentication,
  clientCredentials,
  type ClientCredentialsOptions,
  clientSecretBasic,
  customClientAuthentication,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
} from '@token-introspection/client'
import type { ClaimsSchema } from '@token-introspection/core'
import { describe, expect, test, vi } from 'vitest'

const now = 1_764_000_000
const token = '2YotnFZFEjr1zCsicMWpAA'
const keySecret = 'a secret that all processes share'

/** A client with its clock, the answers of its authorization server, and the requests that arrived. */
function createCached(
  cache: CacheOptions | undefined,
  { transport, ...options }: Partial<IntrospectionClientOptions> = {},
) {
  const clock = { ms: now * 1000 }
  const requests: { form: URLSearchParams; signal: AbortSignal | null | undefined; answer: (body: unknown) => void }[] =
    []
  const as = { body: { active: true, sub: 'alice' } as object, status: 200, manual: false }
  const events: IntrospectionClientEvent[] = []
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: {
      ...transport,
      fetch: (_url, { body, signal }) => {
        const { promise, resolve } = Promise.withResolvers<Response>()
        const answer = (json: unknown): void => resolve(Response.json(json, { status: as.status }))
        requests.push({ form: new URLSearchParams(body as string), signal, answer })
        if (!as.manual) answer(as.body)
        return promise
      },
    },
    now: () => clock.ms,
    onEvent: (event) => events.push(event),
    ...(cache && { cache }),
    ...options,
  })
  return { client, clock, as, requests, events }
}

function createMapStore(): CacheStore & { readonly entries: Map<string, CacheEntry> } {
  const entries = new Map<string, CacheEntry>()
  return {
    entries,
    get: async (key) => {
      const entry = entries.get(key)
      return Promise.resolve(entry && (JSON.parse(JSON.stringify(entry)) as CacheEntry))
    },
    set: async (key, entry) => {
      await Promise.resolve()
      entries.set(key, entry)
    },
    delete: async (key) => {
      await Promise.resolve()
      entries.delete(key)
    },
    clear: async () => {
      await Promise.resolve()
      entries.clear()
    },
  }
}

/** Fails as Redis and ioredis do. */
function quoteAndFail(_: string, entry: CacheEntry): Promise<never> {
  const said = `ERR unknown command 'SETT', with args beginning with: '${JSON.stringify(entry)}'`
  return Promise.reject(Object.assign(new Error(said), { command: { name: 'SETT', args: [entry] } }))
}

function hang(): Promise<never> {
  return new Promise(() => undefined)
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

describe('without a cache', () => {
  test('asks the server about every token, every time', async () => {
    const { client, requests } = createCached(undefined)
    await client.introspect(token)
    await client.introspect(token)
    expect(requests).toHaveLength(2)
    expect(client.statistics()).toMatchObject({ hits: 0, inactiveHits: 0, misses: 0, joined: 0, entries: 0 })
  })

  test('sends one request for 1,000 calls at once about one token', async () => {
    const { client, requests } = createCached(undefined)
    const results = await Promise.all(Array.from({ length: 1000 }, () => client.introspect(token)))
    expect(new Set(results).size).toBe(1)
    expect(requests).toHaveLength(1)
    expect(client.statistics().joined).toBe(999)
  })
})

describe('a remembered answer', () => {
  test('is the same frozen object, and the client sends nothing', async () => {
    const { client, requests } = createCached({})
    const first = await client.introspect(token)
    expect(await client.introspect(token)).toBe(first)
    expect(Object.isFrozen(first)).toBe(true)
    expect(requests).toHaveLength(1)
    expect(client.statistics()).toMatchObject({ hits: 1, inactiveHits: 0, misses: 1, joined: 0, entries: 1 })
  })

  test('is used until its age limit, counted from the moment of the request', async () => {
    const { client, clock, as, requests } = createCached({ maxAgeSeconds: 30 })
    as.manual = true
    const first = client.introspect(token)
    await settle()
    clock.ms += 1000
    requests[0]?.answer({ active: true })
    await first
    as.manual = false
    clock.ms = now * 1000 + 29_999
    await client.introspect(token)
    expect(requests).toHaveLength(1)
    clock.ms += 1
    await client.introspect(token)
    expect(requests).toHaveLength(2)
  })

  test.each([
    ['is not used after the clock was set back', 0],
    ['that was used before is not used after the clock was set back either', 1],
  ])('%s', async (_, uses) => {
    const { client, clock, requests } = createCached({})
    for (let call = 0; call <= uses; call++) await client.introspect(token)
    expect(requests).toHaveLength(1)
    clock.ms -= 1
    await client.introspect(token)
    expect(requests).toHaveLength(2)
  })

  test('that was used before is used no longer than it may be, nor for a call that wants a younger one', async () => {
    const { client, clock, as, requests } = createCached({ maxAgeSeconds: 30, inactiveMaxAgeSeconds: 10 })
    as.body = { active: true, exp: now + 20 }
    const ask = (maxAgeSeconds?: number) => client.introspect(token, { maxAgeSeconds })
    for (let call = 0; call < 3; call++) await ask()
    clock.ms = now * 1000 + 19_999
    await ask()
    await ask(20)
    expect(requests).toHaveLength(1)
    await ask(19)
    expect(requests).toHaveLength(2)
    as.body = { active: false }
    clock.ms += 1
    for (let call = 0; call < 3; call++) expect(await ask()).toEqual({ active: false })
    expect(requests).toHaveLength(3)
    clock.ms += 9999
    await ask()
    expect(requests).toHaveLength(3)
    clock.ms += 1
    await ask()
    expect(requests).toHaveLength(4)
  })

  test('is judged again by a clock that was set back a little, and then by one that goes forward', async () => {
    const { client, clock, as, requests } = createCached({}, { response: { leewaySeconds: 0 } })
    as.body = { active: true, nbf: now + 1 }
    await client.introspect(token)
    clock.ms += 1000
    for (let call = 0; call < 2; call++) expect((await client.introspect(token)).active).toBe(true)
    clock.ms -= 1
    expect((await client.introspect(token)).active).toBe(false)
    clock.ms += 1
    expect((await client.introspect(token)).active).toBe(true)
    expect(requests).toHaveLength(1)
  })

  test('does not come back when the clock reaches the old time again', async () => {
    const { client, clock, as, requests } = createCached({})
    await client.introspect(token)
    clock.ms -= 3_600_000
    await client.introspect('another token')
    as.body = { active: false }
    // One hour later.
    clock.ms = now * 1000 + 10_000
    expect(await client.introspect(token)).toEqual({ active: false })
    expect(requests).toHaveLength(3)
  })

  test('is not kept when the clock was set back during the request', async () => {
    const { client, clock, as, requests } = createCached({})
    as.manual = true
    const first = client.introspect(token)
    await settle()
    clock.ms -= 3_600_000
    requests[0]?.answer({ active: true })
    await first
    clock.ms = now * 1000 + 10_000
    const second = client.introspect(token)
    await settle()
    requests[1]?.answer({ active: false })
    expect(await second).toEqual({ active: false })
  })

  test('is used at once when the cache was cleared before the clock was set back', async () => {
    const { client, clock, requests } = createCached({})
    await client.introspect(token)
    await client.forgetAll()
    clock.ms -= 3_600_000
    await client.introspect(token)
    await client.introspect(token)
    expect(requests).toHaveLength(2)
  })

  test('is not given to a caller that has already aborted', async () => {
    const { client } = createCached({})
    await client.introspect(token)
    const reason = new Error('gone')
    await expect(client.introspect(token, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  test('is not shared between requests with different hints or parameters', async () => {
    const { client, requests } = createCached({})
    await client.introspect(token)
    await client.introspect(token, { tokenTypeHint: 'access_token' })
    await client.introspect(token, { parameters: { resource: 'urn:a' } })
    await client.introspect(token, { parameters: { resource: 'urn:b' } })
    await client.introspect(token, { parameters: { resource: 'urn:b' } })
    expect(requests).toHaveLength(4)
  })

  test('has its claims read once', async () => {
    const validate = vi.fn((claims: unknown) => ({ value: { ...(claims as object), tenant: 'A' } }))
    const claims = { '~standard': { version: 1, vendor: 'test', validate } } as unknown as ClaimsSchema<{
      tenant: string
    }>
    const { client } = createCached({}, { claims })
    const first = await client.introspect(token)
    expect(await client.introspect(token)).toBe(first)
    expect(first).toMatchObject({ tenant: 'A' })
    expect(validate).toHaveBeenCalledTimes(1)
  })

  test('becomes active when nbf is reached', async () => {
    const { client, clock, as, requests } = createCached({}, { response: { leewaySeconds: 0 } })
    as.body = { active: true, nbf: now + 10 }
    expect(await client.introspect(token)).toEqual({ active: false })
    clock.ms += 9999
    expect(await client.introspect(token)).toEqual({ active: false })
    clock.ms += 1
    expect((await client.introspect(token)).active).toBe(true)
    expect(requests).toHaveLength(1)
  })
})

describe('maxAgeSeconds of a call', () => {
  test('0 asks now, joins no earlier request, and keeps the fresh answer for others', async () => {
    const { client, as, requests } = createCached({})
    as.manual = true
    const early = client.introspect(token)
    await settle()
    const fresh = client.introspect(token, { maxAgeSeconds: 0 })
    await settle()
    requests[1]?.answer({ active: false })
    expect((await fresh).active).toBe(false)
    requests[0]?.answer({ active: true })
    expect((await early).active).toBe(true)
    expect((await client.introspect(token)).active).toBe(false)
    expect(requests).toHaveLength(2)
  })

  test('can only lower the age limit of the cache', async () => {
    const { client, clock, requests } = createCached({ maxAgeSeconds: 10 })
    await client.introspect(token)
    clock.ms += 4999
    await client.introspect(token, { maxAgeSeconds: 5 })
    expect(requests).toHaveLength(1)
    clock.ms += 1
    await client.introspect(token, { maxAgeSeconds: 5 })
    expect(requests).toHaveLength(2)
    clock.ms += 10_000
    await client.introspect(token, { maxAgeSeconds: 1000 })
    expect(requests).toHaveLength(3)
  })

  test.each([-1, Number.NaN, '5', null])('%j is a TypeError', async (maxAgeSeconds) => {
    const { client } = createCached({})
    await expect(client.introspect(token, { maxAgeSeconds: maxAgeSeconds as number })).rejects.toThrow(TypeError)
  })

  test('works as an option of a guard', async () => {
    const { client, requests } = createCached({})
    const request = { headers: { get: () => `Bearer ${token}` } }
    const relaxed = client.guard({ audience: false })
    const strict = client.guard({ audience: false, maxAgeSeconds: 0 })
    await relaxed(request)
    await relaxed(request)
    expect(requests).toHaveLength(1)
    await strict(request)
    await strict(request)
    expect(requests).toHaveLength(3)
  })
})

describe('a call past the cache', () => {
  test('uses no kept answer, and leaves it as it is', async () => {
    const { client, as, requests } = createCached({})
    await client.introspect(token)
    as.body = { active: false }
    expect(await client.introspect(token, { cache: false })).toEqual({ active: false })
    expect(await client.introspect(token)).toMatchObject({ active: true })
    expect(requests).toHaveLength(2)
    expect(client.statistics()).toMatchObject({ hits: 1, misses: 1, entries: 1 })
  })

  test('keeps nothing', async () => {
    const { client, requests } = createCached({})
    await client.introspect(token, { cache: false })
    expect(client.statistics().entries).toBe(0)
    await client.introspect(token)
    expect(requests).toHaveLength(2)
  })

  test('shares no request in either direction, and does not keep another one from keeping its answer', async () => {
    const { client, as, requests } = createCached({})
    as.manual = true
    const kept = client.introspect(token)
    const alone = client.introspect(token, { cache: false })
    const joined = client.introspect(token)
    await expect.poll(() => requests.length).toBe(2)
    requests[1]?.answer({ active: true, sub: 'bob' })
    expect(await alone).toMatchObject({ sub: 'bob' })
    requests[0]?.answer({ active: true, sub: 'alice' })
    expect(await kept).toMatchObject({ sub: 'alice' })
    expect(await joined).toMatchObject({ sub: 'alice' })
    expect(await client.introspect(token)).toMatchObject({ sub: 'alice' })
    expect(requests).toHaveLength(2)
    expect(client.statistics()).toMatchObject({ joined: 1, hits: 1 })
  })

  test('sends no token that no server could have issued', async () => {
    const { client, requests } = createCached({})
    expect(await client.introspect('a\nb', { cache: false })).toEqual({ active: false })
    expect(requests).toHaveLength(0)
  })
})

describe('statistics of a full cache', () => {
  test('count the answers that had to go although they could still be used', async () => {
    const { client, clock } = createCached({ maxEntries: 2 })
    for (const each of ['a', 'b']) await client.introspect(each)
    expect(client.statistics()).toMatchObject({ entries: 2, evicted: 0 })
    await client.introspect('c')
    expect(client.statistics()).toMatchObject({ entries: 2, evicted: 1 })
    clock.ms += 31_000
    for (const each of ['d', 'e']) await client.introspect(each)
    expect(client.statistics()).toMatchObject({ entries: 2, evicted: 1 })
  })

  test('count none without a cache, and do not know it of a store', () => {
    expect(createCached(undefined).client.statistics().evicted).toBe(0)
    expect(createCached({ store: createMapStore(), keySecret }).client.statistics().evicted).toBeUndefined()
  })
})

describe('forgetting', () => {
  test('is reported, with the fingerprint of the token', async () => {
    const { client, events } = createCached({})
    await client.introspect(token)
    await client.forget(token)
    await client.forgetAll()
    const [asked, one, all] = events as { type: string; fingerprint?: string }[]
    expect(asked?.fingerprint).toHaveLength(16)
    expect(one).toMatchObject({ type: 'forgotten', fingerprint: asked?.fingerprint })
    expect(all).toMatchObject({ type: 'forgotten', fingerprint: undefined })
  })

  test('one token forgets its answers for every hint, and no other token', async () => {
    const { client, clock, requests } = createCached({})
    const ask = async (): Promise<void> => {
      await client.introspect(token)
      await client.introspect(token, { tokenTypeHint: 'access_token' })
      await client.introspect('other')
    }
    await ask()
    // From the cache.
    await ask()
    expect(requests).toHaveLength(3)
    await client.forget(token)
    clock.ms += 1
    await ask()
    expect(requests).toHaveLength(5)
    await ask()
    expect(requests).toHaveLength(5)
  })

  test('all tokens empties the cache', async () => {
    const { client, clock, requests } = createCached({})
    await client.introspect(token)
    await client.introspect('other')
    await client.forgetAll()
    expect(client.statistics().entries).toBe(0)
    clock.ms += 1
    await client.introspect(token)
    await client.introspect('other')
    expect(requests).toHaveLength(4)
  })

  test.each([1, 900, 5000])('forgets an answer with a hint after the clock was set back by %i ms', async (ms) => {
    const { client, clock, requests } = createCached({})
    const call = { tokenTypeHint: 'access_token' } as const
    await client.introspect(token, call)
    clock.ms -= ms
    await client.forget(token)
    clock.ms += 5001
    await client.introspect(token, call)
    await client.introspect(token, call)
    expect(requests).toHaveLength(2)
  })

  test.each(['forget', 'forgetAll'] as const)(
    'with %s, an answer on its way is neither kept nor shared',
    async (how) => {
      const { client, clock, as, requests } = createCached({})
      as.manual = true
      const early = client.introspect(token)
      await settle()
      await client[how](token)
      const late = client.introspect(token)
      await settle()
      expect(requests).toHaveLength(2)
      requests[1]?.answer({ active: false })
      requests[0]?.answer({ active: true })
      expect([(await early).active, (await late).active]).toEqual([true, false])
      clock.ms += 1
      const last = client.introspect(token)
      await settle()
      requests[2]?.answer({ active: false })
      expect((await last).active).toBe(false)
    },
  )
})

describe('calls at the same time', () => {
  test('continue when the first caller aborts, and the request is not cancelled', async () => {
    const { client, as, requests } = createCached(undefined)
    as.manual = true
    const caller = new AbortController()
    const first = client.introspect(token, { signal: caller.signal })
    const second = client.introspect(token)
    await settle()
    const reason = new Error('gone')
    caller.abort(reason)
    await expect(first).rejects.toBe(reason)
    expect(requests[0]?.signal?.aborted).toBe(false)
    requests[0]?.answer({ active: true })
    expect((await second).active).toBe(true)
    expect(requests).toHaveLength(1)
  })

  test('cancel the request when the last caller aborts, and the next call sends a new request', async () => {
    const { client, as, requests } = createCached(undefined)
    as.manual = true
    const callers = [new AbortController(), new AbortController()]
    const calls = callers.map(({ signal }) => client.introspect(token, { signal }))
    await settle()
    callers[0]?.abort(new Error('first'))
    expect(requests[0]?.signal?.aborted).toBe(false)
    callers[1]?.abort(new Error('second'))
    expect(requests[0]?.signal?.aborted).toBe(true)
    await Promise.allSettled(calls)
    as.manual = false
    expect((await client.introspect(token)).active).toBe(true)
    expect(requests).toHaveLength(2)
  })

  test('have deadlines of their own', async () => {
    const { client, as, requests } = createCached(undefined, { transport: { deadlineMs: 60 } })
    as.manual = true
    await expect(client.introspect(token)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
    expect(requests[0]?.signal?.aborted).toBe(true)
    as.manual = false
    expect((await client.introspect(token)).active).toBe(true)
  })

  test("that join late have their own deadline, longer than the first caller's", async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const { client, as, requests } = createCached(undefined, { transport: { deadlineMs: 500 } })
      as.manual = true
      const first = client.introspect(token).catch((error: unknown) => error)
      await vi.advanceTimersByTimeAsync(400)
      const second = client.introspect(token)
      await vi.advanceTimersByTimeAsync(150)
      expect(await first).toMatchObject({ code: 'ERR_TRANSPORT_TIMEOUT' })
      expect(requests[0]?.signal?.aborted).toBe(false)
      await vi.advanceTimersByTimeAsync(300)
      requests[0]?.answer({ active: true })
      expect((await second).active).toBe(true)
      expect(requests).toHaveLength(1)
    } finally {
      vi.useRealTimers()
    }
  })

  test('keep a request alive for at most twice the deadline, however many calls join', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const { client, as, requests } = createCached(undefined, { transport: { deadlineMs: 500 } })
      as.manual = true
      const calls: Promise<unknown>[] = []
      for (let count = 0; count < 6; count++) {
        calls.push(client.introspect(token).catch((error: unknown) => (error as { code: string }).code))
        await vi.advanceTimersByTimeAsync(200)
      }
      // The calls at 0, 200 and 400 ms share one request. Those at 600, 800 and 1000 ms share another, which may last
      // until 1600 ms.
      expect(requests.map(({ signal }) => signal?.aborted)).toEqual([true, false])
      await vi.advanceTimersByTimeAsync(500)
      expect(await Promise.all(calls)).toEqual(Array<string>(6).fill('ERR_TRANSPORT_TIMEOUT'))
      expect(requests.map(({ signal }) => signal?.aborted)).toEqual([true, true])
    } finally {
      vi.useRealTimers()
    }
  })

  test('share no request that is older than maxAgeSeconds allows, also through a guard', async () => {
    const { client, clock, as, requests } = createCached({}, { transport: { deadlineMs: 10_000 } })
    as.manual = true
    const early = client.introspect(token)
    await settle()
    // The token is revoked after this request was sent.
    clock.ms += 2500
    const late = client.introspect(token, { maxAgeSeconds: 1 })
    await settle()
    expect(requests).toHaveLength(2)
    clock.ms += 1000
    const guard = client.guard({ audience: false, maxAgeSeconds: 1 })
    const guarded = guard({ headers: new Headers({ authorization: `Bearer ${token}` }) })
    await settle()
    expect(requests).toHaveLength(3)
    requests[0]?.answer({ active: true })
    requests[1]?.answer({ active: false })
    requests[2]?.answer({ active: false })
    expect((await early).active).toBe(true)
    expect((await late).active).toBe(false)
    expect((await guarded).allowed).toBe(false)
    // A younger request is shared.
    clock.ms += 60_000
    const fourth = client.introspect(token, { maxAgeSeconds: 0 })
    await settle()
    clock.ms += 999
    const fifth = client.introspect(token, { maxAgeSeconds: 1 })
    await settle()
    requests[3]?.answer({ active: true })
    expect([(await fourth).active, (await fifth).active]).toEqual([true, true])
    expect(requests).toHaveLength(4)
  })
})

describe('a store of your own', () => {
  test('is shared by clients with the same secret, and read by both', async () => {
    const store = createMapStore()
    const first = createCached({ store, keySecret })
    const second = createCached({ store, keySecret })
    await first.client.introspect(token)
    await settle()
    expect(await second.client.introspect(token)).toMatchObject({ active: true, sub: 'alice' })
    expect(second.requests).toHaveLength(0)
    expect(JSON.stringify([...store.entries])).not.toContain(token)
    await second.client.close()
  })

  test.each([
    ['header fields', { headers: { 'x-tenant': 'a' } }, { headers: { 'x-tenant': 'b' } }],
    ['parameters', { parameters: { tenant: 'a' } }, { parameters: { tenant: 'b' } }],
  ])('shares no answer between clients with different %s', async (_, first, second) => {
    const store = createMapStore()
    const ask = async (transport: IntrospectionClientOptions['transport']) => {
      const { client, requests } = createCached({ store, keySecret }, { transport })
      await client.introspect(token)
      await settle()
      return requests.length
    }
    expect([await ask(first), await ask(second), await ask({}), await ask(first)]).toEqual([1, 1, 1, 0])
  })

  describe("with a caller's own access tokens", () => {
    const secret = clientSecretBasic('api', 'secret')
    const parameters = { resource: 'https://orders.example.com', audience: 'orders' }
    const tokenEndpoint = 'https://as.example.com/token'

    /** How many introspection requests a new client sends for one token. */
    async function ask(store: CacheStore, clientAuthentication: ClientAuthentication): Promise<number> {
      let asked = 0
      const client = new IntrospectionClient({
        issuer: 'https://as.example.com',
        endpoint: 'https://as.example.com/introspect',
        clientAuthentication,
        cache: { store, keySecret },
        transport: {
          fetch: async (url) => {
            if (url.includes('/token')) return Response.json({ access_token: 'own', token_type: 'Bearer' })
            if (url.includes('/.well-known/')) {
              return Response.json({ issuer: 'https://as.example.com', token_endpoint: tokenEndpoint })
            }
            asked += 1
            return Response.json({ active: true, sub: 'alice' })
          },
        },
        now: () => now * 1000,
      })
      await client.introspect(token)
      await settle()
      await client.close()
      return asked
    }

    const own = (options: Partial<ClientCredentialsOptions>): ClientAuthentication =>
      clientCredentials({ clientAuthentication: secret, ...options })

    test.each<[string, ClientAuthentication, ClientAuthentication]>([
      ['scope', own({ scope: 'introspect' }), own({ scope: 'introspect:all' })],
      [
        'resource',
        own({ parameters }),
        own({ parameters: { ...parameters, resource: 'https://billing.example.com' } }),
      ],
      ['token endpoint', own({ tokenEndpoint }), own({ tokenEndpoint: `${tokenEndpoint}/b` })],
      [
        'part of the key, of a method of your own',
        customClientAuthentication({ method: 'x', clientId: 'api', cacheKeyPart: 'a', authenticate: () => undefined }),
        customClientAuthentication({ method: 'x', clientId: 'api', cacheKeyPart: 'b', authenticate: () => undefined }),
      ],
      [
        'token inside the one that is sent',
        own({ clientAuthentication: { ...secret, cacheKeyPart: 'a' } }),
        own({ clientAuthentication: { ...secret, cacheKeyPart: 'b' } }),
      ],
    ])('shares no answer with another %s', async (_, first, second) => {
      const store = createMapStore()
      expect([await ask(store, first), await ask(store, second)]).toEqual([1, 1])
      expect([await ask(store, first), await ask(store, second)]).toEqual([0, 0])
      expect([await ask(store, own({})), await ask(store, own({}))]).toEqual([1, 0])
    })

    test('shares answers when only the order differs', async () => {
      const store = createMapStore()
      const { resource, audience } = parameters
      expect(await ask(store, own({ scope: 'a b', parameters }))).toBe(1)
      expect(await ask(store, own({ scope: 'b a', parameters: { audience, resource } }))).toBe(0)
    })
  })

  test('is shared by clients that differ only in their User-Agent', async () => {
    const store = createMapStore()
    const first = createCached({ store, keySecret }, { transport: { headers: { 'user-agent': 'orders/1' } } })
    await first.client.introspect(token)
    await settle()
    const second = createCached({ store, keySecret }, { transport: { headers: { 'user-agent': 'orders/2' } } })
    expect(await second.client.introspect(token)).toMatchObject({ active: true })
    expect(second.requests).toHaveLength(0)
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
    [
      'returns something that is not an entry',
      () => Promise.resolve({ response: { active: 'yes' }, askedAtMs: now * 1000, expiresAtMs: 9e15 }),
    ],
  ])('that %s is reported, and the client asks the server', async (_, get) => {
    const { client, events, requests } = createCached({
      store: { ...createMapStore(), get: get as unknown as CacheStore['get'] },
      keySecret,
    })
    expect((await client.introspect(token)).active).toBe(true)
    expect(requests).toHaveLength(1)
    expect(events[0]).toMatchObject({ type: 'cache_failed', error: { code: 'ERR_CACHE_STORE' } })
  })

  test('that fails is reported without the answer, whatever its error contains', async () => {
    const { client, events, as } = createCached({ store: { ...createMapStore(), set: quoteAndFail }, keySecret })
    as.body = { active: true, username: 'alice@example.com' }
    await client.introspect(token)
    await settle()
    expect(events[0]).toMatchObject({ type: 'cache_failed', error: { cause: { message: 'ERR unknown command…' } } })
    expect(inspect(events, { depth: 10 })).not.toContain('alice')
  })

  test('that hangs is reported, and the client asks the server', async () => {
    const { client, events } = createCached({ store: { get: hang, set: hang, delete: hang, clear: hang }, keySecret })
    expect((await client.introspect(token)).active).toBe(true)
    expect(events[0]).toMatchObject({ type: 'cache_failed', error: { code: 'ERR_CACHE_STORE' } })
    await client.forget(token)
  })

  test('cannot extend the lifetime of an entry, whatever it returns', async () => {
    const store = createMapStore()
    const { client, clock, requests } = createCached({ store, keySecret, maxAgeSeconds: 30 })
    await client.introspect(token)
    await settle()
    for (const [key, entry] of store.entries) store.entries.set(key, { ...entry, expiresAtMs: 9e15 })
    clock.ms += 30_000
    await client.introspect(token)
    expect(requests).toHaveLength(2)
  })

  test.each([
    ['cache.keySecret', { store: createMapStore() }],
    ['cache.keySecret', { keySecret: 'short' }],
    ['cache.store', { store: {} as CacheStore, keySecret }],
    ['cache.maxEntries', { store: createMapStore(), keySecret, maxEntries: 5 }],
    ['cache.inactiveMaxEntries', { store: createMapStore(), keySecret, inactiveMaxEntries: 5 }],
  ])('is refused by %s when it is incomplete', (path, cache) => {
    expect(() => createCached(cache)).toThrow(`${path}:`)
  })

  test('is refused for a client without an identifier, because answers for another client could be used', () => {
    const clientAuthentication = { method: 'none', clientId: undefined, authenticate: () => undefined }
    expect(() => createCached({ store: createMapStore(), keySecret }, { clientAuthentication })).toThrow('cache.store:')
    expect(() => createCached({}, { clientAuthentication })).not.toThrow()
  })
})
