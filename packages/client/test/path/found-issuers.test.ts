/** combineIssuers with `find`: issuers that are found at run time. */
import {
  clientSecretBasic,
  combineIssuers,
  type FindIssuersOptions,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IssuerSettings,
  type Refusal,
} from '@token-introspection/client'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

const audience = 'https://orders.example.com'
const startMs = 1_764_000_000_000

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** An unsigned JWT. The server that gets it decides about it. */
const jwt = (iss: unknown): string => `${encode({ alg: 'RS256' })}.${encode({ iss })}.c2ln`
const issuerOf = (tenant: string): string => `https://${tenant}.as.example.com`

/** Tenants `a`, `b`, … with a server each, that says about every token that it is active. */
function createTenants(options: Partial<FindIssuersOptions> = {}, tenants: readonly string[] = ['a', 'b', 'c', 'd']) {
  const clock = { ms: startMs }
  const found: string[] = []
  const asked: string[] = []
  const events: IntrospectionClientEvent[] = []
  const bad = new Set<string>()
  const settingsOf = (tenant: string): IssuerSettings => ({
    issuer: issuerOf(tenant),
    endpoint: `${issuerOf(tenant)}/introspect`,
    clientAuthentication: clientSecretBasic('api', `secret of ${tenant}`),
    transport: {
      retry: false,
      fetch: (_url, { body }) => {
        const token = new URLSearchParams(body as string).get('token') as string
        asked.push(`${tenant} ${token}`)
        return Promise.resolve(
          Response.json(bad.has(token) ? { active: false } : { active: true, sub: 'alice', aud: audience }),
        )
      },
    },
  })
  const find = (issuer: string) => {
    found.push(issuer)
    const tenant = tenants.find((each) => issuerOf(each) === issuer || each === issuer)
    return tenant === undefined ? undefined : settingsOf(tenant)
  }
  const introspection = combineIssuers({
    find,
    policy: { audience },
    now: () => clock.ms,
    onEvent: (event) => events.push(event),
    ...options,
  })
  return { introspection, clock, found, asked, events, bad, settingsOf }
}

function bearing(token: string, url = 'https://orders.example.com/'): Request {
  return new Request(url, { headers: { authorization: `Bearer ${token}` } })
}

/** The first part of the host name. */
function tenantOf({ url }: { readonly url?: string | undefined }): string | undefined {
  return new URL(url ?? '').hostname.split('.')[0]
}

const statusOf = async (decision: Promise<{ allowed: boolean }>): Promise<number | 'allowed'> => {
  const decided = await decision
  return decided.allowed ? 'allowed' : (decided as Refusal).status
}

