import {
  IntrospectionClient,
  clientSecretBasic,
  type CacheEntry,
  type CacheStore,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
  type RevocationConnection,
} from '@token-introspection/client'
import { createEncryptedCacheStore, createTieredCacheStore } from '@token-introspection/client/cache-stores'
import type { Warning } from '@token-introspection/core'
import type { RevocationEvent, RevocationPage } from '@token-introspection/core/revocations'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

const KEY = 'abcdefghijklmnop'
const OTHER = 'ponmlkjihgfedcba'
const audience = 'https://orders.example.com'
const token = '2YotnFZFEjr1zCsicMWpAA'
const MINUTE = 60_000

/** A log, an authorization server that reads it, and a client that follows it. */
function createFollowing(options: Partial<IntrospectionClientOptions> = {}, bound: 'proven' | 'assumed' = 'proven') {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout', 'Date'], now: 1_764_000_000_000 })
  onTestFinished(() => void vi.useRealTimers())
  const log = {
    tag: 'a',
    events: [] as RevocationEvent[],
    fails: false,
    listeners: new Set<(events: readonly RevocationEvent[]) => boolean>(),
    position: (): string => log.events.at(-1)?.position ?? `0.${log.tag}`,
    count: 0,
    append(key: string): string {
      const previous = log.position()
      log.count += 1
      const position = `${log.count}.${log.tag}`
      const event = { position, previous, at: 1, cut: null, kind: 'token' as const, key }
      log.events.push(event)
      for (const listener of log.listeners) listener([event])
      return position
    },
  }
  const connection: RevocationConnection = {
    async ask(after) {
      await Promise.resolve()
      if (log.fails) throw new Error('down')
      const position = log.position()
      const none: RevocationPage = { position, events: [], gap: false, more: false }
      if (after === undefined || after === position) return none
      const index = log.events.findIndex((event) => event.previous === after)
      return index === -1 ? { ...none, gap: true } : { ...none, events: log.events.slice(index) }
    },
    listen(_after, onEvents, signal) {
      log.listeners.add(onEvents)
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          log.listeners.delete(onEvents)
          resolve()
        })
      })
    },
  }
  const as = {
    requests: [] as URLSearchParams[],
    revoked: false,
    answer: { active: true, sub: 'alice', aud: audience, scope: 'orders:read' } as Record<string, unknown>,
    keys: [KEY] as unknown,
    /** Runs after the lookup and before the answer. */
    beforeAnswer: (): void => undefined,
    /** Which positions the server confirms. */
    confirms: (position: string | null): boolean =>
      position === `0.${log.tag}` || log.events.some((event) => event.position === position),
  }
  const events: IntrospectionClientEvent[] = []
  const reach: IntrospectionClientOptions = {
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: {
      fetch: async (_url, { body }) => {
        const form = new URLSearchParams(body as string)
        as.requests.push(form)
        const position = form.get('revocation_position')
        const found = as.revoked ? { active: false } : { ...as.answer }
        const isRead = as.confirms(position)
        await Promise.resolve()
        as.beforeAnswer()
        if (!found.active || position === null) return Response.json(found)
        return Response.json({ ...found, revocation_keys: as.keys, ...(isRead && { read_at: position }) })
      },
    },
    cache: { maxAgeSeconds: 30, maxAgeWhileConnectedSeconds: 600, leaseSeconds: 30 },
    revocations: { bound, connect: () => connection },
    onEvent: (event) => events.push(event),
    ...options,
  }
  const client = new IntrospectionClient(reach)
  onTestFinished(() => client.close())
  return { client, log, as, events, reach, connection }
}

/** Lets time pass, with what happens in it. */
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

/** A client whose first call is over, so that it follows the feed. */
async function createStarted(options?: Partial<IntrospectionClientOptions>, bound?: 'proven' | 'assumed') {
  const created = createFollowing(options, bound)
  await created.client.introspect('another token')
  await pass(1)
  created.as.requests.length = 0
  return created
}

