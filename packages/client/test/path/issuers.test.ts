import {
  clientSecretBasic,
  combineIssuers,
  createProtectedResource,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
  type Refusal,
  WatchEnded,
} from '@token-introspection/client'
import { parseChallenges } from '@token-introspection/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  AUDIENCE,
  createClient as createIssuingClient,
  createKey,
  createServer as createIssuingServer,
  GOOD,
  issue,
} from '../jwt-authorization-server.ts'

const now = 1_764_000_000
const audience = 'https://orders.example.com'

function encode(value: string): string {
  return btoa(value).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** An unsigned JWT. The server that gets it decides about it. */
function jwt(payload: object | string, header: object = { alg: 'RS256' }): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return `${encode(JSON.stringify(header))}.${encode(text)}.c2ln`
}

/** An authorization server with one answer for every token, and the tokens it received. */
function createServer(name: string, options: Partial<IntrospectionClientOptions> = {}) {
  const issuer = `https://${name}.example.com`
  const tokens: string[] = []
  const as = { says: { active: true, sub: 'alice', aud: audience, scope: 'orders:read' } as object, status: 200 }
  const client = new IntrospectionClient({
    issuer,
    endpoint: `${issuer}/introspect`,
    clientAuthentication: clientSecretBasic(name, 'secret'),
    now: () => now * 1000,
    ...options,
    transport: {
      retry: false,
      circuitBreaker: { windowMs: 0 },
      fetch: (_url, { body }) => {
        tokens.push(new URLSearchParams(body as string).get('token') as string)
        return Promise.resolve(Response.json(as.says, { status: as.status }))
      },
    },
  })
  return { issuer, tokens, as, client }
}

let keycloak: ReturnType<typeof createServer>
let partner: ReturnType<typeof createServer>

function create(options: Partial<IntrospectionClientOptions> = {}) {
  keycloak = createServer('keycloak', options)
  partner = createServer('partner', options)
  return { keycloak: keycloak.client, partner: partner.client }
}

/** How often each server was asked. */
function asked() {
  return { keycloak: keycloak.tokens.length, partner: partner.tokens.length }
}

function bearing(token: string, scheme = 'Bearer'): Request {
  return new Request('https://orders.example.com/orders', { headers: { authorization: `${scheme} ${token}` } })
}