describe('a token', () => {
  test('goes to the server that find has for its iss, and the decision names it', async () => {
    const { introspection, asked } = createTenants()
    await using _ = introspection
    const guard = introspection.guard()
    expect(await guard(bearing(jwt(issuerOf('a'))))).toMatchObject({ allowed: true, issuer: issuerOf('a') })
    expect(await guard(bearing(jwt(issuerOf('b'))))).toMatchObject({ allowed: true, issuer: issuerOf('b') })
    expect(asked).toEqual([`a ${jwt(issuerOf('a'))}`, `b ${jwt(issuerOf('b'))}`])
  })

  test.each<[string, string, number]>([
    ['an issuer that find does not know', jwt('https://evil.example'), 1],
    ['no issuer', jwt(undefined), 0],
    ['an empty issuer', jwt(''), 0],
    ['two issuers', jwt(['https://a.as.example.com']), 0],
    ['an issuer of 513 characters', jwt(`https://${'a'.repeat(505)}`), 0],
    ['nothing that names an issuer, because it is opaque', 'opaque', 0],
  ])('of %s is 401, and no server is asked', async (_title, token, lookups) => {
    const { introspection, asked, found, events } = createTenants()
    await using _ = introspection
    expect(await statusOf(introspection.guard()(bearing(token)))).toBe(401)
    expect(await introspection.introspect(token)).toEqual({ active: false })
    expect(asked).toEqual([])
    expect(found).toHaveLength(lookups)
    expect(events).toEqual([
      expect.objectContaining({ type: 'guarded', status: 401, inactiveReason: 'unknown_issuer' }),
    ])
  })

  test('that is opaque goes to the issuer that the request names', async () => {
    const { introspection, asked } = createTenants({ requestIssuer: tenantOf })
    await using _ = introspection
    const guard = introspection.guard()
    expect(await guard(bearing('opaque', 'https://a.api.example.com/'))).toMatchObject({ allowed: true, issuer: 'a' })
    expect(await statusOf(guard(bearing('opaque', 'https://unknown.api.example.com/')))).toBe(401)
    expect(await introspection.introspect('opaque', { issuer: 'b' })).toMatchObject({ active: true })
    expect(asked).toEqual(['a opaque', 'b opaque'])
  })

  test('of another tenant than the request names is 401, and no server is asked', async () => {
    const { introspection, asked } = createTenants({ requestIssuer: () => 'a' })
    await using _ = introspection
    const guard = introspection.guard()
    expect(await statusOf(guard(bearing(jwt(issuerOf('b')))))).toBe(401)
    expect(asked).toEqual([])
    expect(await statusOf(guard(bearing(jwt(issuerOf('a')))))).toBe('allowed')
  })

  test('is never asked about with settings for another issuer', async () => {
    const { introspection, asked, settingsOf } = createTenants({ find: (): IssuerSettings => settingsOf('b') })
    await using _ = introspection
    expect(await statusOf(introspection.guard()(bearing(jwt(issuerOf('a')))))).toBe(500)
    expect(asked).toEqual([])
  })
})

describe('made-up issuers', () => {
  test('create no client and displace none, however many there are', async () => {
    const { introspection, found, clock } = createTenants({ maxClients: 2 })
    await using _ = introspection
    const guard = introspection.guard()
    expect(await statusOf(guard(bearing(jwt(issuerOf('a')))))).toBe('allowed')
    for (let index = 0; index < 20_000; index++) await guard(bearing(jwt(`https://made-up-${index}.example`)))
    const { clients, unknown, finding } = introspection.statistics()
    expect({ clients, unknown, finding }).toEqual({ clients: 1, unknown: 10_000, finding: 0 })
    found.length = 0
    expect(await statusOf(guard(bearing(jwt(issuerOf('a')))))).toBe('allowed')
    await guard(bearing(jwt('https://made-up-19999.example')))
    expect(found).toEqual([])
    clock.ms += 60_000
    await guard(bearing(jwt('https://made-up-19999.example')))
    expect(found).toEqual(['https://made-up-19999.example'])
  })

  test('take 64 lookups at once and no more, and known issuers go on', async () => {
    const gate = Promise.withResolvers<undefined>()
    const { introspection, settingsOf } = createTenants({
      find: (issuer) => (issuer === issuerOf('a') ? settingsOf('a') : gate.promise),
    })
    await using _ = introspection
    const guard = introspection.guard()
    expect(await statusOf(guard(bearing(jwt(issuerOf('a')))))).toBe('allowed')
    const waiting = Array.from({ length: 64 }, (_item, index) =>
      guard(bearing(jwt(`https://made-up-${index}.example`))),
    )
    expect(await statusOf(guard(bearing(jwt('https://one-more.example'))))).toBe(503)
    expect(await statusOf(guard(bearing(jwt(issuerOf('a')))))).toBe('allowed')
    gate.resolve(undefined)
    expect(new Set(await Promise.all(waiting.map(statusOf)))).toEqual(new Set([401]))
  })

  test('and bad tokens of real issuers never displace a client whose tokens pass', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `t${index}`)
    const { introspection, found, bad } = createTenants({ maxClients: 16 }, ['a', ...names])
    await using _ = introspection
    const guard = introspection.guard()
    expect(await statusOf(guard(bearing(jwt(issuerOf('a')))))).toBe('allowed')
    for (const name of names) {
      bad.add(jwt(issuerOf(name)))
      expect(await statusOf(guard(bearing(jwt(issuerOf(name)))))).toBe(401)
    }
    expect(introspection.statistics().clients).toBe(3)
    found.length = 0
    expect(await statusOf(guard(bearing(jwt(issuerOf('a')))))).toBe('allowed')
    expect(found).toEqual([])
  })
})

