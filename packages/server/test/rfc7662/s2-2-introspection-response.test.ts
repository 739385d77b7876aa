/** RFC 7662 §2.2: the answers of the endpoint. */
import { parseScope, REGISTERED_MEMBERS } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { ACTIVE, createEndpoint, INACTIVE, ISSUER, json, NOW, post, RECORD, send, storeOf, token } from '../endpoint.ts'

/** The answer for a record. */
async function answerFor(members: object) {
  const { handler } = await createEndpoint({ lookup: { store: storeOf({ ...RECORD, ...members }) } })
  return await send(handler, post({ token: 'any' }))
}

describe('RFC 7662 §2.2', () => {
  test.each(['active', 'expired'] as const)(
    'RSP-01 answers 200 with one JSON object for the %s token',
    async (name) => {
      const { handler } = await createEndpoint()
      const response = await send(handler, post({ token: token(name) }))
      expect([response.status, response.headers['content-type']]).toEqual([200, 'application/json'])
      expect(Object.getPrototypeOf(json(response))).toBe(Object.prototype)
    },
  )

  test('RSP-01 answers JSON to a caller that prefers a JWT', async () => {
    const { handler } = await createEndpoint()
    const accept = 'application/token-introspection+jwt, application/json;q=0.1'
    const response = await send(handler, post({ token: token('active') }, { accept }))
    expect(response.headers['content-type']).toBe('application/json')
    expect(json(response)).toEqual(ACTIVE)
  })

  test.each([
    ['active', true],
    ['expired', false],
    ['owned', true],
    ['foreign', false],
  ] as const)('RSP-02 has the boolean active in the answer for the %s token', async (name, active) => {
    const { handler } = await createEndpoint()
    expect(json(await send(handler, post({ token: token(name) }))).active).toBe(active)
  })

  test('RSP-02 sets active by its own checks, whatever the record says', async () => {
    expect(json(await answerFor({ active: 'true', claims: { active: false } })).active).toBe(true)
  })

  test('RSP-04 has scope as one string of scope tokens', async () => {
    const { scope } = json(await answerFor({ scope: 'orders:read orders:write' }))
    expect(scope).toBe('orders:read orders:write')
    expect(parseScope(scope as string)).toEqual(['orders:read', 'orders:write'])
    expect((await answerFor({ scope: ['orders:read'] })).status).toBe(500)
  })

  test.each(['orders:read  orders:write', ' orders:read', 'orders:read\torders:write', '"orders:read"'])(
    'RSP-04 sends no scope that breaks the grammar, such as %j',
    async (scope) => {
      const response = await answerFor({ scope })
      expect(response.status).toBe(500)
      expect(response.body).not.toContain('orders')
    },
  )

  test('RSP-08 has as client_id the client of the token, not the caller', async () => {
    expect(json(await answerFor({ client_id: 'web' })).client_id).toBe('web')
    expect(json(await answerFor({ client_id: undefined }))).not.toHaveProperty('client_id')
  })

  test('RSP-09 has username as a readable string, beside sub', async () => {
    expect(json(await answerFor({ username: 'Zoë Å' }))).toMatchObject({ username: 'Zoë Å', sub: 'alice' })
    expect(json(await answerFor({ username: undefined }))).not.toHaveProperty('username')
    expect((await answerFor({ username: 7 })).status).toBe(500)
  })

  test.each([
    ['Bearer', {}],
    ['Bearer', { cnf: { 'x5t#S256': '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } }],
    ['DPoP', { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } }],
    ['N_A', { token_type: 'N_A' }],
  ])('RSP-10 has the token type %s, and never the kind of the token', async (tokenType, members) => {
    expect(json(await answerFor(members)).token_type).toBe(tokenType)
  })

  test('RSP-11 has exp, iat and nbf as whole seconds', async () => {
    const { exp, iat, nbf } = json(await answerFor({}))
    for (const date of [exp, iat, nbf]) expect(date).toSatisfy(Number.isInteger)
    expect(exp).toBe(NOW + 3600)
  })

  test.each([
    ['exp in milliseconds', { exp: (NOW + 60) * 1000 }],
    ['exp as text', { exp: String(NOW + 60) }],
    ['iat as a date', { iat: new Date(0).toISOString() }],
    ['nbf before the epoch', { nbf: -1 }],
  ])('RSP-11 answers 500 rather than %s', async (_, members) => {
    expect((await answerFor(members)).status).toBe(500)
  })

  test('RSP-11 has iat in whole seconds, whatever the record says', async () => {
    expect(json(await answerFor({ iat: NOW - 10.5 })).iat).toBe(NOW - 11)
  })

  test.each(['sub', 'iss', 'jti'])(
    'RSP-15 has %s as a string, and answers 500 rather than a number or an object',
    async (name) => {
      expect(json(await answerFor({ [name]: 'text' }))[name]).toBe('text')
      expect((await answerFor({ [name]: 42 })).status).toBe(500)
      expect((await answerFor({ [name]: { id: 'x' } })).status).toBe(500)
    },
  )

  test.each([
    ['one string', 'urn:orders'],
    ['an array of strings', ['urn:x', 'urn:orders']],
  ])('RSP-16 has aud as %s', async (_, aud) => {
    expect(json(await answerFor({ aud })).aud).toEqual(aud)
  })

  test.each(['URN:ORDERS', 'urn:orders/', 'urn:orders2', 'urn:order', 'x urn:orders'])(
    'RSP-16 does not treat the audience %j as urn:orders',
    async (aud) => {
      expect((await answerFor({ aud })).body).toBe(INACTIVE)
      expect((await answerFor({ aud: [aud] })).body).toBe(INACTIVE)
    },
  )

  test('RSP-19 adds no member outside the registry', async () => {
    const members = Object.keys(json(await answerFor({ revoked: false, internal: 1 })))
    expect(members.filter((name) => !REGISTERED_MEMBERS.has(name))).toEqual([])
    expect(members).toContain('iss')
  })

  test.each([
    ['an unknown token', 'tkn-unknown'],
    ['an expired token', token('expired')],
    ['a revoked token', token('revoked')],
    ['a token for another protected resource', token('foreign')],
    ['garbage', '\u0000\ud7ff{"a":"'],
    ['a JWT', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'],
  ])('RSP-21 answers %s with 200 and active:false', async (_, value) => {
    const { handler } = await createEndpoint()
    const response = await send(handler, post({ token: value }))
    expect([response.status, json(response).active]).toEqual([200, false])
  })

  test.each(['expired', 'revoked', 'foreign', 'refresh', 'future'] as const)(
    'RSP-22 says about the %s token only that it is inactive',
    async (name) => {
      const { handler } = await createEndpoint()
      expect(json(await send(handler, post({ token: token(name) })))).toEqual({ active: false })
    },
  )

  test('RSP-23 answers every inactive token with the same octets', async () => {
    const { handler } = await createEndpoint()
    const values = [
      'tkn-unknown',
      'x'.repeat(10_000),
      ...(['expired', 'revoked', 'foreign', 'refresh'] as const).map(token),
    ]
    const answers = new Set<string>()
    for (const value of values) answers.add(JSON.stringify(await send(handler, post({ token: value }))))
    expect(answers.size).toBe(1)
  })

  test.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])(
    'RSP-30 a refresh token (live %s) and the access token of its grant (live %s) get independent answers',
    async (refreshIsLive, accessIsLive) => {
      for (const over of [{ exp: NOW }, { revoked: true }]) {
        const { handler, store } = await createEndpoint({ authorization: { refreshTokens: true } })
        const issued = { client_id: 'orders-api', grantId: 'grant-1', exp: NOW + 60 }
        await store.save('refresh', { ...issued, kind: 'refresh_token', ...(!refreshIsLive && over) })
        await store.save('access', { ...issued, kind: 'access_token', ...(!accessIsLive && over) })
        const answers = [
          json(await send(handler, post({ token: 'refresh', token_type_hint: 'refresh_token' }))),
          json(await send(handler, post({ token: 'access', token_type_hint: 'access_token' }))),
        ]
        expect(answers.map(({ active }) => active)).toEqual([refreshIsLive, accessIsLive])
        expect(answers[0]).not.toHaveProperty('token_type')
      }
    },
  )

  test('RSP-25 leaves absent members out instead of sending null', async () => {
    const response = await answerFor({ sub: null, jti: null, nbf: null, cnf: null, scope: undefined, username: null })
    expect(response.body).not.toContain('null')
    expect(new Set(Object.keys(json(response)))).toEqual(
      new Set(['active', 'client_id', 'exp', 'iat', 'aud', 'token_type', 'iss']),
    )
    expect(json(response).iss).toBe(ISSUER)
  })
})
