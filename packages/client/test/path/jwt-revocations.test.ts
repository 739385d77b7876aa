/** JWTs that are never introspected, and a feed of revocations: the real endpoint of a feed over HTTP. */
import {
  clientSecretBasic,
  type IntrospectionClientEvent,
  IntrospectionClient,
  type IntrospectionClientOptions,
  type JwtOptions,
} from '@token-introspection/client'
import { followFeed, type FollowFeedOptions, relayRevocations } from '@token-introspection/client/revocations'
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationFeedHandler,
  type TokenRecord,
} from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { AUDIENCE, createKey, issue, ISSUER, type TestKey } from '../jwt-authorization-server.ts'
import { serveListener } from '../loopback-server.ts'

const keySecret = 'the secret of the revocation log'
const api = { id: 'orders-api', clientSecrets: ['s3cr3t'], audiences: [AUDIENCE] }
const clientAuthentication = clientSecretBasic('orders-api', 's3cr3t')
/** The log begins an hour before the tokens of these tests are issued. */
const HOUR = 3600
const ISSUED = Math.floor(Date.now() / 1000) - 100

let key: TestKey
beforeAll(async () => {
  key = await createKey()
})

interface Claims {
  readonly sub: string
  readonly client_id: string
  readonly jti: string
  readonly sid: string
  readonly iat: number
}

/** Another user, client, session and token each time, unless the test names them. */
let count = 0
function createClaims(
  claims: Partial<Claims> = {},
): Claims & { readonly iss: string; readonly exp: number; readonly aud: string } {
  count += 1
  const own = { sub: `user-${count}`, client_id: `client-${count}`, jti: `jti-${count}`, sid: `session-${count}` }
  return { iss: ISSUER, aud: AUDIENCE, exp: ISSUED + 1000, iat: ISSUED, ...own, ...claims }
}

/** What the server keeps about the token. */
function toRecord({ sub, client_id, jti, iat }: Claims): TokenRecord {
  return { kind: 'access_token', iss: ISSUER, aud: AUDIENCE, exp: ISSUED + 1000, sub, client_id, jti, iat }
}

function createStore(options: { readonly keySecret?: string; readonly begins?: number } = {}) {
  const clock = { now: options.begins ?? ISSUED - HOUR }
  const revocationLog = { keySecret: options.keySecret ?? keySecret }
  const store = createMemoryTokenStore({ revocationLog, now: () => clock.now * 1000 })
  // The log begins when it is first used.
  void store.revocations?.readAfter(undefined, 1)
  clock.now = ISSUED + 100
  return { store, clock }
}

type Store = ReturnType<typeof createStore>['store']

/** An authorization server with its feed. A test may put another store in the place of its first one. */
async function startServer(first: Store = createStore().store, feed: { maxPageEvents?: number } = {}) {
  const protectedResources = [api]
  const create = (store: Store) => {
    const handler = createRevocationFeedHandler({ store, feed, clientAuthentication: { protectedResources } })
    const introspection = createIntrospectionHandler({
      issuer: ISSUER,
      clientAuthentication: { protectedResources },
      lookup: { store },
    })
    return { handler, answerFeed: toNodeHandler(handler), answerIntrospection: toNodeHandler(introspection) }
  }
  let current = create(first)
  const state = { isDown: false, requests: [] as string[] }
  const server = await serveListener((request, response) => {
    const url = request.url ?? ''
    state.requests.push(url)
    if (state.isDown) response.writeHead(503).end()
    else if (url.startsWith('/introspect')) current.answerIntrospection(request, response)
    else current.answerFeed(request, response)
  })
  onTestFinished(async () => {
    current.handler.close()
    await server[Symbol.asyncDispose]()
  })
  return {
    state,
    url: `${server.origin}/revocations`,
    endpoint: `${server.origin}/introspect`,
    replace(store: Store) {
      const { handler } = current
      current = create(store)
      handler.close()
    },
  }
}

type Server = Awaited<ReturnType<typeof startServer>>

