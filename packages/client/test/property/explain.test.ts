import {
  type CacheEntry,
  type CacheStore,
  clientSecretBasic,
  type GuardOptions,
  type GuardRequest,
  IntrospectionClient,
  type IntrospectionClientOptions,
} from '@token-introspection/client'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { audience, clientSecret, issuer, now, scope, token } from '../hostile-answers.ts'

const jkt = 'A'.repeat(43)

/** Mostly the good value, so that many tokens pass most requirements. */
function mostly(good: unknown, ...others: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 8, arbitrary: fc.constant(good) }, { weight: 2, arbitrary: fc.constantFrom(...others) })
}

const members = fc.record(
  {
    active: mostly(true, false, 'true', null),
    iss: mostly(issuer, 'https://other.example.com', token),
    aud: mostly(audience, [audience, 'x'], 'https://other.example.com', [], [token], 7),
    scope: mostly(`a ${scope}`, scope, 'a', '', token, [scope]),
    token_type: mostly('Bearer', 'JWT', 'DPoP', 'refresh_token', token),
    token_use: mostly('access', 'id'),
    exp: mostly(now + 60, now, now - 400, 'soon'),
    nbf: mostly(now - 60, now + 60, 'soon'),
    iat: mostly(now - 60, now + 299, now + 301),
    auth_time: mostly(now, now - 200, now + 60, 'soon'),
    acr: mostly('mfa', 'password', 7, clientSecret),
    cnf: mostly(undefined, { jkt }, { 'x5t#S256': jkt }, { kid: token }, {}),
    authorization_details: mostly([{ type: 'order' }], [{ type: token }], 'order'),
    permissions: mostly([{ resource_id: 'r', resource_scopes: ['s'] }], ['r:s']),
    [`x ${token}`]: fc.constant(clientSecret),
  },
  { requiredKeys: ['active', 'aud', 'scope'] },
)
const options: fc.Arbitrary<GuardOptions> = fc.record(
  {
    audience: fc.constantFrom<false | string | string[]>(audience, false, [audience, 'y']),
    scope: fc.constantFrom<NonNullable<GuardOptions['scope']>>(scope, { anyOf: ['b', scope] }, (granted) =>
      granted.includes('a'),
    ),
    issuer: fc.constantFrom(issuer, ['https://third.example.com', issuer]),
    acrValues: fc.constantFrom('mfa', 'password'),
    maxAuthenticationAgeSeconds: fc.integer({ min: 0, max: 400 }),
    authorizationDetails: fc.constant({ type: 'order' }),
    permission: fc.constant({ resourceId: 'r', resourceScopes: ['s'] }),
    check: fc.constantFrom<NonNullable<GuardOptions['check']>>(
      () => true,
      () => false,
      ({ sub }) => sub === undefined,
    ),
    acceptedTokenTypes: fc.constant(['jwt']),
  },
  { requiredKeys: ['audience'] },
)
const statuses = fc.oneof(
  { weight: 12, arbitrary: fc.constant(200) },
  fc.constantFrom(400, 401, 403, 404, 429, 500, 503),
)
const fields = fc.oneof(
  { weight: 12, arbitrary: fc.constant<readonly string[]>([`Bearer ${token}`]) },
  fc.constantFrom<readonly string[]>(
    [`bearer ${token}`],
    [`DPoP ${token}`],
    [],
    [`Bearer ${token}`, `Bearer ${token}`],
    ['Basic YTpi'],
    [`Bearer ${token.repeat(900)}`],
  ),
)

function createClient(answer: () => Response, more: Partial<IntrospectionClientOptions> = {}): IntrospectionClient {
  return new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', clientSecret),
    response: { acceptedIssuers: [issuer, 'https://other.example.com'] },
    transport: { fetch: () => Promise.resolve(answer()), retry: false, circuitBreaker: false },
    onWarning: false,
    now: () => now * 1000,
    ...more,
  })
}

/** A round tries every kind of decision nearly always. The property goes on for the rare one that a round has missed. */
const MAX_ROUNDS = 20