function describeRefusal(decision: Refusal | { allowed: true }) {
  return decision.allowed ? undefined : { status: decision.status, reason: decision.reason }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a JWT', () => {
  test('is introspected at the server it names, and at no other (AT-12)', async () => {
    const introspection = combineIssuers({ issuers: create() })
    const guard = introspection.guard({ audience })
    const token = jwt({ iss: partner.issuer })
    expect(await guard(bearing(token))).toMatchObject({ allowed: true, issuer: 'partner', token: { sub: 'alice' } })
    expect(await introspection.introspect(token)).toMatchObject({ active: true })
    expect(introspection.issuerOf(token)).toBe('partner')
    expect(asked()).toEqual({ keycloak: 0, partner: 2 })
  })

  test('may name any issuer that the answers of a client may name', async () => {
    const other = 'https://login.example.com/realms/a'
    const issuers = create({ issuer: undefined })
    const split = createServer('split', { response: { acceptedIssuers: [other] } })
    expect(() => combineIssuers({ issuers })).toThrow('issuers.keycloak')
    const introspection = combineIssuers({ issuers: { split: split.client } })
    expect(introspection.issuerOf(jwt({ iss: other }))).toBe('split')
    expect(introspection.issuerOf(jwt({ iss: split.issuer }))).toBeUndefined()
  })

  test.each([
    ['no issuer', { sub: 'alice' }],
    ['an unknown issuer', { iss: 'https://evil.example' }],
    ['an issuer with a trailing slash', { iss: 'https://keycloak.example.com/' }],
    ['an issuer in other case', { iss: 'https://KEYCLOAK.example.com' }],
    ['several', { iss: ['https://keycloak.example.com'] }],
    ['two', '{"iss":"https://keycloak.example.com","iss":"https://partner.example.com"}'],
    ['the name of a client', { iss: 'keycloak' }],
    ['a name that every object inherits', { iss: 'constructor' }],
    ['an issuer in a payload that is not JSON', 'https://keycloak.example.com'],
  ])('that names %s is refused, and no server gets it (AT-12)', async (_, payload) => {
    const route = vi.fn(() => 'keycloak' as const)
    const token = jwt(payload)
    for (const introspection of [
      combineIssuers({ issuers: create(), prefixes: { partner: 'ey' }, route }),
      combineIssuers({ issuers: create(), fallback: 'keycloak' }),
    ]) {
      expect(describeRefusal(await introspection.guard({ audience })(bearing(token)))).toEqual({
        status: 401,
        reason: 'token_inactive',
      })
      expect(await introspection.introspect(token)).toEqual({ active: false })
      expect(introspection.issuerOf(token)).toBeUndefined()
      expect(asked()).toEqual({ keycloak: 0, partner: 0 })
    }
    expect(route).not.toHaveBeenCalled()
  })

  test('that falsely names an issuer is judged by that issuer, and by no other server after it (AT-11)', async () => {
    const introspection = combineIssuers({ issuers: create(), fallback: 'partner' })
    keycloak.as.says = { active: false }
    const decision = await introspection.guard({ audience })(bearing(jwt({ iss: keycloak.issuer, sub: 'admin' })))
    expect(describeRefusal(decision)).toEqual({ status: 401, reason: 'token_inactive' })
    expect(asked()).toEqual({ keycloak: 1, partner: 0 })
  })

  test('is refused when its server answers with another issuer (AT-12)', async () => {
    const introspection = combineIssuers({ issuers: create() })
    partner.as.says = { active: true, iss: keycloak.issuer, sub: 'admin', aud: audience }
    const decision = await introspection.guard({ audience })(bearing(jwt({ iss: partner.issuer })))
    expect(describeRefusal(decision)).toEqual({ status: 502, reason: 'unavailable' })
    expect(asked()).toEqual({ keycloak: 0, partner: 1 })
  })
})

describe('an opaque token', () => {
  const opaque = ['2YotnFZFEjr1zCsicMWpAA', 'a.b.c', `${encode('{"user":1}')}.ZkYb1Q.c2ln`, 'v4.local.x', '..']

  test.each(opaque)('without a rule is refused, and no server gets it: %s (AT-12)', async (token) => {
    const introspection = combineIssuers({ issuers: create(), prefixes: { partner: 'pt_' } })
    expect(describeRefusal(await introspection.guard({ audience })(bearing(token)))).toEqual({
      status: 401,
      reason: 'token_inactive',
    })
    expect(await introspection.introspect(token)).toEqual({ active: false })
    expect(asked()).toEqual({ keycloak: 0, partner: 0 })
  })

  test('goes to the server of its prefix', async () => {
    const introspection = combineIssuers({
      issuers: create(),
      prefixes: { keycloak: ['kc_', 'kcr_'], partner: 'pt_' },
      fallback: 'partner',
    })
    const guard = introspection.guard({ audience })
    expect(await guard(bearing('kc_a.b.c'))).toMatchObject({ issuer: 'keycloak' })
    expect(await guard(bearing('kcr_a'))).toMatchObject({ issuer: 'keycloak' })
    expect(await guard(bearing('pt_kc_'))).toMatchObject({ issuer: 'partner' })
    expect(await guard(bearing('KC_a'))).toMatchObject({ issuer: 'partner' })
    expect(await guard(bearing(`kc_${jwt({ iss: partner.issuer })}`))).toMatchObject({ issuer: 'keycloak' })
    expect(asked()).toEqual({ keycloak: 3, partner: 2 })
  })

  test('goes to the server that the route function names', async () => {
    const introspection = combineIssuers({
      issuers: create(),
      prefixes: { partner: 'pt_' },
      route: (token) => (token.length === 4 ? 'keycloak' : undefined),
    })
    expect(introspection.issuerOf('abcd')).toBe('keycloak')
    expect(introspection.issuerOf('pt_a')).toBe('partner')
    expect(introspection.issuerOf('abcde')).toBeUndefined()
    await introspection.introspect('abcde')
    expect(asked()).toEqual({ keycloak: 0, partner: 0 })
  })

  test.each([
    [
      'throws',
      () => {
        throw new RangeError('a bug')
      },
      RangeError,
    ],
    ['names an unknown client', () => 'other', TypeError],
    ['names a property that every object inherits', () => 'constructor', TypeError],
    ['returns a promise', () => Promise.resolve('keycloak'), TypeError],
    ['returns no name', () => null, TypeError],
  ])('is refused with an error when the route function %s', async (_, route, error) => {
    const introspection = combineIssuers({ issuers: create(), route: route as () => 'keycloak' })
    await expect(introspection.guard({ audience })(bearing('abc'))).rejects.toThrow(error)
    await expect(introspection.guard({ audience, optional: true })(bearing('abc'))).rejects.toThrow(error)
    await expect(introspection.introspect('abc')).rejects.toThrow(error)
    expect(asked()).toEqual({ keycloak: 0, partner: 0 })
  })
})