describe('an answer that the feed can make void', () => {
  test('is used for ten minutes while the feed is quiet', async () => {
    const { client, as } = await createStarted()
    await client.introspect(token)
    for (let minute = 0; minute < 9; minute += 1) {
      await pass(MINUTE)
      expect(await client.introspect(token)).toMatchObject({ active: true })
    }
    expect(as.requests).toHaveLength(1)
    await pass(MINUTE)
    await client.introspect(token)
    expect(as.requests).toHaveLength(2)
  })

  test('is not used any more once its revocation was heard', async () => {
    const { client, as, log } = await createStarted()
    await client.introspect(token)
    as.revoked = true
    log.append(KEY)
    expect(await client.introspect(token)).toEqual({ active: false })
    expect(client.statistics().feed).toMatchObject({ events: 1, voided: 1, gaps: 0, isListening: true })
  })

  test('alone is not used any more, of very many that are remembered', async () => {
    const { client, as, log } = await createStarted()
    const tokens = Array.from({ length: 3000 }, (_, index) => `${token}-${index}`)
    for (const [index, each] of tokens.entries()) {
      as.keys = [index === 7 ? KEY : OTHER]
      await client.introspect(each)
    }
    log.append(KEY)
    await pass(MINUTE)
    as.requests.length = 0
    for (const each of tokens) await client.introspect(each)
    expect(as.requests.map((form) => form.get('token'))).toEqual([tokens[7]])
  })

  test('is not used any more in two tiers, encrypted in the shared one, once its revocation was heard', async () => {
    const entries = new Map<string, CacheEntry>()
    const shared: CacheStore = {
      get: (key) => entries.get(key),
      set: (key, entry) => void entries.set(key, entry),
      delete: (key) => void entries.delete(key),
      clear: () => entries.clear(),
    }
    const far = createEncryptedCacheStore({ store: shared, secrets: ['an encryption secret of 32 letters'] })
    const store = createTieredCacheStore({ store: far, nearSeconds: 20 })
    const { client, as, log } = await createStarted({
      cache: { store, keySecret: 'the same for every process of this' },
    })
    await client.introspect(token)
    // The calls do not wait for the store.
    await expect.poll(() => entries.size).toBe(2)
    // The first call reads the shared store, and the second one the memory before it.
    for (let call = 0; call < 2; call += 1) expect(await client.introspect(token)).toMatchObject({ active: true })
    expect(as.requests).toHaveLength(1)
    as.revoked = true
    log.append(KEY)
    expect(await client.introspect(token)).toEqual({ active: false })
    expect(client.statistics().feed).toMatchObject({ voided: 1 })
  })

  test('stays when another key is revoked, and is asked about again when the token is still good', async () => {
    const { client, as, log } = await createStarted()
    await client.introspect(token)
    log.append(OTHER)
    await client.introspect(token)
    expect(as.requests).toHaveLength(1)
    log.append(KEY)
    expect(await client.introspect(token)).toMatchObject({ active: true })
    expect(as.requests).toHaveLength(2)
  })

  test('is void when its revocation arrives while it is on its way', async () => {
    const { client, as, log } = await createStarted()
    as.beforeAnswer = () => {
      as.beforeAnswer = () => undefined
      as.revoked = true
      log.append(KEY)
    }
    expect(await client.introspect(token)).toEqual({ active: false })
    expect(as.requests).toHaveLength(2)
  })

  test('is not kept when a revocation arrives with every attempt', async () => {
    const { client, as, log } = await createStarted()
    as.beforeAnswer = () => void log.append(KEY)
    expect(await client.introspect(token)).toMatchObject({ active: true })
    expect(as.requests).toHaveLength(2)
    as.beforeAnswer = () => undefined
    await client.introspect(token)
    expect(as.requests).toHaveLength(3)
  })

  test('hands on no member about revocation', async () => {
    const { client } = await createStarted()
    const answer = await client.introspect(token)
    expect(answer).toEqual({ active: true, sub: 'alice', aud: audience, scope: 'orders:read' })
  })
})