interface ClientOptions {
  readonly jwt?: Partial<JwtOptions>
  readonly feed?: FollowFeedOptions
  readonly others?: Partial<IntrospectionClientOptions>
}

function createClient({ url, endpoint }: Pick<Server, 'url' | 'endpoint'>, { jwt, feed, others }: ClientOptions = {}) {
  const events: IntrospectionClientEvent[] = []
  const client = new IntrospectionClient({
    issuer: ISSUER,
    endpoint,
    clientAuthentication,
    transport: { allowHttpOnLoopback: true, retry: false },
    jwt: { mode: 'local', jwks: { keys: [key.published] }, ...jwt },
    policy: { audience: AUDIENCE },
    cache: { leaseSeconds: 3 },
    revocations: followFeed({ url, keySecret, ...feed }),
    onEvent: (event) => void events.push(event),
    ...others,
  })
  onTestFinished(() => client.close())
  return { client, events }
}

/** A client that has replayed the log, and listens. */
async function startClient(server: Pick<Server, 'url' | 'endpoint'>, options?: ClientOptions) {
  const created = createClient(server, options)
  await created.client.introspect(await issue(key, createClaims()))
  await expect.poll(() => created.client.statistics().feed).toMatchObject({ isListening: true })
  return created
}

const reasonsOf = (events: readonly IntrospectionClientEvent[]) =>
  events.flatMap((event) => (event.type === 'introspected' && !event.active ? [event.inactiveReason] : []))

describe('a JWT that is verified locally', () => {
  test.each<[string, (store: Store, token: string, claims: Claims) => Promise<unknown>]>([
    ['token', (store, token, claims) => store.revoke(token, toRecord(claims))],
    ['session', (store, _, { sid }) => store.revokeSession(sid)],
    ['user', (store, _, { sub }) => store.revokeSubject(sub)],
    ['client', (store, _, { client_id }) => store.revokeClient(client_id)],
  ])('is refused when its %s is revoked, and others are not', async (_, revoke) => {
    const { store } = createStore()
    const { client, events } = await startClient(await startServer(store))
    const claims = createClaims()
    const [token, other] = await Promise.all([issue(key, claims), issue(key, createClaims())])
    expect([await client.introspect(token), await client.introspect(other)]).toMatchObject([
      { active: true },
      { active: true },
    ])
    await revoke(store, token, claims)
    await expect.poll(() => client.introspect(token)).toEqual({ active: false })
    expect(reasonsOf(events)).toContain('jwt_revoked')
    expect(await client.introspect(other)).toMatchObject({ active: true })
    const decision = await client.guard()({ headers: new Headers({ authorization: `Bearer ${token}` }) })
    expect(decision).toMatchObject({ allowed: false, status: 401, reason: 'token_inactive' })
    // A revocation is no fault of a setting.
    expect(events.filter(({ type }) => type === 'jwt_unusable')).toEqual([])
  })

  test('is refused in every spelling of its signature', async () => {
    const { store } = createStore()
    const { client } = await startClient(await startServer(store))
    const token = await issue(key, createClaims())
    const twin = withOtherSignature(token)
    expect(twin).not.toBe(token)
    expect(await client.introspect(twin)).toMatchObject({ active: true })
    await store.revoke(token, { kind: 'access_token', exp: ISSUED + 1000 })
    await expect.poll(() => client.introspect(twin)).toEqual({ active: false })
  })

  test('is refused by iss and jti, when it was signed anew', async () => {
    const { store } = createStore()
    const { client } = await startClient(await startServer(store))
    const claims = createClaims()
    await store.revoke(await issue(key, claims), toRecord(claims))
    const again = await issue(key, { ...claims, scope: 'orders:read' })
    await expect.poll(() => client.introspect(again)).toEqual({ active: false })
  })

  test.each([
    ['is refused when it was issued a second before the cut', -1, false],
    ['is refused when it was issued in the second of the cut', 0, false],
    ['is accepted when it was issued a second after the cut', 1, true],
  ])('%s of its user', async (_, seconds, active) => {
    const { store } = createStore()
    const claims = createClaims({ iat: ISSUED + seconds })
    await store.revokeSubject(claims.sub, ISSUED)
    const { client } = await startClient(await startServer(store))
    expect(await client.introspect(await issue(key, claims))).toMatchObject({ active })
  })

  test('is refused when it was issued after the end of its session', async () => {
    const { store } = createStore()
    const claims = createClaims({ iat: ISSUED + 200 })
    await store.revokeSession(claims.sid)
    const { client } = await startClient(await startServer(store))
    expect(await client.introspect(await issue(key, claims))).toEqual({ active: false })
  })

  test('without iat counts as issued before every cut', async () => {
    const { store } = createStore()
    const claims = createClaims()
    await store.revokeSubject(claims.sub, 1)
    const requiredClaims = ['aud', 'sub', 'client_id', 'jti']
    const { client } = await startClient(await startServer(store), { jwt: { requiredClaims } })
    expect(await client.introspect(await issue(key, { ...claims, iat: undefined }))).toEqual({ active: false })
  })

  test('is refused although the clock of the API is wrong', async () => {
    // With a clock that is further behind, a JWT would be from the future.
    for (const offset of [-380, HOUR]) {
      const { store } = createStore()
      const claims = { ...createClaims(), exp: ISSUED + 2 * HOUR }
      await store.revokeSubject(claims.sub)
      const others = { now: () => Date.now() + offset * 1000 }
      const { client } = await startClient(await startServer(store), { others })
      expect(await client.introspect(await issue(key, claims))).toEqual({ active: false })
      expect(await client.introspect(await issue(key, { ...createClaims(), exp: ISSUED + 2 * HOUR }))).toMatchObject({
        active: true,
      })
    }
  })
})