describe('one server', () => {
  test('may be down without effect on the tokens of another', async () => {
    const introspection = combineIssuers({ issuers: create() })
    const guard = introspection.guard({ audience })
    keycloak.as.status = 503
    for (let i = 0; i < 20; i++) {
      expect(describeRefusal(await guard(bearing(jwt({ iss: keycloak.issuer, jti: String(i) }))))).toEqual({
        status: 503,
        reason: 'unavailable',
      })
      expect(await guard(bearing(jwt({ iss: partner.issuer })))).toMatchObject({ allowed: true })
    }
    expect(asked().partner).toBe(20)
    expect(introspection.statistics().keycloak.circuits).toMatchObject([{ state: 'open' }])
    expect(introspection.statistics().partner.circuits).toMatchObject([{ state: 'closed' }])
  })

  test('has a cache of its own, and forget empties only that cache', async () => {
    const introspection = combineIssuers({ issuers: create({ cache: {} }), fallback: 'partner' })
    const token = jwt({ iss: keycloak.issuer })
    for (const each of [token, token, 'abc', 'abc']) await introspection.introspect(each)
    expect(asked()).toEqual({ keycloak: 1, partner: 1 })
    await introspection.forget(token)
    await introspection.forget(jwt({ iss: 'https://evil.example' }))
    for (const each of [token, 'abc']) await introspection.introspect(each)
    expect(asked()).toEqual({ keycloak: 2, partner: 1 })
    expect(introspection.statistics()).toMatchObject({ keycloak: { hits: 1 }, partner: { hits: 2 } })
  })

  test('is closed with the others', async () => {
    const issuers = create()
    const introspection = combineIssuers({ issuers })
    await introspection.close()
    await expect(introspection.introspect(jwt({ iss: partner.issuer }))).rejects.toThrow(TypeError)
    await expect(issuers.keycloak.introspect('abc')).rejects.toThrow(TypeError)
    await introspection[Symbol.asyncDispose]()
  })
})

describe('check', () => {
  test('says for each issuer whether its client can do its work, under its name', async () => {
    const introspection = combineIssuers({ issuers: create() })
    keycloak.as.says = { active: false }
    partner.as.says = { active: false }
    expect(await introspection.check()).toEqual({
      ok: true,
      issuers: { keycloak: { ok: true }, partner: { ok: true } },
    })
    partner.as.status = 503
    const { ok, issuers } = await introspection.check()
    expect(ok).toBe(false)
    expect(issuers.keycloak).toEqual({ ok: true })
    expect(issuers.partner).toMatchObject({ ok: false, step: 'endpoint', side: 'authorization_server' })
    expect(asked()).toEqual({ keycloak: 2, partner: 2 })
  })

  test('is a TypeError when the clients are closed', async () => {
    const introspection = combineIssuers({ issuers: create() })
    await introspection.close()
    await expect(introspection.check()).rejects.toThrow(TypeError)
  })
})