describe('the memory of clients', () => {
  test('closes no client in use: many issuers that are found at once all decide, and keep their places', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `t${index}`)
    const { introspection, settingsOf } = createTenants({
      maxClients: 100,
      find: (issuer) => Promise.resolve(settingsOf(issuer.slice('https://'.length).split('.')[0] as string)),
    })
    await using _ = introspection
    const guard = introspection.guard()
    const decisions = await Promise.all(names.map((name) => statusOf(guard(bearing(jwt(issuerOf(name)))))))
    expect(new Set(decisions)).toEqual(new Set(['allowed']))
    expect(introspection.statistics().clients).toBe(40)
  })

  test('closes a client that has lost its place when its last call ends', async () => {
    const gate = Promise.withResolvers<Response>()
    const { introspection, settingsOf, bad } = createTenants({
      maxClients: 2,
      find: (issuer) => {
        const settings = settingsOf(issuer.slice('https://'.length).split('.')[0] as string)
        return issuer === issuerOf('a') ? { ...settings, transport: { fetch: () => gate.promise } } : settings
      },
    })
    await using _ = introspection
    const close = vi.spyOn(IntrospectionClient.prototype, 'close')
    onTestFinished(() => close.mockRestore())
    const guard = introspection.guard()
    const waiting = guard(bearing(jwt(issuerOf('a'))))
    bad.add(jwt(issuerOf('b')))
    expect(await statusOf(guard(bearing(jwt(issuerOf('b')))))).toBe(401)
    expect([Object.keys(introspection.statistics().issuers), close.mock.calls]).toEqual([[issuerOf('b')], []])
    gate.resolve(Response.json({ active: false }))
    expect(await statusOf(waiting)).toBe(401)
    expect([Object.keys(introspection.statistics().issuers), close.mock.calls]).toEqual([[issuerOf('b')], [[]]])
  })

  test('is bounded, drops the client that was used least lately, and finds it again', async () => {
    const { introspection, found } = createTenants({ maxClients: 3 })
    await using _ = introspection
    const guard = introspection.guard()
    for (const tenant of ['a', 'b', 'a', 'c']) await guard(bearing(jwt(issuerOf(tenant))))
    expect(introspection.statistics().clients).toBe(2)
    found.length = 0
    for (const tenant of ['a', 'c', 'b']) expect(await statusOf(guard(bearing(jwt(issuerOf(tenant)))))).toBe('allowed')
    expect(found).toEqual([issuerOf('b')])
  })

  test('expires: find is asked again in the background, and later calls wait for it', async () => {
    const gate = Promise.withResolvers<IssuerSettings | undefined>()
    let answers: (IssuerSettings | Promise<IssuerSettings | undefined>)[] = []
    const { introspection, clock, settingsOf, asked } = createTenants({
      maxAgeSeconds: 100,
      find: () => answers.shift() ?? gate.promise,
    })
    await using _ = introspection
    answers = [settingsOf('a')]
    const guard = introspection.guard()
    const ask = () => guard(bearing(jwt(issuerOf('a'))))
    expect(await statusOf(ask())).toBe('allowed')
    clock.ms += 100_000
    expect(await statusOf(ask())).toBe('allowed')
    expect(introspection.statistics()).toMatchObject({ clients: 1, finding: 1 })
    // The tenant is gone.
    gate.resolve(undefined)
    await new Promise((resolve) => setImmediate(resolve))
    expect(introspection.statistics()).toMatchObject({ clients: 0, unknown: 1 })
    expect(await statusOf(ask())).toBe(401)
    expect(asked).toHaveLength(2)
  })

  test('keeps a client while find fails, for as long again', async () => {
    let isDown = false
    const { introspection, clock, settingsOf } = createTenants({
      maxAgeSeconds: 100,
      find: () => (isDown ? Promise.reject(new Error('down')) : Promise.resolve(settingsOf('a'))),
    })
    await using _ = introspection
    const guard = introspection.guard()
    const ask = () => statusOf(guard(bearing(jwt(issuerOf('a')))))
    expect(await ask()).toBe('allowed')
    isDown = true
    clock.ms += 150_000
    expect(await ask()).toBe('allowed')
    clock.ms += 50_000
    expect(await ask()).toBe(503)
    isDown = false
    clock.ms += 2000
    expect(await ask()).toBe('allowed')
  })

  test('keeps watching tokens with a client that has lost its place, and ends them with the issuer', async () => {
    const { introspection } = createTenants({ maxClients: 2 })
    await using _ = introspection
    const until = new AbortController().signal
    const watch = (tenant: string) => introspection.watch(jwt(issuerOf(tenant)), { policy: {}, until })
    const guard = introspection.guard()
    await guard(bearing(jwt(issuerOf('a'))))
    const signal = await watch('a')
    for (const tenant of ['b', 'c', 'd']) await guard(bearing(jwt(issuerOf(tenant))))
    expect(signal.aborted).toBe(false)
    introspection.forgetIssuer(issuerOf('a'))
    expect(signal.reason).toMatchObject({ reason: 'unchecked' })
    const kept = await watch('d')
    introspection.forgetIssuer(issuerOf('d'))
    expect(kept.reason).toMatchObject({ reason: 'unchecked' })
    expect((await watch('unknown')).reason).toMatchObject({ reason: 'inactive' })
  })

  test('forgets an issuer on demand, also while it is being looked up', async () => {
    const gates = [
      Promise.withResolvers<IssuerSettings | undefined>(),
      Promise.withResolvers<IssuerSettings | undefined>(),
    ]
    let calls = 0
    const { introspection, settingsOf } = createTenants({ find: () => gates[calls++]?.promise })
    await using _ = introspection
    const asking = introspection.introspect(jwt(issuerOf('a')))
    introspection.forgetIssuer(issuerOf('a'))
    gates[0]?.resolve(undefined)
    gates[1]?.resolve(settingsOf('a'))
    expect((await asking).active).toBe(true)
    expect(calls).toBe(2)
  })
})

