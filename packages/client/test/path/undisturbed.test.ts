/** One party must not use up what other users of an API need. Each test runs an attack, and a good user meanwhile. */
import {
  clientSecretBasic,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
} from '@token-introspection/client'
import {
  createIntrospectionHandler,
  createMemoryLimiter,
  createMemoryTokenStore,
  createTokenMint,
  type TokenMint,
} from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { describe, expect, test } from 'vitest'
import { createServer, createClient, createKey, GOOD, issue, NOW } from '../jwt-authorization-server.ts'
import { serveListener } from '../loopback-server.ts'

const ISSUER = 'https://as.example.com'
const audience = 'https://orders.example.com'

/**
 * This project's authorization server over HTTP, with a budget for its protected resource, and an API that anybody may
 * call.
 */
async function start(mint?: TokenMint) {
  const store = createMemoryTokenStore()
  const handler = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication: {
      protectedResources: [{ id: 'orders-api', clientSecrets: ['s3cr3t'], audiences: [audience] }],
    },
    lookup: { store, ...(mint !== undefined && { isMinted: mint.isMinted }) },
    limits: { limiter: createMemoryLimiter({ points: 6000, windowSeconds: 3600 }) },
  })
  const server = await serveListener(toNodeHandler(handler))
  const client = new IntrospectionClient({
    endpoint: `${server.origin}/introspect`,
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    transport: { allowHttpOnLoopback: true, deadlineMs: 60_000 },
    policy: { audience },
    onWarning: false,
  })
  const guard = client.guard()
  return {
    client,
    async issueToken(name: string): Promise<string> {
      const token = mint === undefined ? name : await mint.mint()
      const exp = Math.floor(Date.now() / 1000) + 3600
      await store.save(token, { kind: 'access_token', sub: name, client_id: 'web', aud: audience, exp })
      return token
    },
    async visit(token: string): Promise<number> {
      const decision = await guard(new Request(audience, { headers: { authorization: `Bearer ${token}` } }))
      return decision.allowed ? 200 : decision.status
    },
    async [Symbol.asyncDispose]() {
      await client.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** The numbers 0 to 399, for 400 invented tokens. */
const JUNK = Array.from({ length: 400 }, (_none, index) => index)

describe('400 invented tokens, at an API whose authorization server limits it', () => {
  test('block no good token, whether the API saw it before or not', async () => {
    await using api = await start()
    const known = await api.issueToken('known')
    expect(await api.visit(known)).toBe(200)
    const junk: number[] = []
    for (const index of JUNK) {
      junk.push(await api.visit(`junk-${index}`))
      if (index % 10 === 0) expect(await api.visit(known)).toBe(200)
    }
    // The budget allows 300 misses. Then the authorization server answers 429, which does not open the circuit.
    expect(junk).toEqual([...Array<number>(300).fill(401), ...Array<number>(100).fill(503)])
    for (let user = 0; user < 50; user++) expect(await api.visit(await api.issueToken(`user-${user}`))).toBe(200)
    expect(await api.visit(known)).toBe(200)
    expect(api.client.statistics().circuits.map(({ state }) => state)).toEqual(['closed'])
  })

  test('block no good token when they arrive at once, beyond the limits of requests and waiting calls', async () => {
    await using api = await start()
    const users = await Promise.all(Array.from({ length: 20 }, async (_none, user) => api.issueToken(`user-${user}`)))
    for (const user of users) expect(await api.visit(user)).toBe(200)
    const junk = Promise.all(JUNK.map(async (index) => api.visit(`junk-${index}`)))
    expect(await Promise.all(users.map(async (user) => api.visit(user)))).toEqual(Array<number>(20).fill(200))
    expect(await junk).not.toContain(200)
  })

  test('are refused without a request when the server marks its tokens', async () => {
    const mint = createTokenMint({ prefix: 'acme', keys: ['k'.repeat(32)] })
    await using api = await start(mint)
    const junk: number[] = []
    for (const index of JUNK) junk.push(await api.visit(`junk-${index}`))
    expect(junk).toEqual(Array<number>(400).fill(401))
    // The budget of misses is unused.
    expect(await api.visit(await mint.mint())).toBe(401)
    expect(await api.visit(await api.issueToken('good'))).toBe(200)
  })
})

/** An API whose authorization server decides by the beginning of a token, and the tokens that the server received. */
function createApi(options: Partial<IntrospectionClientOptions> = {}) {
  const asked: string[] = []
  const events: IntrospectionClientEvent[] = []
  const clock = { ms: NOW * 1000 }
  const answers = (token: string): Response => {
    if (token.startsWith('odd')) return new Response('', { status: 404 })
    return Response.json(token.startsWith('junk') ? { active: false } : { active: true, sub: token, aud: audience })
  }
  const fetch = (url: string, init: RequestInit): Promise<Response> => {
    const path = new URL(url).pathname
    if (path === '/introspect') {
      const token = new URLSearchParams(init.body as string).get('token') ?? ''
      asked.push(token)
      return Promise.resolve(answers(token))
    }
    asked.push(path)
    return Promise.resolve(Response.json({ issuer: ISSUER, introspection_endpoint: `${ISSUER}/introspect` }))
  }
  const client = new IntrospectionClient({
    issuer: ISSUER,
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    transport: { fetch, retry: false },
    policy: { audience },
    now: () => clock.ms,
    onEvent: (event) => void events.push(event),
    ...options,
  })
  const guard = client.guard()
  const visit = async (token: string): Promise<boolean> =>
    (await guard(new Request(audience, { headers: { authorization: `Bearer ${token}` } }))).allowed
  /** How often a token, or a path, was requested. */
  const count = (what: string): number => asked.filter((name) => name === what).length
  return { client, visit, count, clock, events }
}

/** An authorization server that fails for every token except those of one user. */
const FAILING_FOR_OTHERS = {
  retry: false,
  fetch: (url: string, init: RequestInit) => {
    if (!url.endsWith('/introspect')) {
      return Promise.resolve(Response.json({ issuer: ISSUER, introspection_endpoint: `${ISSUER}/introspect` }))
    }
    const isUser = new URLSearchParams(init.body as string).get('token') === 'user'
    return Promise.resolve(isUser ? Response.json({ active: true, aud: audience }) : new Response('', { status: 503 }))
  },
} as const

describe('the cache', () => {
  const cache = { maxAgeSeconds: 300, maxEntries: 100, inactiveMaxEntries: 100 }

  test('keeps the answers for good tokens, whatever tokens are invented', async () => {
    const { visit, count } = createApi({ cache })
    for (let user = 0; user < 50; user++) await visit(`user-${user}`)
    for (let index = 0; index < 1000; index++) expect(await visit(`junk-${index}`)).toBe(false)
    for (let user = 0; user < 50; user++) {
      expect(await visit(`user-${user}`)).toBe(true)
      expect(count(`user-${user}`)).toBe(1)
    }
  })

  test('loses the answers of absent users to a holder of many good tokens, and the client asks again', async () => {
    const { client, visit, count } = createApi({ cache })
    await visit('away')
    for (let index = 0; index < 1000; index++) {
      expect(await visit(`greedy-${index}`)).toBe(true)
      // Used more recently than the answers of the holder.
      if (index % 50 === 0) expect(await visit('there')).toBe(true)
    }
    expect(await visit('away')).toBe(true)
    expect([count('there'), count('away')]).toEqual([1, 2])
    expect(client.statistics().entries).toBeLessThanOrEqual(200)
  })
})

describe('forgotten tokens', () => {
  test('beyond the limit cost other tokens one more request, and no forgotten answer comes back', async () => {
    const { client, visit, count, clock } = createApi({ cache: { maxAgeSeconds: 300 } })
    await visit('user')
    await visit('logged-out')
    clock.ms += 1000
    await client.forget('logged-out')
    for (let index = 0; index < 10_001; index++) await client.forget(`logged-out-${index}`)
    clock.ms += 1000
    for (let again = 0; again < 3; again++) expect(await visit('user')).toBe(true)
    await visit('logged-out')
    expect([count('user'), count('logged-out')]).toEqual([2, 2])
  })
})

describe('the metadata', () => {
  test('are not fetched again and again for tokens that make the endpoint look gone', async () => {
    const { visit, count, clock } = createApi()
    for (let index = 0; index < 500; index++) {
      expect(await visit(`odd-${index}`)).toBe(false)
      expect(await visit(`user-${index}`)).toBe(true)
      clock.ms += 100
    }
    // Once at the start, and once in 50 seconds.
    expect(count('/.well-known/oauth-authorization-server')).toBe(2)
  })
})

describe('the keys of the issuer', () => {
  test('are not fetched again and again for invented key ids, and good tokens are verified', async () => {
    const [key, other] = [await createKey('ES256'), await createKey('ES256')]
    const server = createServer(key)
    const clock = { ms: NOW * 1000 }
    const { client } = createClient(server, {}, { now: () => clock.ms })
    await using _ = client
    const good = await issue(key, GOOD)
    for (let index = 0; index < 200; index++) {
      const { active } = await client.introspect(await issue(other, GOOD, { kid: `made-up-${index}` }))
      expect(active).toBe(false)
      expect((await client.introspect(good)).active).toBe(true)
      clock.ms += 200
    }
    // Once at the start, and once in 40 seconds.
    expect(server.fetched).toBe(2)
  })
})

describe('the places of watched tokens', () => {
  test('are taken once per token, however many connections it has', async () => {
    const { client } = createApi({ watch: { maxWatched: 2 } })
    await using _ = client
    const over = new AbortController()
    const watch = (token: string): AbortSignal => client.watch(token, { policy: {}, until: over.signal })
    for (let connection = 0; connection < 200; connection++) expect(watch('greedy').aborted).toBe(false)
    expect(watch('user').aborted).toBe(false)
    // A holder of more tokens than places takes only the free places.
    expect(() => watch('another')).toThrow(expect.objectContaining({ code: 'ERR_WATCH_OVERLOADED' }))
    over.abort()
    expect(client.statistics().watched).toBe(0)
  })
})

describe('the memory of recently active tokens', () => {
  test('is not taken by invented tokens, also at a server that fails for all other tokens', async () => {
    const { client, visit } = createApi({
      transport: { ...FAILING_FOR_OTHERS, circuitBreaker: { failures: 3, windowMs: 0, openMs: 60_000 } },
    })
    await visit('user')
    for (let index = 0; index < 500; index++) expect(await visit(`junk-${index}`)).toBe(false)
    expect(client.statistics().circuits.map(({ state }) => state)).toContain('open')
    expect(await visit('user')).toBe(true)
  })
})