describe('the policy', () => {
  const [ofKeycloak, ofPartner] = ['keycloak', 'partner'].map((name) =>
    jwt({ iss: `https://${name}.example.com` }),
  ) as [string, string]

  test('comes from the guard and the client, and the policy for one issuer wins', async () => {
    const issuers = create()
    partner = createServer('partner', { policy: { audience: 'urn:partner' } })
    const introspection = combineIssuers({ issuers: { ...issuers, partner: partner.client } })
    partner.as.says = { active: true, aud: 'urn:partner', scope: 'partner:orders' }
    keycloak.as.says = { active: true, aud: audience, scope: 'orders:read' }
    const guard = introspection.guard({
      scope: 'orders:read',
      issuers: { keycloak: { audience }, partner: { scope: 'partner:orders', audience: undefined } },
    })
    expect(await guard(bearing(ofKeycloak))).toMatchObject({ allowed: true, issuer: 'keycloak' })
    expect(await guard(bearing(ofPartner))).toMatchObject({ allowed: true, issuer: 'partner' })
    // A token of one issuer passes, and the same from the other issuer does not.
    ;[partner.as.says, keycloak.as.says] = [keycloak.as.says, partner.as.says]
    expect(describeRefusal(await guard(bearing(ofKeycloak)))).toEqual({ status: 401, reason: 'audience' })
    partner.as.says = { active: true, aud: 'urn:partner', scope: 'orders:read' }
    expect(describeRefusal(await guard(bearing(ofPartner)))).toEqual({ status: 403, reason: 'scope' })
  })

  test('is not loosened by undefined for one issuer', async () => {
    const introspection = combineIssuers({ issuers: create() })
    const guard = introspection.guard({ audience, scope: 'orders:write', issuers: { partner: { scope: undefined } } })
    expect(describeRefusal(await guard(bearing(ofPartner)))).toEqual({ status: 403, reason: 'scope' })
  })

  test('must have an audience for every issuer', () => {
    const issuers = create()
    const introspection = combineIssuers({ issuers })
    expect(() => introspection.guard()).toThrow('audience')
    expect(() => introspection.guard({ issuers: { partner: { audience } } })).toThrow('audience')
    expect(() =>
      introspection.guard({ issuers: { partner: { audience }, keycloak: { audience: false } } }),
    ).not.toThrow()
  })

  test('runs the check of the application, and maxAgeSeconds for one issuer', async () => {
    const introspection = combineIssuers({ issuers: create({ cache: {} }) })
    const guard = introspection.guard({
      audience,
      issuers: { partner: { check: (token) => token.sub === 'bob', maxAgeSeconds: 0 } },
    })
    for (let i = 0; i < 2; i++) {
      expect(describeRefusal(await guard(bearing(ofPartner)))).toEqual({ status: 403, reason: 'check' })
      expect(await guard(bearing(ofKeycloak))).toMatchObject({ allowed: true })
    }
    expect(asked()).toEqual({ keycloak: 1, partner: 2 })
  })
})