describe('check', () => {
  test('checks the clients of now, and finds and displaces none', async () => {
    const { introspection, found, asked } = createTenants({ maxClients: 16 })
    await using _ = introspection
    expect(await introspection.check()).toEqual({ ok: true, issuers: {} })
    for (const tenant of ['a', 'b']) await introspection.introspect(jwt(issuerOf(tenant)))
    const lookups = found.length
    asked.length = 0
    const { ok, issuers } = await introspection.check()
    // These servers call every token active, also one that the client has made up.
    expect(ok).toBe(false)
    expect(Object.keys(issuers).toSorted()).toEqual([issuerOf('a'), issuerOf('b')])
    expect(issuers[issuerOf('a')]).toMatchObject({ ok: false, step: 'answer', side: 'authorization_server' })
    expect(new Set(asked.map((line) => line.split(' ')[0]))).toEqual(new Set(['a', 'b']))
    expect(asked).toHaveLength(2)
    expect(found).toHaveLength(lookups)
  })

  test('leaves a client out that is forgotten before its turn', async () => {
    const tenants = Array.from({ length: 17 }, (_, index) => `t${index}`)
    const { introspection } = createTenants({ maxClients: 200 }, tenants)
    await using _ = introspection
    for (const tenant of tenants) await introspection.introspect(jwt(issuerOf(tenant)))
    const names = Object.keys(introspection.statistics().issuers)
    const checking = introspection.check()
    introspection.forgetIssuer(names.at(-1) as string)
    expect(Object.keys((await checking).issuers).toSorted()).toEqual(names.slice(0, -1).toSorted())
  })

  test('keeps a client open that loses its place meanwhile', async () => {
    const held: (() => void)[] = []
    const answerWhenReleased = async (): Promise<Response> => {
      if (held.length === 0) await new Promise<void>((resolve) => held.push(resolve))
      return Response.json({ active: false })
    }
    const { introspection, settingsOf } = createTenants({
      maxClients: 2,
      find: (issuer) => {
        const settings = settingsOf(issuer === issuerOf('a') ? 'a' : 'b')
        if (issuer !== issuerOf('a')) return settings
        return { ...settings, transport: { ...settings.transport, fetch: answerWhenReleased } }
      },
    })
    await using _ = introspection
    const first = introspection.introspect(jwt(issuerOf('a')))
    await expect.poll(() => held.length).toBe(1)
    held[0]?.()
    await first
    const close = vi.spyOn(IntrospectionClient.prototype, 'close')
    held.length = 0
    const checking = introspection.check()
    await expect.poll(() => held.length).toBe(1)
    await introspection.introspect(jwt(issuerOf('b')))
    expect(close).not.toHaveBeenCalled()
    held[0]?.()
    expect(await checking).toEqual({ ok: true, issuers: { [issuerOf('a')]: { ok: true } } })
    await expect.poll(() => close.mock.calls.length).toBe(1)
    close.mockRestore()
  })
})

