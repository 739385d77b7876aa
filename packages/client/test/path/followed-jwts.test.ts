/** JWTs that are never introspected, and a feed in the same process: what happens at which moment. */
import {
  clientSecretBasic,
  type IntrospectionClientEvent,
  IntrospectionClient,
  type IntrospectionClientOptions,
  type JwtOptions,
  type RevocationFollower,
} from '@token-introspection/client'
import { followFeed } from '@token-introspection/client/revocations'
import { createRevocationKeys, type RevocationEvent, type RevocationKind } from '@token-introspection/core/revocations'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { AUDIENCE, createKey, issue, ISSUER, type TestKey } from '../jwt-authorization-server.ts'

const keyOf = createRevocationKeys('the secret of the revocation log')
const ISSUED = Math.floor(Date.now() / 1000) - 100
const CLAIMS = {
  iss: ISSUER,
  aud: AUDIENCE,
  exp: ISSUED + 1000,
  iat: ISSUED,
  sub: 'alice',
  client_id: 'web',
  jti: 'a-jti',
  sid: 'a-session',
}

let key: TestKey
beforeAll(async () => {
  key = await createKey()
})

/** A log from an hour before the tokens of these tests, and a follower that hears its events in the same tick. */
function createLog() {
  const log = {
    events: [] as RevocationEvent[],
    listeners: new Set<(events: readonly RevocationEvent[]) => boolean>(),
    position: (): string => log.events.at(-1)?.position ?? '0.a',
    add(kind: RevocationKind, eventKey: string, cut: number | null = null, at = ISSUED): void {
      const event = { position: `${log.events.length + 1}.a`, previous: log.position(), at, cut, kind, key: eventKey }
      log.events.push(event)
      for (const listener of log.listeners) listener([event])
    },
    async revoke(kind: RevocationKind, identifier: string, cut: number | null = null): Promise<void> {
      log.add(kind, await keyOf(kind, identifier), cut)
    },
  }
  const follower: RevocationFollower = {
    bound: 'proven',
    keyOf,
    connect: () => ({
      replay: async () => ({
        position: log.position(),
        events: log.events,
        gap: false,
        more: false,
        since: ISSUED - 3600,
      }),
      async ask(after) {
        const index = log.events.findIndex(({ previous }) => previous === after)
        return {
          position: log.position(),
          events: index === -1 ? [] : log.events.slice(index),
          gap: false,
          more: false,
        }
      },
      listen(_, onEvents, signal) {
        log.listeners.add(onEvents)
        onEvents([])
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
      },
    }),
  }
  return { log, follower }
}

function createClient(
  follower: RevocationFollower,
  jwt: Partial<JwtOptions> = {},
  others: { [Name in keyof IntrospectionClientOptions]?: IntrospectionClientOptions[Name] | undefined } = {},
) {
  const events: IntrospectionClientEvent[] = []
  const asked: string[] = []
  const client = new IntrospectionClient({
    issuer: ISSUER,
    endpoint: `${ISSUER}/introspect`,
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    transport: {
      fetch: (_, { body }) => {
        asked.push(new URLSearchParams(body as string).get('token') ?? '')
        return Promise.resolve(Response.json({ ...CLAIMS, active: true }))
      },
    },
    jwt: { mode: 'local', jwks: { keys: [key.published] }, ...jwt },
    revocations: follower,
    onEvent: (event) => void events.push(event),
    ...others,
  } as IntrospectionClientOptions)
  onTestFinished(() => client.close())
  return { client, events, asked }
}

/** A client that has replayed the log and hears its events. */
async function start(jwt?: Partial<JwtOptions>, others?: Partial<IntrospectionClientOptions>) {
  const { log, follower } = createLog()
  const created = createClient(follower, jwt, others)
  await created.client.introspect(await issue(key, { ...CLAIMS, jti: 'first' }))
  await expect.poll(() => created.client.statistics().feed?.isListening).toBe(true)
  created.asked.length = 0
  return { ...created, log }
}