describe('an answer is used like one without a feed', () => {
  test.each<[string, (as: ReturnType<typeof createFollowing>['as']) => void]>([
    ['when the server does not confirm the position', (as) => void (as.confirms = () => false)],
    ['when it has no keys', (as) => void (as.keys = undefined)],
    ['when its keys are no keys', (as) => void (as.keys = ['alice'])],
    ['when it has more keys than a client remembers', (as) => void (as.keys = Array.from({ length: 8 }, () => KEY))],
    ['when its keys are a text', (as) => void (as.keys = KEY)],
  ])('%s', async (_name, change) => {
    const { client, as } = await createStarted()
    change(as)
    await client.introspect(token)
    await pass(29_000)
    await client.introspect(token)
    expect(as.requests).toHaveLength(1)
    await pass(1000)
    await client.introspect(token)
    expect(as.requests).toHaveLength(2)
  })

  test('when the feed is down for a whole lease, and again as long as before when it is back', async () => {
    const { client, as, log, events } = await createStarted()
    await client.introspect(token)
    log.fails = true
    await pass(45_000)
    await client.introspect(token)
    expect(as.requests).toHaveLength(2)
    expect(events).toContainEqual(expect.objectContaining({ type: 'feed_changed', change: 'failed' }))
    await pass(29_000)
    await client.introspect(token)
    expect(as.requests).toHaveLength(2)
    log.fails = false
    await pass(15_000)
    await client.introspect(token)
    expect(as.requests).toHaveLength(2)
    expect(events).toContainEqual(expect.objectContaining({ type: 'feed_changed', change: 'following' }))
  })

  test('after a gap, and nobody asks at once', async () => {
    const { client, as, log } = await createStarted()
    await client.introspect(token)
    log.tag = 'b'
    await pass(11_000)
    expect(client.statistics().feed).toMatchObject({ gaps: 1 })
    await client.introspect(token)
    expect(as.requests).toHaveLength(1)
    await pass(20_000)
    await client.introspect(token)
    expect(as.requests).toHaveLength(2)
  })
})

describe('liveness', () => {
  test('is that of the feed, proven, and at most the lease', async () => {
    const { client } = await createStarted()
    await client.introspect(token)
    await pass(5 * MINUTE)
    const { liveness } = await client.introspectWithLiveness(token)
    expect(liveness).toMatchObject({ source: 'cache', bound: 'proven' })
    expect(liveness.ageSeconds).toBeCloseTo(300)
    expect(liveness.boundSeconds).toBeLessThan(11)
  })

  test('is assumed for a feed without proof, and for an age', async () => {
    const { client } = await createStarted({}, 'assumed')
    await client.introspect(token)
    await pass(MINUTE)
    expect((await client.introspectWithLiveness(token)).liveness).toMatchObject({ bound: 'assumed' })
    const { client: unfollowed } = createFollowing({ revocations: undefined, cache: {} })
    await unfollowed.introspect(token)
    await pass(10_000)
    const { liveness } = await unfollowed.introspectWithLiveness(token)
    expect(liveness).toMatchObject({ source: 'cache', ageSeconds: 10, bound: 'assumed' })
    expect(liveness.boundSeconds).toBeCloseTo(10.1)
  })

  test('stands on the decision of a guard', async () => {
    const { client } = await createStarted()
    const decide = client.guard({ audience })
    const request = { headers: new Headers({ authorization: `Bearer ${token}` }) } as Request
    await decide(request)
    expect(await decide(request)).toMatchObject({ allowed: true, liveness: { source: 'cache', bound: 'proven' } })
  })
})

describe('the bound of a decision', () => {
  test('is never above what the options promise, whether the feed works or not', async () => {
    const { client, log } = await createStarted()
    const startedMs = Date.now()
    while (Date.now() < startedMs + 3 * MINUTE) {
      log.fails = Date.now() > startedMs + MINUTE
      await pass(99)
      const { result, liveness } = await client.introspectWithLiveness(token)
      expect(result.active).toBe(true)
      expect(liveness.boundSeconds).toBeLessThanOrEqual(30)
      expect(liveness.bound === 'proven' && (client.statistics().feed?.knownSeconds ?? 0) >= 30).toBe(false)
    }
  })
})

