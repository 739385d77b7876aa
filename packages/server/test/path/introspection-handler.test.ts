/** The whole path from request to response, through every form of the handler. */
import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { inspect } from 'node:util'
import { protectedResourceMetadataSchema } from '@token-introspection/core'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { describe, expect, test } from 'vitest'
import type { IntrospectionHandlerEvent } from '../../src/index.ts'
import {
  createMemoryLimiter,
  createMemoryTokenStore,
  digestToken,
  type ProtectedResource,
  STATUS_ONLY,
  type TokenLookup,
  type TokenRecord,
} from '../../src/index.ts'
import { claimsSchema } from '../claims.ts'
import {
  ACTIVE,
  basic,
  CHALLENGE,
  type Changes,
  createEndpoint,
  INACTIVE,
  ISSUER,
  json,
  NOW,
  OTHER_SECRET,
  post,
  PROTECTED_RESOURCES,
  RECORD,
  SECRET,
  storeOf,
  TOKENS,
  type TokenName,
  token,
  type WireRequest,
} from '../endpoint.ts'
import { forms } from './forms.ts'
import { refusedCredentials, takenCredentials } from './introspection-cases/credential-cases.ts'
import {
  answerFields,
  common,
  expectAnswersOf,
  invalidClient,
  invalidRequest,
} from './introspection-cases/expect-answers.ts'
import { active, anonymous, encoded } from './introspection-cases/introspection-case.ts'
import { refusedRequests, takenRequests } from './introspection-cases/request-cases.ts'

const serverError = { error: 'server_error' }
const unavailable = { error: 'temporarily_unavailable' }
const notLookedUp = { ...unavailable, error_description: 'the token could not be looked up' }