describe('a start', () => {
  test('replays what was revoked before it, over several pages', async () => {
    const { store } = createStore()
    const claims = Array.from({ length: 7 }, () => createClaims())
    for (const { sub } of claims) await store.revokeSubject(sub)
    const server = await startServer(store, { maxPageEvents: 2 })
    const { client } = await startClient(server)
    for (const each of claims) expect(await client.introspect(await issue(key, each))).toEqual({ active: false })
    expect(client.statistics().feed).toMatchObject({ events: 7, revokedKeys: 7, gaps: 0, since: ISSUED - HOUR })
    expect(server.state.requests.filter((url) => url.includes('replay=1'))).toHaveLength(1)
  })

  test('has no bound until the log is replayed, and then the time since the last question', async () => {
    const server = await startServer()
    const { client } = createClient(server)
    const token = await issue(key, createClaims())
    const first = await client.introspectWithLiveness(token)
    expect(first.result).toMatchObject({ active: true })
    expect(first.liveness).toMatchObject({ source: 'local', boundSeconds: Number.POSITIVE_INFINITY, bound: 'assumed' })
    await expect.poll(() => client.statistics().feed).toMatchObject({ isListening: true })
    const { liveness } = await client.introspectWithLiveness(await issue(key, createClaims()))
    expect(liveness).toMatchObject({ source: 'local', bound: 'assumed' })
    expect(liveness.boundSeconds).toBeLessThan(3.1)
  })

  test('gives a remembered JWT its bound from the feed, and not from its age', async () => {
    const { client } = await startClient(await startServer())
    const token = await issue(key, createClaims())
    await client.introspect(token)
    const { liveness } = await client.introspectWithLiveness(token)
    expect(liveness).toMatchObject({ source: 'cache', bound: 'assumed' })
    expect(liveness.boundSeconds).toBeLessThan(3.1)
  })

  test.each([
    ['before the log began', -1],
    ['in the second in which it began', 0],
  ])('has no bound for a JWT from %s', async (_, seconds) => {
    const begins = ISSUED + 10
    const { store } = createStore({ begins })
    const { client } = await startClient(await startServer(store))
    const early = await client.introspectWithLiveness(await issue(key, createClaims({ iat: begins + seconds })))
    expect(early.result).toMatchObject({ active: true })
    expect(early.liveness.boundSeconds).toBe(Number.POSITIVE_INFINITY)
    const later = await client.introspectWithLiveness(await issue(key, createClaims({ iat: begins + 1 })))
    expect(later.liveness.boundSeconds).toBeLessThan(3.1)
  })

  test('works through a relay, which has no secret', async () => {
    const { store } = createStore()
    const claims = createClaims()
    await store.revokeSubject(claims.sub)
    const server = await startServer(store)
    const source = relayRevocations(followFeed({ url: server.url }), {
      issuer: ISSUER,
      clientAuthentication,
      transport: { allowHttpOnLoopback: true },
    })
    const handler = createRevocationFeedHandler({ source, clientAuthentication: { protectedResources: [api] } })
    const relay = await serveListener(toNodeHandler(handler))
    onTestFinished(async () => {
      handler.close()
      await source.close()
      await relay[Symbol.asyncDispose]()
    })
    const { client } = await startClient({ url: `${relay.origin}/revocations`, endpoint: server.endpoint })
    expect(await client.introspect(await issue(key, claims))).toEqual({ active: false })
    expect(client.statistics().feed).toMatchObject({ since: ISSUED - HOUR })
  })
})