describe('a JWT whose event arrives', () => {
  test('while it is verified is refused', async () => {
    const { client, log } = await start()
    const token = await issue(key, CLAIMS)
    const eventKey = await keyOf('subject', CLAIMS.sub)
    const answer = client.introspect(token)
    log.add('subject', eventKey)
    expect(await answer).toEqual({ active: false })
  })

  test('while a schema checks its claims is refused, and so with each further event', async () => {
    const eventKey = await keyOf('subject', CLAIMS.sub)
    let checks = 0
    const claims = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: async (value: unknown) => {
          checks += 1
          await Promise.resolve()
          // The first two are about an earlier time. They only make the client look again.
          if (checks <= 3) log.add('subject', eventKey, checks <= 2 ? ISSUED - 1 : ISSUED)
          return { value: value as object }
        },
      },
    } as const
    const { log, follower } = createLog()
    const { client } = createClient(follower, {}, { claims })
    checks = 10
    await client.introspect(await issue(key, { ...CLAIMS, sub: 'bob' }))
    await expect.poll(() => client.statistics().feed?.isListening).toBe(true)
    checks = 0
    expect(await client.introspect(await issue(key, CLAIMS))).toMatchObject({ active: true })
    // The first look is overtaken by a harmless event, the second one by that of the token.
    checks = 1
    expect(await client.introspect(await issue(key, { ...CLAIMS, jti: 'another' }))).toEqual({ active: false })
  })

  test('is void in the cache in the same tick', async () => {
    const { client, log } = await start()
    const token = await issue(key, CLAIMS)
    const eventKey = await keyOf('session', CLAIMS.sid)
    await client.introspect(token)
    expect(client.answer(token)).toMatchObject({ active: true })
    log.add('session', eventKey)
    expect(await client.answer(token)).toEqual({ active: false })
    expect(client.statistics().feed).toMatchObject({ voided: 1, revokedKeys: 1 })
  })

  test('with a cut before its iat is verified again, and accepted', async () => {
    const { client, log } = await start()
    const token = await issue(key, CLAIMS)
    await client.introspect(token)
    await log.revoke('subject', CLAIMS.sub, ISSUED - 1)
    const { result, liveness } = await client.introspectWithLiveness(token)
    expect([result.active, liveness.source]).toEqual([true, 'local'])
    expect((await client.introspectWithLiveness(token)).liveness.source).toBe('cache')
  })

  test('is void in a store that processes share', async () => {
    const entries = new Map<string, never>()
    const store = {
      get: (name: string) => entries.get(name),
      set: (name: string, entry: object) => void entries.set(name, JSON.parse(JSON.stringify(entry)) as never),
      delete: (name: string) => void entries.delete(name),
      clear: () => entries.clear(),
    }
    const { client, log } = await start({}, { cache: { store, keySecret: 's'.repeat(32) } })
    const token = await issue(key, CLAIMS)
    await client.introspect(token)
    const { liveness } = await client.introspectWithLiveness(token)
    expect(liveness).toMatchObject({ source: 'cache', boundSeconds: Number.POSITIVE_INFINITY, bound: 'assumed' })
    await log.revoke('client', CLAIMS.client_id)
    expect(await client.introspect(token)).toEqual({ active: false })
  })
})

describe('more revocations than the client remembers', () => {
  test('refuse each JWT from before them, and no later one, and are told once', async () => {
    const warnings: string[] = []
    const onWarning = ({ code }: { code: string }): void => void warnings.push(code)
    const { client, events, log } = await start({ maxRevokedKeys: 1000 }, { onWarning })
    // It ends also tokens that are issued late, within an hour.
    log.add('subject', await keyOf('subject', CLAIMS.sub), null, ISSUED - 3600)
    flood(log, ISSUED - 1)
    flood(log, ISSUED - 1)
    const tokens = [CLAIMS, { ...CLAIMS, sub: 'bob' }].map((claims) => issue(key, claims))
    for (const token of tokens) expect(await client.introspect(await token)).toEqual({ active: false })
    expect(reasons(events)).toEqual(['jwt_forgotten', 'jwt_forgotten'])
    const later = await issue(key, { ...CLAIMS, iat: ISSUED + 1 })
    expect(await client.introspect(later)).toMatchObject({ active: true })
    expect(events.filter((event) => event.type === 'feed_changed' && event.change === 'full')).toHaveLength(1)
    expect(warnings).toEqual(['revocations_full'])
    expect(client.statistics().feed?.revokedKeys).toBeLessThanOrEqual(1000)
    expect(events.filter(({ type }) => type === 'jwt_unusable')).toEqual([
      expect.objectContaining({ reason: 'forgotten' }),
    ])
  })

  test('leave a JWT alone that was issued after what was forgotten', async () => {
    const { client, log } = await start({ maxRevokedKeys: 1000 })
    flood(log, ISSUED - 1)
    expect(await client.introspect(await issue(key, CLAIMS))).toMatchObject({ active: true })
    expect(await client.introspect(await issue(key, { ...CLAIMS, iat: ISSUED - 1 }))).toEqual({ active: false })
  })

  test('make the client ask the server, where it may', async () => {
    const { client, asked, log } = await start({ mode: 'local-or-introspect', maxRevokedKeys: 1000 })
    flood(log, ISSUED)
    const token = await issue(key, CLAIMS)
    expect(await client.introspect(token)).toMatchObject({ active: true })
    expect(asked).toEqual([token])
  })
})

/** Two generations of 500 keys are full, and the first is forgotten. */
function flood(log: ReturnType<typeof createLog>['log'], at: number): void {
  for (let index = 0; index <= 1000; index += 1) log.add('token', `k${String(index).padStart(15, '0')}`, null, at)
}

const reasons = (events: readonly IntrospectionClientEvent[]) =>
  events.flatMap((event) => (event.type === 'introspected' && !event.active ? [event.inactiveReason] : []))