describe.each(forms)('introspection handler, $name', ({ send }) => {
  const expectAnswer = expectAnswersOf(send)

  describe('request', () => {
    test.each(refusedRequests)('refuses %s', async (_, ...row) => {
      await expectAnswer(...row)
    })

    test.each(takenRequests)('takes %s', async (_, ...row) => {
      await expectAnswer(...row)
    })

    test.each([
      ['application/json', 200],
      ['Application/JSON; charset=utf-8', 200],
      ['*/*', 200],
      ['application/*;q=0.1', 200],
      ['', 200],
      ['text/html, */*;q=0.01', 200],
      ['application/token-introspection+jwt, application/json;q=0.5', 200],
      ['application/token-introspection+jwt', 406],
      ['application/token-introspection+jwt;q=1, application/json;q=0', 406],
      ['application/json;q=0, */*', 406],
      ['application/jwt', 406],
      ['application/json;q=0', 406],
      // A server may ignore Accept when it cannot satisfy it.
      ['text/html', 200],
      ['application/jsonp', 200],
      ['*', 200],
      ['text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2', 200],
    ])('answers Accept: %s with %i', async (accept, status) => {
      await expectAnswer(post(active, { accept }), status, status === 200 ? ACTIVE : invalidRequest)
    })

    test('combines several Accept fields', async () => {
      await expectAnswer(post(active, { accept: ['text/html', 'application/json'] }), 200, ACTIVE)
    })
  })

  describe('client authentication', () => {
    test.each(refusedCredentials)('refuses %s', async (_, ...row) => {
      await expectAnswer(...row)
    })

    test.each(takenCredentials)('takes %s', async (_, ...row) => {
      await expectAnswer(...row)
    })

    test('answers every failure with the same octets', async () => {
      const { handler } = await createEndpoint()
      const requests = [
        post(active, anonymous),
        post(active, { authorization: basic('orders-api', 'wrong') }),
        post(active, { authorization: basic('nobody', SECRET) }),
        post(active, { authorization: 'Basic *' }),
        post(active, { authorization: 'Bearer x' }),
        post({ ...active, client_id: 'nobody', client_secret: 'wrong' }, anonymous),
        post({ ...active, client_id: 'orders-api' }, anonymous),
        post({ token: token('expired') }, anonymous),
      ]
      for (const request of requests) {
        const response = await send(handler, request)
        expect([response.status, answerFields(response), response.body]).toEqual([
          401,
          { ...common, 'www-authenticate': CHALLENGE },
          '{"error":"invalid_client"}',
        ])
      }
    })

    test('sends the configured realm', async () => {
      const { handler } = await createEndpoint({ clientAuthentication: { realm: 'a "b" \\c' } })
      const response = await send(handler, post(active, anonymous))
      expect(response.headers['www-authenticate']).toBe('Basic realm="a \\"b\\" \\\\c", charset="UTF-8"')
    })

    describe.each([
      ['a colon', 'a:b:'],
      ['a percent sign', '100%'],
      ['text that looks like an escape', '%41%zz'],
      ['a plus', 'a+b'],
      ['a space', 'a b'],
      ['a slash and an equals sign', '/a=b/'],
      ['an ampersand', 'a&client_id=x'],
      ['letters beyond ASCII', 'é€😀'],
      ['characters that oauth4webapi escapes', 'a-b_c.d~e'],
      ['everything at once', 'p:s%w+r/d-é ~?'],
    ])('with %s in the secret', (_, clientSecret) => {
      const id = 'special-api'
      const changes = (basicEncoding?: 'form'): Changes => ({
        clientAuthentication: {
          protectedResources: [{ id, clientSecrets: [clientSecret], audiences: ['urn:orders', RECORD.aud] }],
          basicEncoding,
        },
      })
      const formEncoded = basic(encodeEverything(id), encodeEverything(clientSecret))

      test('accepts it form-encoded in Basic', async () => {
        await expectAnswer(post(active, { authorization: formEncoded }), 200, ACTIVE, changes())
        await expectAnswer(post(active, { authorization: formEncoded }), 200, ACTIVE, changes('form'))
      })

      test('accepts it raw in Basic', async () => {
        await expectAnswer(post(active, { authorization: basic(id, clientSecret) }), 200, ACTIVE, changes())
      })

      test('accepts it in the form', async () => {
        const request = post({ ...active, client_id: id, client_secret: clientSecret }, anonymous)
        await expectAnswer(request, 200, ACTIVE, changes())
      })
    })

    test.each([
      ['a percent sign', '100%'],
      ['text that looks like an escape', '%41'],
      ['a plus', 'a+b'],
    ])('refuses a raw secret with %s when only form encoding is allowed', async (_, clientSecret) => {
      const clientAuthentication = {
        protectedResources: [{ id: 'special-api', clientSecrets: [clientSecret], audiences: [RECORD.aud] }],
        basicEncoding: 'form',
      } as const
      const request = post(active, { authorization: basic('special-api', clientSecret) })
      await expectAnswer(request, 401, invalidClient, { clientAuthentication })
    })

    test('accepts an identifier that is a URL, form-encoded in Basic and in the form', async () => {
      const id = 'https://rs.example.com/api'
      const changes: Changes = {
        clientAuthentication: { protectedResources: [{ id, clientSecrets: [SECRET], audiences: [RECORD.aud] }] },
      }
      const authorization = basic(encodeURIComponent(id), SECRET)
      await expectAnswer(post({ ...active, client_id: id }, { authorization }), 200, ACTIVE, changes)
      await expectAnswer(post({ ...active, client_id: id, client_secret: SECRET }, anonymous), 200, ACTIVE, changes)
    })

    test('asks findProtectedResource, and sees rotated secrets at once', async () => {
      const entry = { id: 'orders-api', clientSecrets: ['old'], audiences: [RECORD.aud] }
      const asked: string[] = []
      const { handler } = await createEndpoint({
        clientAuthentication: {
          async findProtectedResource(id) {
            asked.push(id)
            await Promise.resolve()
            return id === entry.id ? entry : null
          },
        },
      })
      const attempt = async (id: string, secret: string) =>
        (await send(handler, post(active, { authorization: basic(id, secret) }))).status
      expect(await attempt('orders-api', 'old')).toBe(200)
      entry.clientSecrets[0] = 'new'
      expect(await attempt('orders-api', 'old')).toBe(401)
      expect(await attempt('orders-api', 'new')).toBe(200)
      expect(await attempt('nobody', 'new')).toBe(401)
      // The last request sends the old secret. It is no longer remembered as good, so the handler verifies it again.
      expect(asked).toEqual(['orders-api', 'orders-api', 'orders-api', 'orders-api', 'nobody'])
    })

    test.each<[string, () => never | Promise<never>]>([
      ['throws', fail],
      ['rejects', rejected],
    ])('answers 503 when the registry %s', async (_, findProtectedResource) => {
      const changes = { clientAuthentication: { findProtectedResource } }
      await expectAnswer(post(active), 503, unavailable, changes)
    })
  })

  describe('lookup and authorization', () => {
    test.each<TokenName>(['expired', 'revoked', 'future', 'refresh', 'foreign', 'audienceless', 'emptyAudience'])(
      'answers only inactive about the %s token',
      async (tokenName) => {
        await expectAnswer(post({ token: token(tokenName) }), 200, INACTIVE)
      },
    )

    test.each([
      ['unknown', 'tkn-unknown'],
      ['in another case', token('active').toUpperCase()],
      ['with a space after it', `${token('active')} `],
      ['with its scheme before it', `Bearer ${token('active')}`],
      ['of control characters', '\u0000\r\n\u007f'],
      ['very long', 'x'.repeat(32_000)],
      ['that is an unsigned JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.'],
      ['that is a property name of every object', '__proto__'],
    ])('answers only inactive about a token %s', async (_, value) => {
      await expectAnswer(post({ token: value }), 200, INACTIVE)
    })

    test('answers all of these with the same header fields', async () => {
      const { handler } = await createEndpoint()
      const answers = new Set<string>()
      for (const tokenName of ['expired', 'revoked', 'future', 'refresh', 'foreign', 'audienceless'] as const) {
        const { status, headers, body } = await send(handler, post({ token: token(tokenName) }))
        answers.add(JSON.stringify([status, { ...headers, date: '' }, body]))
      }
      expect(answers.size).toBe(1)
    })

    test.each<[string, TokenName, object]>([
      ['for it', 'active', ACTIVE],
      [
        'issued to it',
        'owned',
        { active: true, client_id: 'orders-api', token_type: 'Bearer', exp: NOW + 1, iss: ISSUER },
      ],
      ['for several audiences', 'severalAudiences', { ...ACTIVE, aud: ['https://other.example.com', 'urn:orders'] }],
      ['bound to a key', 'dpop', { ...ACTIVE, token_type: 'DPoP', cnf: TOKENS.dpop[1].cnf }],
    ])('answers a protected resource about a token %s', async (_, tokenName, body) => {
      await expectAnswer(post({ token: token(tokenName) }), 200, body)
    })

    test.each<[string, () => never | Promise<never>]>([
      ['throws', fail],
      ['rejects', rejected],
    ])('answers 503 and never inactive when the store %s', async (_, find) => {
      await expectAnswer(post(active), 503, notLookedUp, { lookup: { store: { find } } })
    })

    test('answers 503 while the store hangs, and ignores its later result (ERR-18)', async () => {
      const { promise, resolve: answer } = Promise.withResolvers<null>()
      const store = { find: () => promise }
      await expectAnswer(post(active), 503, notLookedUp, { lookup: { store }, timeoutMs: 50 })
      answer(null)
      await setImmediate()
    })

    test('answers 503 within the deadline when the registry hangs', async () => {
      const changes = { clientAuthentication: { findProtectedResource: hang }, timeoutMs: 50 }
      await expectAnswer(post(active), 503, unavailable, changes)
    })

    test('sends Retry-After when the failure concerns every request, and not when it concerns one token', async () => {
      const response = { retryAfterSeconds: 30 }
      const { handler: down } = await createEndpoint({
        clientAuthentication: { findProtectedResource: fail },
        response,
      })
      expect((await send(down, post(active))).headers['retry-after']).toBe('30')
      const isActive = (record: object): boolean => record === RECORD || fail()
      const { handler } = await createEndpoint({ lookup: { store: { find: findOdd }, isActive }, response })
      const odd = await send(handler, post({ token: 'odd' }))
      expect([odd.status, json(odd), odd.headers['retry-after']]).toEqual([503, notLookedUp, undefined])
      expect((await send(handler, post(active))).status).toBe(200)
    })

    test('treats undefined from the store like null', async () => {
      await expectAnswer(post(active), 200, INACTIVE, { lookup: { store: storeOf(undefined) } })
    })

    test('asks the store by digest, once, and only for an authenticated caller', async () => {
      const asked: string[] = []
      const store = { find: (digest: string) => (asked.push(digest), null) }
      const { handler } = await createEndpoint({ lookup: { store } })
      await send(handler, post(active, { authorization: basic('orders-api', 'wrong') }))
      await send(handler, post(active, anonymous))
      await send(handler, post(`${encoded}&token_type_hint=a&token_type_hint=b`))
      expect(asked).toEqual([])
      await send(handler, post({ ...active, token_type_hint: 'refresh_token' }))
      expect(asked).toEqual([expect.stringMatching(/^[A-Za-z0-9_-]{43}$/)])
    })

    test('reads null columns as absent', async () => {
      const row = {
        ...RECORD,
        revoked: 0,
        nbf: null,
        exp: null,
        jti: null,
        cnf: null,
        client_id: 'x',
        claims: undefined,
      }
      const { nbf: _nbf, exp: _exp, jti: _jti, ...rest } = ACTIVE
      await expectAnswer(post(active), 200, { ...rest, client_id: 'x' }, { lookup: { store: storeOf(row) } })
      await expectAnswer(post(active), 200, INACTIVE, { lookup: { store: storeOf({ ...row, aud: null }) } })
      await expectAnswer(post(active), 200, INACTIVE, { lookup: { store: storeOf({ ...row, revoked: 1 }) } })
    })

    test.each<[string, TokenName, unknown]>([
      ['issued to it', 'owned', true],
      ['for other audiences', 'active', false],
      ['without audience', 'audienceless', false],
    ])('answers a protected resource without audiences about a token %s', async (_, tokenName, isActive) => {
      const { handler } = await createEndpoint({
        clientAuthentication: { protectedResources: [{ id: 'orders-api', clientSecrets: [SECRET] }] },
      })
      expect(json(await send(handler, post({ token: token(tokenName) }))).active).toBe(isActive)
    })

    test('answers a client about its own refresh token, and only about that one, when the option allows it (RSP-30)', async () => {
      const store = createMemoryTokenStore()
      await store.save('own', { kind: 'refresh_token', client_id: 'orders-api', grantId: 'g', exp: NOW + 9000 })
      await store.save('sibling', { kind: 'access_token', client_id: 'orders-api', grantId: 'g', exp: NOW - 1 })
      const enabled: Changes = { lookup: { store }, authorization: { refreshTokens: true } }
      const own = { active: true, client_id: 'orders-api', exp: NOW + 9000, iss: ISSUER, token_use: 'refresh_token' }
      const hinted = { token: 'own', token_type_hint: 'refresh_token' }
      await expectAnswer(post(hinted), 200, own, enabled)
      // A caller that introspects its own refresh token as an access token gets inactive.
      await expectAnswer(post({ token: 'own' }), 200, INACTIVE, enabled)
      await expectAnswer(post({ ...hinted, token_type_hint: 'access_token' }), 200, INACTIVE, enabled)
      await expectAnswer(post({ token: 'sibling' }), 200, INACTIVE, enabled)
      await expectAnswer(post(hinted), 200, INACTIVE, { lookup: { store } })
      const other = post(hinted, { authorization: basic('invoices-api', OTHER_SECRET) })
      await expectAnswer(other, 200, INACTIVE, enabled)
    })

    test.each([
      ['the status alone', { members: [] }],
      ['a few members', { members: ['sub'] }],
      ['claims of its own', { claims: () => ({ token_use: 'access_token' }) }],
    ])('keeps the mark of a refresh token in a view of %s', async (_, view) => {
      const store = createMemoryTokenStore()
      const claims = { token_use: 'access_token' }
      await store.save('own', { kind: 'refresh_token', client_id: 'orders-api', claims })
      const { handler } = await createEndpoint({
        lookup: { store },
        authorization: { refreshTokens: true, allow: () => view },
      })
      const request = post({ token: 'own', token_type_hint: 'refresh_token' })
      expect(json(await send(handler, request))).toMatchObject({ active: true, token_use: 'refresh_token' })
    })

    test('lets authorization.allow limit the members per protected resource (RSP-20, SEC-19)', async () => {
      const changes: Changes = {
        authorization: {
          allow: ({ id }) =>
            id === 'orders-api' ? { scopes: ['orders:read'], members: ['scope', 'exp'] } : STATUS_ONLY,
        },
      }
      await expectAnswer(post(active), 200, { active: true, scope: 'orders:read', exp: NOW + 3600 }, changes)
      const request = post(active, { authorization: basic('invoices-api', OTHER_SECRET) })
      await expectAnswer(request, 200, { active: true }, changes)
    })

    test('applies the view of the protected resource', async () => {
      const view = { members: ['sub', 'scope'], scopes: ['orders:write'], subject: () => 'pairwise-1' }
      const protectedResources = [{ id: 'orders-api', clientSecrets: [SECRET], audiences: [RECORD.aud], view }]
      const expected = { active: true, scope: 'orders:write', sub: 'pairwise-1' }
      await expectAnswer(post(active), 200, expected, { clientAuthentication: { protectedResources } })
    })

    test('passes further parameters to the store (REQ-13)', async () => {
      const store = {
        find: (_: string, lookup?: TokenLookup) => (lookup?.parameter('resource') === 'urn:orders' ? RECORD : null),
      }
      await expectAnswer(post({ ...active, resource: 'urn:orders' }), 200, ACTIVE, { lookup: { store } })
      await expectAnswer(post(active), 200, INACTIVE, { lookup: { store } })
    })

    test('calls authorization.allow with the protected resource and the record', async () => {
      const changes: Changes = {
        authorization: { allow: async ({ id }, { sub }) => id === 'orders-api' && sub === 'alice' },
      }
      await expectAnswer(post({ token: token('foreign') }), 200, { ...ACTIVE, aud: TOKENS.foreign[1].aud }, changes)
      const request = post({ token: token('foreign') }, { authorization: basic('invoices-api', OTHER_SECRET) })
      await expectAnswer(request, 200, INACTIVE, changes)
    })

    test.each<TokenName>(['expired', 'revoked', 'future', 'refresh'])(
      'does not ask the policy about the %s token',
      async (tokenName) => {
        const changes: Changes = { authorization: { allow: fail } }
        await expectAnswer(post({ token: token(tokenName) }), 200, INACTIVE, changes)
      },
    )

    test.each([
      ['a string', 'true', 1],
      ['a number', 1, 1],
      ['an object', { allowed: true }, 1],
      ['a misspelt view', { member: [] }, 1],
      ['nothing', undefined, 0],
    ])('discloses nothing when the policy returns %s, and reports it', async (_, allowed, warnings) => {
      const { handler, events } = await createEndpoint({ authorization: { allow: () => allowed as never } })
      expect(await send(handler, post(active))).toMatchObject({ status: 200, body: INACTIVE })
      expect(events.map(({ type }) => type)).toEqual([...(warnings === 0 ? [] : ['warning']), 'introspected'])
    })

    test.each<[string, () => never | Promise<never>]>([
      ['throws', fail],
      ['rejects', rejected],
    ])('answers 500 when the policy %s', async (_, allow) => {
      await expectAnswer(post(active), 500, serverError, { authorization: { allow } })
    })
  })

  describe('limits', () => {
    test('answers 429 with Retry-After when the budget is used up, and then looks up no token (ERR-11)', async () => {
      const asked: string[] = []
      const store = { find: (digest: string) => (asked.push(digest), RECORD) }
      const { handler, events } = await createEndpoint({ ...limitedTo(2), lookup: { store } })
      for (const status of [200, 200, 429]) expect((await send(handler, post(active))).status).toBe(status)
      const refused = await send(handler, post(active))
      expect([refused.status, json(refused)]).toEqual([
        429,
        { error: 'temporarily_unavailable', error_description: 'too many requests' },
      ])
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50)
      // The third lookup is the one that used up the budget.
      expect(asked).toHaveLength(3)
      expect(events.at(-1)).toMatchObject({ type: 'refused', status: 429, error: { code: 'ERR_LIMITS_EXCEEDED' } })
    })

    test('charges each caller for its own requests, and nobody for unauthenticated ones', async () => {
      const { handler } = await createEndpoint(limitedTo(1))
      const other = post({ token: token('foreign') }, { authorization: basic('invoices-api', OTHER_SECRET) })
      for (let attempt = 0; attempt < 3; attempt++) {
        await send(handler, post(active, { authorization: basic('orders-api', 'wrong') }))
      }
      expect((await send(handler, post(active))).status).toBe(200)
      expect((await send(handler, post(active))).status).toBe(429)
      expect((await send(handler, other)).status).toBe(200)
    })

    test('charges a miss twenty points, on a budget for misses alone', async () => {
      const { handler } = await createEndpoint(limitedTo(40))
      const statuses: number[] = []
      for (const value of ['junk-1', token('foreign'), 'junk-2', token('revoked'), token('active')]) {
        statuses.push((await send(handler, post({ token: value }))).status)
      }
      expect(statuses).toEqual([200, 200, 429, 429, 200])
    })

    test('accepts a limiter of rate-limiter-flexible, and a limiter of one protected resource', async () => {
      const protectedResources = [
        { ...PROTECTED_RESOURCES[0], limiter: new RateLimiterMemory({ points: 1, duration: 60 }) },
        PROTECTED_RESOURCES[1],
      ] as ProtectedResource[]
      const limiter = new RateLimiterMemory({ points: 2, duration: 60 })
      const { handler } = await createEndpoint({ limits: { limiter }, clientAuthentication: { protectedResources } })
      const other = { authorization: basic('invoices-api', OTHER_SECRET) }
      const owned = post(active)
      expect([await send(handler, owned), await send(handler, owned)].map(({ status }) => status)).toEqual([200, 429])
      const commonly = [post({ token: token('foreign') }, other), post({ token: token('foreign') }, other)]
      for (const request of commonly) expect((await send(handler, request)).status).toBe(200)
      expect((await send(handler, commonly[0] as WireRequest)).status).toBe(429)
    })

    test.each<[string, () => never | Promise<never>]>([
      ['throws', fail],
      ['rejects', rejected],
      ['hangs', hang],
    ])('answers 503 when the limiter %s', async (_, consume) => {
      await expectAnswer(post(active), 503, unavailable, { limits: { limiter: { consume } }, timeoutMs: 50 })
    })
  })

  describe('response', () => {
    test.each<[member: string, record: object, value: string]>([
      ['exp', { ...RECORD, exp: 1_764_003_600_000 }, '1764003600000'],
      ['iat', { ...RECORD, iat: '2026-01-01' }, '2026-01-01'],
      ['nbf', { ...RECORD, nbf: -12.75 }, '-12.75'],
      ['sub', { ...RECORD, sub: 8_152_637 }, '8152637'],
      ['scope', { ...RECORD, scope: ['orders:write-off'] }, 'write-off'],
      ['aud', { ...RECORD, aud: [RECORD.aud, 4711] }, '4711'],
      ['cnf', { ...RECORD, cnf: { jkt: 'not-a-thumbprint' } }, 'not-a-thumbprint'],
    ])('answers 500 for a record with a wrong %s, and names it without its value', async (member, record, value) => {
      const { handler, events } = await createEndpoint({ lookup: { store: storeOf(record) } })
      const response = await send(handler, post(active))
      expect([response.status, json(response)]).toEqual([500, serverError])
      expect(events).toEqual([
        {
          type: 'refused',
          status: 500,
          error: expect.objectContaining({ code: 'ERR_RESPONSE_SHAPE' }) as unknown,
          durationMs: expect.any(Number) as number,
        },
      ])
      const reported = (events[0] as { error: Error }).error.message
      expect(reported).toMatch(new RegExp(`\\b${member}\\b`))
      expect(inspect(events, { depth: null })).not.toContain(value)
    })

    test.each([
      ['fit', { tenant: 'acme', plan: 3 }, claimsSchema(), { tenant: 'acme', plan: 3 }],
      ['the schema changes', { tenant: 'ACME' }, claimsSchema(), { tenant: 'acme' }],
      ['no schema checks', { tenant: 7, nested: { a: [null] } }, undefined, { tenant: 7, nested: { a: [null] } }],
      [
        'are named like registered members',
        { tenant: 'acme', sub: 'mallory', active: false, exp: 1, iss: 'x' },
        claimsSchema(),
        { tenant: 'acme' },
      ],
      [
        'a schema names like registered members',
        { tenant: 'acme' },
        claimsSchema({ sub: 'mallory', active: false }),
        { tenant: 'acme' },
      ],
    ])('answers with extension claims that %s', async (_, claims, schema, expected) => {
      const changes: Changes = { claims: schema, lookup: { store: storeOf({ ...RECORD, claims }) } }
      await expectAnswer(post(active), 200, { ...ACTIVE, ...expected }, changes)
    })

    test.each([
      ['of another type', { tenant: 'orders'.length }],
      ['that are not there', {}],
      ['that were never set', undefined],
    ])('answers 500 for a record with claims %s', async (_, claims) => {
      const changes: Changes = { claims: claimsSchema(), lookup: { store: storeOf({ ...RECORD, claims }) } }
      await expectAnswer(post(active), 500, serverError, changes)
    })

    test('accepts a schema of zod, and reports a wrong claim without its value', async () => {
      const zodSchema = protectedResourceMetadataSchema
      const fitting = { resource: 'urn:orders', resource_name: 'Orders', more: [1] }
      const changes = (claims: object): Changes => ({
        claims: zodSchema,
        lookup: { store: storeOf({ ...RECORD, claims }) },
      })
      await expectAnswer(post(active), 200, { ...ACTIVE, ...fitting }, changes(fitting))
      await expectAnswer(post(active), 500, serverError, changes({ resource: 4711 }))
      const { handler, events } = await createEndpoint(changes({ resource: 4711 }))
      await send(handler, post(active))
      expect(events).toMatchObject([
        { error: { code: 'ERR_RESPONSE_SHAPE', message: expect.stringContaining('resource') as unknown } },
      ])
      expect(inspect(events, { depth: null })).not.toContain('4711')
    })

    test('answers 500, with one event, for a record that JSON cannot represent', async () => {
      const changes: Changes = { lookup: { store: storeOf({ ...RECORD, claims: { balance: 10n } }) } }
      await expectAnswer(post(active), 500, serverError, changes)
    })

    test('leaves members of the record out that no answer has', async () => {
      const record = { ...RECORD, scope: '', internalNote: 'vip', passwordHash: 'x', revoked: false }
      const { scope: _, ...rest } = ACTIVE
      await expectAnswer(post(active), 200, rest, { lookup: { store: storeOf(record) } })
    })
  })

  describe('events', () => {
    test.each<[string, WireRequest, object]>([
      ['an active token', post(active), introspected('active', { active: true, reason: undefined })],
      [
        'an unknown token',
        post({ token: 'tkn-unknown' }),
        introspected('tkn-unknown', { reason: 'unknown', resolver: undefined }),
      ],
      ['an expired token', post({ token: token('expired') }), introspected('expired', { reason: 'expired' })],
      ['a revoked token', post({ token: token('revoked') }), introspected('revoked', { reason: 'revoked' })],
      [
        'a token that is not valid yet',
        post({ token: token('future') }),
        introspected('future', { reason: 'not-yet-valid' }),
      ],
      ['a refresh token', post({ token: token('refresh') }), introspected('refresh', { reason: 'refresh-token' })],
      ["another's token", post({ token: token('foreign') }), introspected('foreign', { reason: 'denied' })],
      [
        'a request without credentials',
        post(active, anonymous),
        {
          type: 'refused',
          status: 401,
          error: expect.objectContaining({ code: 'ERR_CLIENT_AUTHENTICATION_MISSING' }) as unknown,
        },
      ],
      [
        'wrong credentials',
        post(active, { authorization: basic('orders-api', 'wrong') }),
        {
          type: 'refused',
          status: 401,
          error: expect.objectContaining({ code: 'ERR_CLIENT_AUTHENTICATION_FAILED' }) as unknown,
        },
      ],
    ])('reports %s once', async (_, request, event) => {
      const { handler, events } = await createEndpoint()
      await send(handler, request)
      expect(events).toEqual([{ ...event, durationMs: expect.any(Number) as number }])
      expect(events[0]).toHaveProperty(
        'durationMs',
        expect.toSatisfy((ms: number) => ms >= 0),
      )
    })

    test('reports an unexpected error unchanged', async () => {
      const thrown = new RangeError('a bug')
      const events: IntrospectionHandlerEvent[] = []
      const { handler } = await createEndpoint({
        onEvent: (event) => void events.push(event),
        now: () => {
          throw thrown
        },
      })
      const response = await send(handler, post(active))
      expect([response.status, response.body]).toEqual([500, '{"error":"server_error"}'])
      expect(events).toMatchObject([{ type: 'unexpected', status: 500, error: thrown }])
    })

    test('reports the error of the store as cause', async () => {
      const { handler, events } = await createEndpoint({ lookup: { store: { find: rejected } } })
      await send(handler, post(active))
      expect(events).toMatchObject([{ error: { code: 'ERR_LOOKUP_STORE', cause: { message: 'connection refused' } } }])
    })

    test.each<[string, () => void]>([
      ['throws', fail],
      // An observer may be an async function.
      ['rejects', rejected],
    ])('gives the same answer when the observer %s', async (_, onEvent) => {
      const { handler } = await createEndpoint({ onEvent })
      const bodies: string[] = []
      for (const request of [post(active), post({ token: 'x' }), post(active, anonymous)]) {
        bodies.push((await send(handler, request)).body)
      }
      expect(bodies).toEqual([JSON.stringify(ACTIVE), INACTIVE, '{"error":"invalid_client"}'])
    })
  })
})