describe('a log that was replaced', () => {
  test('ends no refusal, and is replayed', async () => {
    const { store } = createStore()
    const server = await startServer(store)
    const { client, events } = await startClient(server)
    const [before, meanwhile] = [createClaims(), createClaims()]
    await store.revokeSubject(before.sub)
    const [old, missed] = await Promise.all([issue(key, before), issue(key, meanwhile)])
    await expect.poll(() => client.introspect(old)).toEqual({ active: false })
    expect(await client.introspect(missed)).toMatchObject({ active: true })
    const second = createStore({ begins: ISSUED + 50 })
    await second.store.revokeSubject(meanwhile.sub)
    server.replace(second.store)
    await expect.poll(() => client.introspect(missed)).toEqual({ active: false })
    expect(await client.introspect(old)).toEqual({ active: false })
    expect(client.statistics().feed).toMatchObject({ gaps: 1, since: ISSUED + 50 })
    expect(events).toContainEqual(expect.objectContaining({ type: 'feed_changed', change: 'gap' }))
    // The new log says nothing about the time before it.
    const { liveness } = await client.introspectWithLiveness(await issue(key, createClaims()))
    expect(liveness.boundSeconds).toBe(Number.POSITIVE_INFINITY)
  })

  test('and has another secret now, is noticed by the next question', async () => {
    const { store } = createStore()
    const server = await startServer(store)
    const { client, events } = await startClient(server)
    server.replace(createStore({ keySecret: 'another secret of another server' }).store)
    await expect.poll(() => failuresOf(events)).toContain('ERR_REVOCATION_SECRET')
    const token = await issue(key, createClaims())
    const look = async () => {
      const { result, liveness } = await client.introspectWithLiveness(token)
      return [result.active, liveness.boundSeconds]
    }
    await expect.poll(look).toEqual([true, Number.POSITIVE_INFINITY])
  })
})

const failuresOf = (events: readonly IntrospectionClientEvent[]) =>
  events.flatMap((event) => (event.type === 'feed_changed' && event.change === 'failed' ? [event.error?.code] : []))