describe('a request', () => {
  const plain = new Request('https://orders.example.com/orders')

  test('without a token is refused with the challenges of all clients, or passes when the token is optional', async () => {
    const introspection = combineIssuers({ issuers: create({ policy: { realm: 'orders' } }) })
    const decision = await introspection.guard({ audience })(plain)
    expect(describeRefusal(decision)).toEqual({ status: 401, reason: 'token_absent' })
    const challenges = decision.allowed ? [] : parseChallenges(decision.headers['www-authenticate'] ?? '')
    expect(challenges).toMatchObject([{ scheme: 'Bearer', parameters: { realm: 'orders' } }])
    const optional = introspection.guard({ audience, optional: true })
    expect(await optional(plain)).toMatchObject({ allowed: true, token: undefined })
    // A bad token is not an absent token, whichever issuer it is from.
    for (const token of ['abc', jwt({ iss: 'https://evil.example' })]) {
      expect(describeRefusal((await optional(bearing(token))) as Refusal)).toEqual({
        status: 401,
        reason: 'token_inactive',
      })
    }
    keycloak.as.says = { active: false }
    expect(await optional(bearing(jwt({ iss: keycloak.issuer })))).toMatchObject({ allowed: false, status: 401 })
  })

  test('with two tokens is a bad request, and no server is asked', async () => {
    const introspection = combineIssuers({ issuers: create(), fallback: 'keycloak' })
    const request = bearing('abc, Bearer def')
    expect(describeRefusal(await introspection.guard({ audience })(request))).toEqual({
      status: 400,
      reason: 'request_malformed',
    })
    expect(asked()).toEqual({ keycloak: 0, partner: 0 })
  })

  test('may have its token in the form when all clients read forms', async () => {
    const sources = { token: { sources: ['header', 'form'] as const } }
    const introspection = combineIssuers({ issuers: create(sources) })
    const request = new Request('https://orders.example.com/orders', {
      method: 'POST',
      body: new URLSearchParams({ access_token: jwt({ iss: 'https://partner.example.com' }), order: '1' }),
    })
    expect(await introspection.guard({ audience })(request)).toMatchObject({ allowed: true, issuer: 'partner' })
    expect(await request.text()).toContain('order=1')
    const [headerAlone] = [create().keycloak]
    expect(() => combineIssuers({ issuers: { headerAlone, form: create(sources).partner } })).toThrow('token.sources')
  })

  test('may have its token in a field or a cookie when all clients read these', async () => {
    const cookie = { name: '__Host-token', allowedOrigins: ['https://a.example', 'https://b.example'] }
    const token = { fields: ['X-Token', 'x-other'], cookie }
    const introspection = combineIssuers({ issuers: create({ token }) })
    const ofPartner = jwt({ iss: 'https://partner.example.com' })
    const decide = introspection.guard({ audience })
    for (const [method, fields, expected] of [
      ['GET', { 'x-token': ofPartner }, { allowed: true, issuer: 'partner' }],
      ['GET', { cookie: `__Host-token=${ofPartner}` }, { allowed: true, issuer: 'partner' }],
      ['POST', { cookie: `__Host-token=${ofPartner}` }, { allowed: false, reason: 'origin', status: 403 }],
    ] as const) {
      expect(await decide({ method, headers: new Headers(fields) })).toMatchObject(expected)
    }
    const { keycloak: first } = create({
      token: {
        fields: ['x-other', 'x-token'],
        cookie: { ...cookie, allowedOrigins: cookie.allowedOrigins.toReversed() },
      },
    })
    expect(() => combineIssuers({ issuers: { first, second: create({ token }).partner } })).not.toThrow()
    for (const other of [
      {},
      { fields: token.fields },
      { ...token, cookie: { name: '__Host-token' } },
      { ...token, sources: [] },
    ]) {
      const second = create({ token: other }).partner
      expect(() => combineIssuers({ issuers: { first, second } })).toThrow(
        'token.sources, token.fields and token.cookie',
      )
    }
  })

  test('is reported to the client of its token, and otherwise to the combined listener', async () => {
    const events: string[] = []
    const note =
      (who: string) =>
      (event: IntrospectionClientEvent): void => {
        events.push(`${who}: ${event.type} ${event.type === 'guarded' && !event.allowed ? event.reason : ''}`.trim())
      }
    keycloak = createServer('keycloak', { onEvent: note('keycloak') })
    partner = createServer('partner', { onEvent: note('partner') })
    const introspection = combineIssuers({
      issuers: { keycloak: keycloak.client, partner: partner.client },
      onEvent: note('nobody'),
    })
    const guard = introspection.guard({ audience })
    await guard(bearing(jwt({ iss: partner.issuer })))
    await guard(bearing(jwt({ iss: 'https://evil.example' })))
    await guard(plain)
    expect(events).toEqual([
      'partner: introspected',
      'partner: guarded',
      'nobody: guarded token_inactive',
      'nobody: guarded token_absent',
    ])
  })
})

/** Combines options as a caller without types might. */
function combine(options: object): () => unknown {
  return () => combineIssuers(options as Parameters<typeof combineIssuers>[0])
}