// In the plain-data form the adapter removes the body.
test.each(forms.filter((form) => form.name !== 'plain data'))(
  'HEAD is answered without a body, $name',
  async (form) => {
    const { handler } = await createEndpoint()
    const response = await form.send(handler, post('', {}, { method: 'HEAD' }))
    expect(response).toMatchObject({ status: 405, headers: { allow: 'POST' }, body: '' })
  },
)

/** Form encoding that escapes every octet, as the most careful clients do. */
function encodeEverything(value: string): string {
  return [...Buffer.from(value)].map((octet) => `%${octet.toString(16).padStart(2, '0')}`).join('')
}

/** The event about one of the tokens, or about an unknown token. */
function introspected(name: TokenName | 'tkn-unknown', outcome: object): object {
  const value = name === 'tkn-unknown' ? name : token(name)
  const digest = createHash('sha256').update(value).digest('base64url')
  return {
    type: 'introspected',
    protectedResource: 'orders-api',
    active: false,
    resolver: 'store',
    fingerprint: expect.toSatisfy((text: string) => isFingerprintOf(digest, text)) as string,
    ...outcome,
  }
}

const fingerprints = new Map<string, string>()

/** Whether a text is a fingerprint: the same for equal digests, different for others, and no part of the digest. */
function isFingerprintOf(digest: string, text: string): boolean {
  const known = fingerprints.get(digest) ?? text
  fingerprints.set(digest, known)
  const isOthers = [...fingerprints].some(([other, its]) => other !== digest && its === text)
  return text === known && /^[\w-]{16}$/.test(text) && !digest.includes(text) && !isOthers
}

/** Finds {@link RECORD}, and a copy of it for the token `odd`. */
async function findOdd(digest: string): Promise<TokenRecord> {
  return digest === (await digestToken('odd')) ? { ...RECORD } : RECORD
}

function hang(): Promise<never> {
  return new Promise(() => undefined)
}

function limitedTo(points: number): Changes {
  return { limits: { limiter: createMemoryLimiter({ points, windowSeconds: 60 }) } }
}

function fail(): never {
  throw new Error('connection refused')
}

async function rejected(): Promise<never> {
  await Promise.resolve()
  return fail()
}