describe('a feed and an introspection endpoint that do not belong together', () => {
  test.each([
    ['are told once', false, 1],
    ['are not told when a single answer confirms its position', true, 0],
  ])('%s', async (_name, confirms, times) => {
    const told: Warning[] = []
    const { client, as, events } = await createStarted({ onWarning: (warning) => told.push(warning) })
    as.confirms = () => confirms
    await client.introspect('first')
    as.confirms = () => false
    for (let count = 2; count <= 30; count++) await client.introspect(`token-${count}`)
    const changes = events.filter((event) => event.type === 'feed_changed' && event.change === 'unconfirmed')
    expect(changes).toHaveLength(times)
    expect(told.filter(({ code }) => code === 'revocations_unconfirmed')).toHaveLength(times)
    if (times > 0) expect(told.at(-1)?.message).toMatch(/serve the same token store as the introspection endpoint/)
  })
})

test('a follower serves several clients, each with a position of its own', async () => {
  const follower = { bound: 'proven' as const, connect: vi.fn() }
  const first = createFollowing()
  const second = createFollowing()
  follower.connect.mockReturnValueOnce(first.connection).mockReturnValueOnce(second.connection)
  const [one, two] = [first, second].map(({ reach }) => new IntrospectionClient({ ...reach, revocations: follower }))
  onTestFinished(async () => void (await Promise.all([one?.close(), two?.close()])))
  first.log.append(OTHER)
  await one?.introspect(token)
  await two?.introspect(token)
  await pass(1)
  expect([one, two].map((client) => client?.statistics().feed?.position)).toEqual(['1.a', '0.a'])
})

test('a client that follows a feed remembers answers also without the option cache', async () => {
  const { client, as } = await createStarted({ cache: undefined })
  await client.introspect(token)
  await pass(5 * MINUTE)
  expect(await client.introspect(token)).toMatchObject({ active: true })
  expect(as.requests).toHaveLength(1)
})

describe('notOlderThan', () => {
  test('accepts a remembered answer when the client has applied this very event', async () => {
    const { client, as, log } = await createStarted()
    await client.introspect(token)
    const position = log.append(OTHER)
    expect(await client.introspect(token, { notOlderThan: position })).toMatchObject({ active: true })
    expect(as.requests).toHaveLength(1)
  })

  test('asks when the client has not applied it, and takes only an answer that knows of it', async () => {
    const { client, as, log } = await createStarted()
    await client.introspect(token)
    log.listeners.clear()
    const position = log.append(OTHER)
    await client.introspect(token, { notOlderThan: position })
    expect(as.requests.at(-1)?.get('revocation_position')).toBe(position)
    as.confirms = () => false
    const unknown = client.introspect(token, { notOlderThan: '99.z' })
    await expect(unknown).rejects.toMatchObject({ code: 'ERR_REVOCATION_UNSEEN' })
  })

  test('joins no request that began before the call, and makes no other call fail', async () => {
    const { client, as } = await createStarted()
    as.confirms = () => false
    const first = client.introspect(token)
    const strict = client.introspect(token, { notOlderThan: '99.z' })
    const last = client.introspect(token)
    await expect(strict).rejects.toMatchObject({ code: 'ERR_REVOCATION_UNSEEN' })
    expect(await first).toMatchObject({ active: true })
    expect(await last).toMatchObject({ active: true })
    expect(as.requests).toHaveLength(2)
  })

  test('is refused without a feed, and when it is no position', async () => {
    const { client } = createFollowing({ revocations: undefined, cache: {} })
    await expect(client.introspect(token, { notOlderThan: '1.a' })).rejects.toThrow(/^notOlderThan: needs the option/)
    await expect(client.introspect(token, { notOlderThan: 'a b' })).rejects.toThrow(/^notOlderThan: must be a position/)
    const promised = Promise.resolve('1.a') as unknown as string
    await expect(client.introspect(token, { notOlderThan: promised })).rejects.toThrow(/^notOlderThan: .* write await$/)
  })

  test('of a guard must be a position, and not the promise of one', async () => {
    const { client } = await createStarted()
    const promised = Promise.resolve('1.a') as unknown as string
    expect(() => client.guard({ audience, notOlderThan: promised })).toThrow(/notOlderThan: .* write await$/)
    const decide = client.guard({ audience, notOlderThan: () => promised })
    const request = { headers: new Headers({ authorization: `Bearer ${token}` }) } as Request
    await expect(decide(request)).rejects.toThrow(/notOlderThan: .* write await$/)
  })

  test('of a guard is asked of its function for every request', async () => {
    const { client, as, log } = await createStarted()
    let latest: string | undefined
    const decide = client.guard({ audience, notOlderThan: () => latest })
    const request = { headers: new Headers({ authorization: `Bearer ${token}` }) } as Request
    await decide(request)
    log.listeners.clear()
    latest = log.append(KEY)
    as.revoked = true
    expect(await decide(request)).toMatchObject({ allowed: false, reason: 'token_inactive' })
  })
})