describe('find', () => {
  test('is called once for calls at once, and decides in the same tick for a known issuer', async () => {
    const gate = Promise.withResolvers<void>()
    let calls = 0
    const { introspection, settingsOf } = createTenants({
      find: async () => {
        calls++
        await gate.promise
        return { ...settingsOf('a'), cache: {} }
      },
    })
    await using _ = introspection
    const guard = introspection.guard()
    const waiting = Array.from({ length: 10 }, () => guard(bearing(jwt(issuerOf('a')))))
    gate.resolve()
    expect(await Promise.all(waiting.map(statusOf))).toEqual(Array(10).fill('allowed'))
    expect(calls).toBe(1)
    expect(guard.decide(bearing(jwt(issuerOf('a'))))).not.toBeInstanceOf(Promise)
  })

  test.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('down: "s3cr3t"')
      },
    ],
    ['rejects', () => Promise.reject(new Error('down: "s3cr3t"'))],
  ])('that %s is 503 with a coded error, which is remembered for two seconds', async (_title, fail) => {
    const find = vi.fn(fail)
    const { introspection, clock, events } = createTenants({ find })
    await using _ = introspection
    const guard = introspection.guard()
    for (let call = 0; call < 3; call++) expect(await statusOf(guard(bearing(jwt(issuerOf('a')))))).toBe(503)
    expect(find).toHaveBeenCalledTimes(1)
    const error = (await introspection.introspect(jwt(issuerOf('a'))).catch((reason: unknown) => reason)) as Error
    expect(error).toMatchObject({ code: 'ERR_ISSUER_LOOKUP', retryable: true })
    expect(error.message).toContain('down')
    expect(`${error.message}${String(error.cause)}`).not.toContain('s3cr3t')
    expect(events).toContainEqual(expect.objectContaining({ type: 'guarded', reason: 'unavailable', error }))
    clock.ms += 2000
    await guard(bearing(jwt(issuerOf('a'))))
    expect(find).toHaveBeenCalledTimes(2)
  })

  test('that hangs is 503 after its time, and its signal aborts', async () => {
    vi.useFakeTimers()
    try {
      const signals: AbortSignal[] = []
      const { introspection } = createTenants({
        findTimeoutMs: 50,
        find: (_, { signal }) => {
          signals.push(signal)
          return new Promise(() => undefined)
        },
      })
      const asking = statusOf(introspection.guard()(bearing(jwt(issuerOf('a')))))
      await vi.advanceTimersByTimeAsync(50)
      expect(await asking).toBe(503)
      expect(signals.map(({ aborted }) => aborted)).toEqual([true])
      expect(introspection.statistics()).toMatchObject({ finding: 0, failures: 1 })
    } finally {
      vi.useRealTimers()
    }
  })

  test.each<[string, (settings: IssuerSettings) => unknown, string]>([
    ['an unknown option', (settings) => ({ ...settings, isuer: 'x' }), 'isuer: unknown option'],
    ['no issuer', (settings) => ({ ...settings, issuer: undefined }), 'issuer: is required'],
    ['other places of tokens', (settings) => ({ ...settings, token: { sources: ['header', 'query'] } }), 'token: '],
    ['no object', () => 'x', 'settings: must be an object'],
  ])('that returns settings with %s is 500, and the error says so', async (_title, change, complaint) => {
    const { introspection, settingsOf } = createTenants({ find: () => change(settingsOf('a')) as never })
    await using _ = introspection
    expect(await statusOf(introspection.guard()(bearing(jwt(issuerOf('a')))))).toBe(500)
    const error = await introspection.introspect(jwt(issuerOf('a'))).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'ERR_ISSUER_SETTINGS', retryable: false })
    expect((error as Error).message).toContain(complaint)
  })
})