describe('an ambiguous combination', () => {
  test('throws', () => {
    const issuers = create()
    const again = createServer('keycloak').client
    const anybody = new IntrospectionClient({
      endpoint: 'https://other.example.com/introspect',
      clientAuthentication: clientSecretBasic('api', 'secret'),
    })
    expect(combine({ issuers: { ...issuers, again } })).toThrow(
      'issuers.again: has the same issuer as issuers.keycloak',
    )
    expect(combine({ issuers: { ...issuers, again: issuers.partner } })).toThrow('issuers.partner')
    expect(combine({ issuers: { ...issuers, anybody } })).toThrow('issuers.anybody: needs an issuer')
    expect(combine({ issuers, prefixes: { keycloak: 'a', partner: 'ab' } })).toThrow('prefixes.partner')
    expect(combine({ issuers, prefixes: { keycloak: 'ab', partner: ['x', 'a'] } })).toThrow('prefixes.partner')
    expect(combine({ issuers, prefixes: { partner: ['x', 'x'] } })).toThrow('prefixes.partner')
    expect(combine({ issuers, prefixes: { partner: '' } })).toThrow('prefixes.partner')
    expect(combine({ issuers, prefixes: { other: 'a' } })).toThrow('prefixes.other')
    expect(combine({ issuers, fallback: 'other' })).toThrow('fallback')
    expect(combine({ issuers, fallback: 'keycloak', route: () => undefined })).toThrow('fallback')
    expect(combine({ issuers, route: 'keycloak' })).toThrow('route')
    expect(combine({ issuers: {} })).toThrow('issuers')
    expect(combine({ issuers: { a: {} } })).toThrow('issuers.a')
    expect(combine({ issuers: [issuers.keycloak] })).toThrow('issuers')
    expect(combine({ issuers, clients: {} })).toThrow('clients')
    const guard =
      (options: object): (() => unknown) =>
      () =>
        combineIssuers({ issuers }).guard(options)
    expect(guard({ audience, issuers: { other: {} } })).toThrow('guard.issuers.other')
    expect(guard({ audience, issuers: { partner: { realm: 'x' } } })).toThrow('guard.issuers.partner')
    expect(guard({ audience, issuers: { partner: { optional: true } } })).toThrow('guard.issuers.partner')
    expect(guard({ audience, issuers: { partner: { scopes: 'x' } } })).toThrow('guard.issuers.partner.scopes')
  })
})

describe('one issuer with local JWTs and one with introspection', () => {
  test('accepts the tokens of each, and no token that another party signed in its name (AT-12)', async () => {
    const [ownKey, attackerKey] = await Promise.all([createKey('ES256'), createKey('ES256')])
    const local = createIssuingServer(ownKey)
    partner = createServer('partner')
    partner.as.says = { active: true, aud: AUDIENCE, sub: 'bob' }
    const issuers = { local: createIssuingClient(local).client, partner: partner.client }
    const introspection = combineIssuers({ issuers, fallback: 'partner' })
    const guard = introspection.guard({ audience: AUDIENCE })
    expect(await guard(bearing(await issue(ownKey)))).toMatchObject({ issuer: 'local', token: { sub: 'alice' } })
    expect(await guard(bearing('opaque'))).toMatchObject({ issuer: 'partner', token: { sub: 'bob' } })
    const before = partner.tokens.length
    for (const stolen of [
      await issue(attackerKey, GOOD),
      await issue(attackerKey, GOOD, { kid: ownKey.published.kid }),
      await issue(attackerKey, { ...GOOD, iss: 'https://evil.example' }),
      await issue(ownKey, { ...GOOD, iss: [GOOD.iss] }),
      await issue(ownKey, JSON.stringify(GOOD).replace('{', '{"iss":"https://partner.example.com",')),
    ]) {
      expect(describeRefusal(await guard(bearing(stolen)))).toEqual({ status: 401, reason: 'token_inactive' })
    }
    expect([local.asked.length, partner.tokens.length]).toEqual([0, before])
    // The partner cannot vouch for a token of the other issuer either.
    partner.as.says = { active: true, aud: AUDIENCE, iss: GOOD.iss, sub: 'alice' }
    expect(await guard(bearing(await issue(attackerKey, { ...GOOD, iss: partner.issuer })))).toMatchObject({
      allowed: false,
      status: 502,
    })
  })
})