describe('freshness by scope', () => {
  const cache = { maxAgeSeconds: 30, maxAgeSecondsByScope: { 'payments:*': 0, 'orders:read': 10 } }

  test.each([
    ['orders:read', 9999, 1],
    ['orders:read', 10_000, 2],
    ['orders:write', 29_999, 1],
    ['orders:read payments:write', 0, 2],
    ['payments:', 0, 2],
    ['payment', 29_999, 1],
  ])('lets an answer for %s be used again after %s ms: %s requests', async (scope, ms, requests) => {
    const { client, as } = createFollowing({ cache, revocations: undefined })
    as.answer = { active: true, scope }
    await client.introspect(token)
    await pass(ms)
    await client.introspect(token)
    expect(as.requests).toHaveLength(requests)
  })

  test('counts the scopes of permissions, too', async () => {
    const { client, as } = createFollowing({ cache, revocations: undefined })
    as.answer = { active: true, permissions: [{ resource_id: 'a', resource_scopes: ['payments:write'] }] }
    await client.introspect(token)
    await client.introspect(token)
    expect(as.requests).toHaveLength(2)
  })

  test('with zero lets no call share the request of an earlier one', async () => {
    const { client, as } = createFollowing({ cache, revocations: undefined })
    as.answer = { active: true, scope: 'payments:write' }
    const calls = await Promise.all([client.introspect(token), client.introspect(token)])
    expect(calls).toEqual([as.answer, as.answer])
    expect(as.requests).toHaveLength(2)
  })

  test('holds with a feed, too', async () => {
    const { client, as } = await createStarted({ cache })
    await client.introspect(token)
    await pass(10_000)
    await client.introspect(token)
    expect(as.requests).toHaveLength(2)
  })
})