describe('liveness without a feed', () => {
  test('has no bound for a JWT that the client verified by itself, also from the cache', async () => {
    const { client } = createClient(
      { bound: 'proven', connect: () => expect.fail() },
      {},
      { revocations: undefined, cache: {} },
    )
    const token = await issue(key, CLAIMS)
    for (const source of ['local', 'cache']) {
      const { liveness } = await client.introspectWithLiveness(token)
      expect(liveness).toMatchObject({ source, boundSeconds: Number.POSITIVE_INFINITY, bound: 'assumed' })
    }
  })
})

describe('the option revocations', () => {
  const { follower } = createLog()
  const { keyOf: _, ...secretless } = follower
  const keySecret = 's'.repeat(32)

  test.each<[string, RevocationFollower, Parameters<typeof createClient>[2], RegExp]>([
    [
      'without the secret with jwt.mode local',
      secretless,
      {},
      /^revocations: has no effect with jwt\.mode local.*keySecret/,
    ],
    [
      'with the secret when every JWT is introspected',
      follower,
      { jwt: { mode: 'local-then-introspect' } },
      /^revocations: needs no keySecret/,
    ],
    ['with the secret without jwt', follower, { jwt: undefined }, /^revocations: needs no keySecret/],
    [
      'of a follower that cannot replay',
      { ...follower, connect: () => ({ ask: () => Promise.reject(new Error('never')) }) },
      {},
      /^revocations\.connect: must return a connection with replay/,
    ],
    [
      'without credentials',
      followFeed({ keySecret }),
      { clientAuthentication: undefined },
      /^clientAuthentication: is required, .* follows a feed/,
    ],
  ])('%s is a TypeError', (_name, revocations, others, message) => {
    expect(() => createClient(revocations, {}, others)).toThrow(TypeError)
    expect(() => createClient(revocations, {}, others)).toThrow(message)
  })

  test('without the secret follows for the opaque tokens of jwt.mode local-or-introspect', async () => {
    const { client } = createClient(secretless, { mode: 'local-or-introspect' })
    const { liveness } = await client.introspectWithLiveness(await issue(key, CLAIMS))
    expect(liveness.boundSeconds).toBe(Number.POSITIVE_INFINITY)
  })

  test.each(['maxTokenAgeSeconds', 'maxRevokedKeys'] as const)('jwt.%s needs the secret', (name) => {
    const jwt = { mode: 'local-or-introspect', [name]: 5000 } as const
    expect(() => createClient(secretless, jwt)).toThrow(new RegExp(`^jwt\\.${name}: is for a client .* keySecret`))
  })

  test('takes a secret of at least 32 characters', () => {
    expect(() => followFeed({ keySecret: 's'.repeat(31) })).toThrow(/^keySecret: must have at least 32 characters/)
    const shown = JSON.stringify(Object.entries(followFeed({ keySecret })))
    expect(shown).not.toContain(keySecret)
  })
})

describe('an explanation of a JWT that the feed covers', () => {
  test('says that it was revoked, and what a guard decides', async () => {
    const { client, log } = await start()
    const good = await issue(key, { ...CLAIMS, jti: 'good' })
    const revoked = await issue(key, { ...CLAIMS, jti: 'revoked', sid: 'another' })
    await log.revoke('session', 'another')
    const { hits, misses, entries, feed } = client.statistics()
    const explanation = await client.explain(revoked, { audience: AUDIENCE })
    expect(explanation).toMatchObject({ allowed: false, reason: 'token_inactive' })
    expect(explanation.steps.find(({ step }) => step === 'jwt')).toMatchObject({
      outcome: 'refused',
      inactiveReason: 'jwt_revoked',
    })
    expect(await client.explain(good, { audience: AUDIENCE })).toMatchObject({ allowed: true })
    expect(client.statistics()).toMatchObject({ hits, misses, entries, feed: { voided: feed?.voided } })
  })

  test('asks the server once, although a revocation arrives in between', async () => {
    const { log, follower } = createLog()
    let asked = 0
    const { client } = createClient(
      { ...follower, keyOf: undefined },
      {},
      {
        jwt: undefined,
        transport: {
          async fetch(_, { body }) {
            asked += 1
            const { sid } = CLAIMS
            const position = new URLSearchParams(body as string).get('revocation_position') ?? ''
            if (asked > 1) await log.revoke('session', sid)
            const keys = { revocation_keys: [await keyOf('session', sid)], read_at: position }
            return Response.json({ active: true, aud: AUDIENCE, ...keys })
          },
        },
      },
    )
    await client.introspect('opaque')
    await expect.poll(() => client.statistics().feed?.isListening).toBe(true)
    const explanation = await client.explain('opaque', { audience: AUDIENCE })
    expect(explanation.allowed).toBe(true)
    expect(asked).toBe(2)
  })
})