describe('DPoP', () => {
  const dpop = { origin: 'https://orders.example.com' }
  /** One server binds tokens to keys, the other has no support for it. */
  function createBinding() {
    keycloak = createServer('keycloak', { policy: { dpop } })
    partner = createServer('partner')
    return combineIssuers({ issuers: { partner: partner.client, keycloak: keycloak.client } })
  }

  test('is in the challenges when one client supports it', async () => {
    const decision = await createBinding().guard({ audience })(new Request('https://orders.example.com'))
    const challenges = decision.allowed ? [] : parseChallenges(decision.headers['www-authenticate'] ?? '')
    expect(challenges?.map(({ scheme }) => scheme)).toEqual(['Bearer', 'DPoP'])
  })

  test.each([['keycloak'], ['partner']] as const)(
    'is required for a bound token of %s, and a token by the DPoP scheme never passes without a proof',
    async (name) => {
      const introspection = createBinding()
      const token = jwt({ iss: `https://${name}.example.com` })
      const cnf = { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }
      for (const says of [{}, { cnf }]) {
        ;[keycloak.as.says, partner.as.says] = [0, 1].map(() => ({ active: true, aud: audience, ...says })) as [
          object,
          object,
        ]
        for (const optional of [false, true]) {
          const guard = optional ? introspection.guard({ audience, optional }) : introspection.guard({ audience })
          expect(await guard(bearing(token, 'DPoP'))).toMatchObject({ allowed: false, status: 401 })
          if ('cnf' in says) expect(await guard(bearing(token))).toMatchObject({ allowed: false, status: 401 })
        }
      }
    },
  )

  test('does not change that tokens of another kind are refused, whichever server answers', async () => {
    const introspection = createBinding()
    for (const name of ['keycloak', 'partner'] as const) {
      const token = jwt({ iss: `https://${name}.example.com` })
      for (const tokenType of ['urn:x-oath:params:oauth:token-type:device-secret', 'mac', 'N_A', 'Refresh']) {
        ;({ keycloak, partner })[name].as.says = { active: true, token_type: tokenType }
        const decision = await introspection.guard({ audience: false })(bearing(token))
        expect(decision).toMatchObject({ allowed: false, reason: 'token_kind', status: 401 })
      }
    }
  })

  test('is not published unless every client supports it', () => {
    expect(createBinding().accepts).toMatchObject({
      issuers: ['https://partner.example.com', 'https://keycloak.example.com'],
      dpopAlgorithms: [],
      certificates: false,
      senderConstraint: undefined,
    })
    const both = combineIssuers({ issuers: create({ policy: { dpop, senderConstraint: 'dpop' } }) })
    expect(both.accepts).toMatchObject({ senderConstraint: 'dpop' })
    expect(both.accepts.dpopAlgorithms).toContain('ES256')
  })
})

test('several issuers make the guards of a protected resource', async () => {
  const orders = createProtectedResource({ resource: audience })
  const guard = orders.guard(combineIssuers({ issuers: create() }))
  expect(orders.metadata.authorization_servers).toEqual(['https://keycloak.example.com', 'https://partner.example.com'])
  expect(await guard(bearing(jwt({ iss: partner.issuer })))).toMatchObject({ allowed: true })
})

describe('watch', () => {
  test('watch a token with its client, by the policy for its issuer', () => {
    const introspection = combineIssuers({ issuers: create() })
    const until = new AbortController().signal
    const policy = { audience, issuers: { partner: { scope: 'partner:orders' } } }
    const signal = introspection.watch(jwt({ iss: partner.issuer }), { policy, until })
    expect(introspection.statistics()).toMatchObject({ keycloak: { watched: 0 }, partner: { watched: 1 } })
    return expect.poll(() => signal.reason as unknown).toMatchObject({ reason: 'policy', refusal: 'scope' })
  })

  test('end a watch at once for a token of an unknown issuer (AT-12)', () => {
    const introspection = combineIssuers({ issuers: create() })
    const signal = introspection.watch('abc', { policy: { audience }, until: new AbortController().signal })
    expect(signal.reason).toBeInstanceOf(WatchEnded)
    expect(signal.reason).toMatchObject({ reason: 'inactive' })
    expect(asked()).toEqual({ keycloak: 0, partner: 0 })
  })
})