describe('a guard whose check takes its time', () => {
  test('looks again when a revocation arrived meanwhile', async () => {
    const { client, as, log } = await createStarted()
    const check = vi.fn(async () => {
      as.revoked = true
      log.append(KEY)
      await Promise.resolve()
      return true
    })
    const decide = client.guard({ audience, check })
    const request = { headers: new Headers({ authorization: `Bearer ${token}` }) } as Request
    expect(await decide(request)).toMatchObject({ allowed: false, reason: 'token_inactive' })
    expect(check).toHaveBeenCalledTimes(1)
  })

  test('asks nobody again when nothing happened, or only another key was revoked', async () => {
    const { client, as, log } = await createStarted()
    const decide = client.guard({
      audience,
      check: async () => {
        log.append(OTHER)
        await Promise.resolve()
        return true
      },
    })
    const request = { headers: new Headers({ authorization: `Bearer ${token}` }) } as Request
    expect(await decide(request)).toMatchObject({ allowed: true })
    expect(as.requests).toHaveLength(1)
  })

  test('refuses a token that expires while the check looks at the answer of a second request', async () => {
    const { client, as, log } = await createStarted()
    as.answer = { ...as.answer, exp: Date.now() / 1000 + 60 }
    const check = vi.fn(async ({ sub }: { readonly sub?: string | undefined }) => {
      if (sub === 'bob') await pass(65_000)
      else log.append(KEY)
      as.answer = { ...as.answer, sub: 'bob' }
      return true
    })
    const decide = client.guard({ audience, check })
    const request = { headers: new Headers({ authorization: `Bearer ${token}` }) } as Request
    expect(await decide(request)).toMatchObject({ allowed: false, reason: 'token_inactive' })
    expect([check.mock.calls.length, as.requests.length]).toEqual([2, 2])
  })

  test('counts its time to the bound', async () => {
    const { client } = await createStarted()
    const decide = client.guard({ audience, check: () => pass(5000).then(() => true) })
    const request = { headers: new Headers({ authorization: `Bearer ${token}` }) } as Request
    const decision = await decide(request)
    expect(decision.allowed && decision.liveness?.ageSeconds).toBeGreaterThanOrEqual(5)
  })
})

describe('a watch', () => {
  test('ends as soon as the revocation is heard', async () => {
    const { client, as, log } = await createStarted()
    const signal = client.watch(token, {
      policy: { audience },
      until: new AbortController().signal,
      everySeconds: 3600,
    })
    await pass(10)
    as.revoked = true
    log.append(KEY)
    await pass(10)
    expect(signal.reason).toMatchObject({ reason: 'inactive' })
  })

  test('goes on when the token is still good', async () => {
    const { client, as, log } = await createStarted()
    const signal = client.watch(token, {
      policy: { audience },
      until: new AbortController().signal,
      everySeconds: 3600,
    })
    await pass(10)
    const before = as.requests.length
    log.append(KEY)
    await pass(10)
    expect(as.requests).toHaveLength(before + 1)
    expect(signal.aborted).toBe(false)
  })
})

test('a client that knows no position yet asks for the keys alone', async () => {
  const { client, as, log } = createFollowing()
  log.fails = true
  await client.introspect(token)
  expect(as.requests[0]?.get('revocation_position')).toBe('-')
  log.fails = false
  await pass(1000)
  as.revoked = true
  log.append(KEY)
  expect(await client.introspect(token)).toEqual({ active: false })
})

test('a forgotten answer with a hint stays forgotten for as long as a feed would keep it', async () => {
  const { client, as } = await createStarted()
  await client.introspect(token, { tokenTypeHint: 'access_token' })
  await client.forget(token)
  await pass(2 * MINUTE)
  await client.forget('another token')
  await client.introspect(token, { tokenTypeHint: 'access_token' })
  expect(as.requests).toHaveLength(2)
})

test('a flood of other revocations costs questions, and never a wrong answer', async () => {
  const { client, as, log } = await createStarted()
  await client.introspect(token)
  for (let number = 0; number < 50_000; number += 1) {
    log.append(`${(number * 7919).toString(36).padStart(8, '0')}ABCDEFGH`)
    log.events.splice(0, log.events.length - 1)
  }
  expect(await client.introspect(token)).toMatchObject({ active: true })
  expect(as.requests.length).toBeLessThanOrEqual(2)
  as.revoked = true
  log.append(KEY)
  expect(await client.introspect(token)).toEqual({ active: false })
})

test('closing does not wait for a follower that never closes', async () => {
  const { client } = createFollowing({
    revocations: {
      bound: 'proven',
      connect: () => ({
        ask: () => Promise.reject(new Error('down')),
        close: () => new Promise<void>(() => undefined),
      }),
    },
  })
  await client.introspect(token)
  await client.close()
  await expect(client.introspect(token)).rejects.toThrow(/is closed/)
})