describe('the options', () => {
  test('need an audience, in the policy or in the guard', () => {
    const { introspection } = createTenants({ policy: {} })
    expect(() => introspection.guard()).toThrow(/^guard\.audience: /)
    expect(() => introspection.guard({ audience })).not.toThrow()
  })

  test('of the policy hold for every issuer, unless its settings have others', async () => {
    const { introspection, settingsOf } = createTenants({
      find: (issuer) => ({
        ...settingsOf(issuer === issuerOf('a') ? 'a' : 'b'),
        ...(issuer === issuerOf('a') && { policy: { audience: 'urn:other' } }),
      }),
    })
    await using _ = introspection
    const guard = introspection.guard()
    expect(await statusOf(guard(bearing(jwt(issuerOf('a')))))).toBe(401)
    expect(await statusOf(guard(bearing(jwt(issuerOf('b')))))).toBe('allowed')
  })

  test.each([
    ['audience of combineIssuers', { audience, policy: {} }, {}, 'allowed'],
    ['policy.audience of combineIssuers', { policy: { audience } }, {}, 'allowed'],
    [
      'audience of the settings before that of combineIssuers',
      { audience, policy: {} },
      { audience: 'urn:other' },
      401,
    ],
    ['audience of the settings before policy.audience', { policy: { audience } }, { audience: 'urn:other' }, 401],
    [
      'policy.audience of the settings before audience',
      { audience, policy: {} },
      { policy: { audience: 'urn:other' } },
      401,
    ],
  ])('take the %s', async (_title, options, settings, expected) => {
    const { introspection, settingsOf } = createTenants({
      ...options,
      find: () => ({ ...settingsOf('a'), ...settings }),
    })
    await using _ = introspection
    expect(await statusOf(introspection.guard()(bearing(jwt(issuerOf('a')))))).toBe(expected)
  })

  test('let requests without a token pass when the guard is optional, and challenge them otherwise', async () => {
    const { introspection } = createTenants()
    await using _ = introspection
    const request = new Request('https://orders.example.com/')
    expect(await introspection.guard({ optional: true })(request)).toMatchObject({ allowed: true, token: undefined })
    expect(await statusOf(introspection.guard({ realm: 'orders' })(request))).toBe(401)
  })
})

test('close closes every client, and ends lookups under way', async () => {
  const { introspection, settingsOf } = createTenants({
    find: (issuer) => (issuer === issuerOf('a') ? settingsOf('a') : new Promise(() => undefined)),
  })
  await introspection.introspect(jwt(issuerOf('a')))
  const until = new AbortController().signal
  const signal = await introspection.watch(jwt(issuerOf('a')), { policy: {}, until })
  const hanging = introspection.introspect(jwt(issuerOf('b'))).catch((error: unknown) => error)
  await introspection.close()
  expect(signal.reason).toMatchObject({ reason: 'unchecked' })
  expect(await hanging).toMatchObject({ code: 'ERR_ISSUER_LOOKUP' })
  await expect(introspection.introspect(jwt(issuerOf('a')))).rejects.toThrow(TypeError)
})