describe('a feed that fails', () => {
  test('because the secret is another one, is told, and gives no bound', async () => {
    const warnings: string[] = []
    const others = { onEvent: undefined, onWarning: ({ message }: { message: string }) => void warnings.push(message) }
    const feed = { keySecret: 'a secret that is not that of the log' }
    const { client } = createClient(await startServer(), { feed, others })
    const token = await issue(key, createClaims())
    await client.introspect(token)
    await expect.poll(() => warnings).toHaveLength(1)
    expect(warnings[0]).toContain('keySecret is not the secret of the log')
    expect(warnings[0]).not.toContain(feed.keySecret)
    const { liveness } = await client.introspectWithLiveness(token)
    expect(liveness.boundSeconds).toBe(Number.POSITIVE_INFINITY)
  })

  test('lets JWTs pass as without a feed, without a bound, and ends no refusal', async () => {
    const { store } = createStore()
    const server = await startServer(store)
    const { client } = await startClient(server)
    const claims = createClaims()
    await store.revokeSubject(claims.sub)
    const revoked = await issue(key, claims)
    await expect.poll(() => client.introspect(revoked)).toEqual({ active: false })
    server.state.isDown = true
    const token = await issue(key, createClaims())
    const look = async () => {
      const { result, liveness } = await client.introspectWithLiveness(token)
      return [result.active, liveness.boundSeconds]
    }
    await expect.poll(look).toEqual([true, Number.POSITIVE_INFINITY])
    expect(await client.introspect(revoked)).toEqual({ active: false })
  })
})

describe('with jwt.mode local-or-introspect', () => {
  const jwt = { mode: 'local-or-introspect' } as const

  test('the server is asked about a JWT that an event names, and about no other', async () => {
    const { store } = createStore()
    const server = await startServer(store)
    const { client } = await startClient(server, { jwt })
    const claims = createClaims()
    const [token, again] = await Promise.all([issue(key, claims), issue(key, { ...claims, jti: 'again' })])
    await store.save(again, { ...toRecord(claims), jti: 'again', iat: ISSUED + 99, scope: 'orders:read' })
    await store.revokeSubject(claims.sub, ISSUED)
    await expect.poll(() => client.introspect(token)).toEqual({ active: false })
    // The server knows better when it was issued.
    expect(await client.introspect(again)).toMatchObject({ active: true, sub: claims.sub })
    await client.introspect(await issue(key, createClaims()))
    expect(server.state.requests.filter((url) => url === '/introspect')).toHaveLength(2)
  })
})

describe('read your revocation', () => {
  test('a JWT is accepted only after the event was applied, for which the feed is asked at once', async () => {
    const { store } = createStore()
    const { client } = await startClient(await startServer(store))
    const claims = createClaims()
    const [token, other] = await Promise.all([issue(key, claims), issue(key, createClaims())])
    const receipt = await store.revokeSubject(claims.sub)
    const notOlderThan = await receipt.position()
    expect(await client.introspect(token, { notOlderThan })).toEqual({ active: false })
    expect(await client.introspect(other, { notOlderThan })).toMatchObject({ active: true })
    const unknown = client.introspect(other, { notOlderThan: '99.never' })
    await expect(unknown).rejects.toMatchObject({ code: 'ERR_REVOCATION_UNSEEN' })
  })
})

describe('a watch', () => {
  test('ends when the JWT is revoked', async () => {
    const { store } = createStore()
    const { client } = await startClient(await startServer(store))
    const claims = createClaims()
    const signal = client.watch(await issue(key, claims), {
      policy: { audience: AUDIENCE },
      until: new AbortController().signal,
    })
    await expect.poll(() => client.statistics().watched).toBe(1)
    await store.revokeSession(claims.sid)
    await expect.poll(() => signal.aborted).toBe(true)
    expect(signal.reason).toMatchObject({ reason: 'inactive' })
  })
})

/** The order of the curve P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** The same JWT with the signature `(r, n − s)`, which is as valid as `(r, s)`. */
function withOtherSignature(token: string): string {
  const [header, payload, signature = ''] = token.split('.')
  const octets = Buffer.from(signature, 'base64url')
  const s = ORDER - BigInt(`0x${octets.subarray(32).toString('hex')}`)
  const other = Buffer.from(s.toString(16).padStart(64, '0'), 'hex')
  return `${header}.${payload}.${Buffer.concat([octets.subarray(0, 32), other]).toString('base64url')}`
}