/** The kinds of decisions that the property must have tried. */
const EXPECTED = [
  'allowed',
  'token_absent',
  'request_malformed',
  'token_inactive',
  'token_kind',
  'issuer',
  'audience',
  'confirmation',
  'scope',
  'check',
  'unavailable',
]

describe('for every answer, policy and request', () => {
  test('an explanation decides as the guard does, names the requirement that the guard names, and holds no secret', async () => {
    const tried = new Set<string>()
    const missing = () => EXPECTED.filter((kind) => !tried.has(kind))
    const property = fc.asyncProperty(
      members,
      statuses,
      options,
      fields,
      fc.boolean(),
      async (given, status, guarding, credentials, isOptional) => {
        const client = createClient(() => Response.json({ ...given, error: token }, { status }))
        const headers = new Headers()
        for (const field of credentials) headers.append('authorization', field)
        const request: GuardRequest = new Request('https://api.example.com/', { headers })
        const decision = isOptional
          ? await client.guard({ ...guarding, optional: true })(request)
          : await client.guard(guarding)(request)
        const explanation = await client.explain(request, { ...guarding, optional: isOptional })

        const { allowed, reason, status: refusedWith } = explanation
        expect({ allowed, reason, refusedWith }).toEqual(
          decision.allowed
            ? { allowed: true, reason: undefined, refusedWith: undefined }
            : { allowed: false, reason: decision.reason, refusedWith: decision.status },
        )
        tried.add(reason ?? 'allowed')

        const against = explanation.steps.filter(({ outcome }) => outcome === 'refused' || outcome === 'failed')
        expect(against.length > 0).toBe(!allowed)
        for (const step of explanation.steps) {
          if (step.step !== 'policy' || step.requirements.length === 0) continue
          const [first] = step.requirements.filter(({ outcome }) => outcome === 'refused')
          expect(first?.requirement).toBe(reason === 'proof' || reason === 'nonce' ? 'confirmation' : reason)
        }

        const text = `${explanation.toString()}\n${JSON.stringify(explanation)}`
        for (const secret of [token, clientSecret]) expect(text).not.toContain(secret)
      },
    )
    for (let round = 0; round < MAX_ROUNDS && missing().length > 0; round += 1)
      await fc.assert(property, { numRuns: 500 })
    // The property says nothing when only few kinds of decisions are tried.
    expect(missing()).toEqual([])
  })
})

describe('for every age of a kept answer, and every store', () => {
  test('an explanation with useCache decides as the guard does, and asks when the guard asks', async () => {
    let hits = 0
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: -1500, max: 40_000 }),
        fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined }),
        fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
        async (isShared, wasActive, isActive, waitMs, maxAgeSeconds, livesSeconds) => {
          let asked = 0
          let active = wasActive
          let nowMs = now * 1000
          const client = createClient(
            () => {
              asked += 1
              const exp = livesSeconds === undefined ? undefined : now + livesSeconds
              return Response.json(active ? { active, aud: audience, exp } : { active })
            },
            { now: () => nowMs, cache: isShared ? { store: sharedStore(), keySecret: 'k'.repeat(32) } : {} },
          )
          await client.introspect(token)
          active = isActive
          nowMs += waitMs
          const statistics = client.statistics()
          const explanation = await client.explain(token, { audience, maxAgeSeconds, useCache: true })
          const askedByExplain = asked - 1
          expect(client.statistics()).toEqual(statistics)
          const request = new Request('https://api.example.com/', { headers: { authorization: `Bearer ${token}` } })
          const decision = await client.guard({ audience, maxAgeSeconds })(request)
          expect(explanation.allowed).toBe(decision.allowed)
          expect(asked - 1 - askedByExplain).toBe(askedByExplain)
          if (askedByExplain === 0) hits += 1
        },
      ),
      { numRuns: 300 },
    )
    expect(hits).toBeGreaterThan(30)
  })
})

function sharedStore(): CacheStore {
  const entries = new Map<string, CacheEntry>()
  return {
    get: (key) => Promise.resolve(entries.get(key)),
    set: (key, entry) => void entries.set(key, entry),
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  }
}
