import { INACTIVE, REGISTERED_MEMBERS } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { type DisclosureView, STATUS_ONLY } from '../authorization/disclosure-view.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import { makeUnchangeable } from '../stores/unchangeable-record.ts'
import { createRememberedAnswers } from './remembered-answers.ts'
import { INACTIVE_ANSWER, type ShapeStep, shapeResponse } from './shape-response.ts'

const step: ShapeStep = { issuer: 'https://as.example.com', claims: undefined, timeoutMs: 100, remembered: undefined }
const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
const defaulted = { active: true, token_type: 'Bearer', iss: step.issuer }

/** Every registered member, with a value of its registered type. */
const everything = {
  scope: 'orders:read',
  client_id: 'web',
  username: 'alice',
  token_type: 'DPoP',
  exp: 3,
  iat: 1,
  nbf: 2,
  sub: 'alice',
  aud: ['a', 'b'],
  iss: 'https://other.example.com',
  jti: 'id-1',
  cnf: { jkt },
  act: { sub: 'gateway' },
  may_act: { sub: 'gateway' },
  acr: 'silver',
  auth_time: 1,
  amr: ['pwd'],
  sid: 'session-1',
  authorization_details: [{ type: 'payment' }],
  permissions: [{ resource_id: 'r', resource_scopes: ['view'] }],
  vot: 'P1',
  vtm: 'https://as.example.com/vot',
  ace_profile: 'coap_dtls',
  cnonce: 'AAAA',
  cti: 'AAAA',
  exi: 60,
}

interface Views {
  /** The view of the policy. */
  readonly view?: DisclosureView
  /** The view of the protected resource. */
  readonly own?: DisclosureView
}

async function shape(members: object, { view, own }: Views = {}, changes: Partial<ShapeStep> = {}) {
  const record: TokenRecord = { kind: 'access_token', ...members }
  const answer = await shapeResponse({ record, view, reason: undefined }, { view: own }, { ...step, ...changes })
  return answer.response
}

describe('shapeResponse', () => {
  test('gives the inactive response without a record', () => {
    const nothing = { record: undefined, view: undefined, reason: 'unknown' } as const
    expect(shapeResponse(nothing, { view: { members: ['sub'], subject: () => 'x' } }, step)).toBe(INACTIVE_ANSWER)
    expect(INACTIVE_ANSWER.response).toBe(INACTIVE)
  })

  test('discloses every registered member a record has', async () => {
    expect(Object.keys(everything).toSorted()).toEqual(
      [...REGISTERED_MEMBERS].filter((name) => name !== 'active').toSorted(),
    )
    const { scope, permissions, ...others } = everything
    expect(await shape({ ...others, scope })).toEqual({ active: true, ...others, scope })
    expect(await shape({ ...others, permissions })).toEqual({ active: true, ...others, permissions })
  })

  test.each<[string, object, object]>([
    ['issuer and token type when the record has none', {}, {}],
    ['no empty scope', { scope: '' }, {}],
    ['no null', { sub: null, aud: null, cnf: null, iss: null, token_type: null, scope: null, claims: null }, {}],
    ['no undefined', { sub: undefined, claims: undefined }, {}],
    ['no kind, no revoked and no internal member', { revoked: false, passwordHash: 'x', active: false }, {}],
    ['neither grant nor session', { grantId: 'grant-1', sessionId: 'session-1' }, {}],
    ['DPoP when the token is bound to a DPoP key', { cnf: { jkt } }, { token_type: 'DPoP', cnf: { jkt } }],
    ['Bearer when it is bound to a certificate', { cnf: { 'x5t#S256': jkt } }, { cnf: { 'x5t#S256': jkt } }],
    ['the token type of the record', { token_type: 'N_A', cnf: { jkt } }, { token_type: 'N_A', cnf: { jkt } }],
    ['the issuer of the record', { iss: 'https://b.example.com' }, { iss: 'https://b.example.com' }],
    ['extension claims', { claims: { tenant: 'a', list: [null] } }, { tenant: 'a', list: [null] }],
    ['no extension claim with a registered name', { claims: { sub: 'x', active: false, exp: 1 } }, {}],
    [
      'permissions instead of scope (EXT-14)',
      { scope: 'orders:read', permissions: [{ resource_id: 'r', resource_scopes: [] }] },
      { permissions: [{ resource_id: 'r', resource_scopes: [] }] },
    ],
  ])('gives %s', async (_, members, expected) => {
    const response = await shape(members)
    expect(response).toStrictEqual({ ...defaulted, ...expected })
  })

  test('reads no member from a prototype', async () => {
    const claims = JSON.parse('{"__proto__":{"admin":true},"tenant":"a"}') as object
    const response = await shape({ claims })
    expect((response as { admin?: unknown }).admin).toBeUndefined()
    expect(JSON.stringify(response)).not.toContain('admin')
  })

  test.each<[string, unknown]>([
    ['scope', ['orders:read']],
    ['client_id', 7],
    ['username', {}],
    ['exp', 1_764_000_000_000],
    ['exp', '1764000000'],
    ['iat', Number.NaN],
    ['nbf', -1],
    ['sub', 42],
    ['aud', ['a', 1]],
    ['iss', true],
    ['jti', 7],
    ['cnf', 'key'],
    ['act', 'gateway'],
    ['authorization_details', {}],
  ])('refuses a record whose %s is %j', async (name, value) => {
    await expect(shape({ [name]: value })).rejects.toMatchObject({
      code: 'ERR_RESPONSE_SHAPE',
      message: expect.stringContaining(name) as unknown,
      cause: { code: 'ERR_RESPONSE_MALFORMED' },
    })
  })

  test('gives a refresh token no token type, but a token_use (RSP-10)', async () => {
    expect(await shape({ kind: 'refresh_token', token_type: 'refresh_token', exp: 3 })).toStrictEqual({
      active: true,
      exp: 3,
      iss: step.issuer,
      token_use: 'refresh_token',
    })
  })

  test('drops the fraction of a date (RFC 7519 §2)', async () => {
    expect(await shape({ iat: 1.5 })).toMatchObject({ active: true, iat: 1 })
  })

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('s3cr3t')
      },
    ],
    ['rejects', () => Promise.reject(new Error('s3cr3t'))],
    ['never answers', () => new Promise(() => undefined)],
  ])('treats a schema or a view that %s as a record that cannot be answered', async (_, fail) => {
    const claims = { '~standard': { version: 1, vendor: 'test', validate: fail } } as unknown as ShapeStep['claims']
    const failing = [shape({}, {}, { claims }), shape({}, { view: { subject: fail as () => string } })]
    for (const answer of failing) {
      await expect(answer).rejects.toMatchObject({
        code: 'ERR_RESPONSE_SHAPE',
        message: expect.not.stringContaining('s3cr3t') as string,
        cause: expect.any(Error) as Error,
      })
    }
  })
})

function shapeWith(record: TokenRecord, remembered: ShapeStep['remembered'], views: Views = {}) {
  return shapeResponse({ record, view: views.view, reason: undefined }, { view: views.own }, { ...step, remembered })
}

describe('an answer', () => {
  const frozen = makeUnchangeable({ kind: 'access_token', sub: 'alice', aud: ['a'] } satisfies TokenRecord)

  test('is remembered only for a record that cannot change', () => {
    const remembered = createRememberedAnswers()
    expect(shapeWith(frozen, remembered)).toBe(shapeWith(frozen, remembered))
    expect(shapeWith({ ...frozen }, remembered)).not.toBe(shapeWith(frozen, remembered))
    const copy = Object.freeze({ ...frozen })
    const half: TokenRecord = Object.freeze({ ...frozen, aud: ['a'] })
    expect(() => (frozen.aud as string[]).push('b')).toThrow(TypeError)
    for (const record of [copy, half]) {
      expect(shapeWith(record, remembered)).not.toBe(shapeWith(record, remembered))
    }
  })

  test('of one handler is not remembered by another', () => {
    expect(shapeWith(frozen, createRememberedAnswers())).not.toBe(shapeWith(frozen, createRememberedAnswers()))
  })

  test('that a view narrows is neither stored in memory nor taken from it', async () => {
    const remembered = createRememberedAnswers()
    const whole = await shapeWith(frozen, remembered)
    const narrowed = await shapeWith(frozen, remembered, { view: STATUS_ONLY })
    expect(narrowed.response).toEqual({ active: true })
    expect(await shapeWith(frozen, remembered, { own: STATUS_ONLY })).toEqual(narrowed)
    expect(shapeWith(frozen, remembered)).toBe(whole)
    expect(whole.response).toMatchObject({ sub: 'alice' })
  })
})

describe('a view', () => {
  const record = {
    scope: 'orders:read orders:write profile',
    sub: 'alice',
    username: 'alice@example.com',
    exp: 3,
    authorization_details: [
      { type: 'payment', amount: '1' },
      { type: 'account', actions: ['read'] },
    ],
    claims: { email: 'alice@example.com', tenant: 'a' },
  }
  const whole = { ...defaulted, ...record, ...record.claims, claims: undefined }

  test.each<[string, DisclosureView, object]>([
    ['the scope tokens it names (JWT-20)', { scopes: ['profile', 'orders:read'] }, { scope: 'orders:read profile' }],
    ['no scope when none remains (RSP-05)', { scopes: ['orders'] }, { scope: undefined }],
    ['no scope token because of a part of it', { scopes: ['orders:', 'ORDERS:READ', ''] }, { scope: undefined }],
    [
      'the authorization details it wants (EXT-08)',
      { authorizationDetails: ({ type }) => type === 'account' },
      { authorization_details: [{ type: 'account', actions: ['read'] }] },
    ],
    [
      'no authorization details when none remains',
      { authorizationDetails: () => false },
      { authorization_details: undefined },
    ],
    [
      'no authorization details for values other than true',
      { authorizationDetails: () => 1 as unknown as boolean },
      { authorization_details: undefined },
    ],
    ['another sub (SEC-19)', { subject: ({ sub }) => `pairwise-${sub}` }, { sub: 'pairwise-alice' }],
    ['a sub from a promise', { subject: async () => 'p' }, { sub: 'p' }],
    ['no sub', { subject: () => undefined }, { sub: undefined }],
    [
      'claims under other names',
      { claims: ({ email }) => ({ mail: email }) },
      { mail: 'alice@example.com', email: undefined, tenant: undefined },
    ],
    [
      'no registered member among claims',
      { claims: () => ({ sub: 'root', active: false, scope: 'admin', exp: 9, tenant: 'b' }) },
      { email: undefined, tenant: 'b' },
    ],
  ])('shows %s', async (_, view, changes) => {
    const expected = JSON.parse(JSON.stringify({ ...whole, ...changes })) as object
    expect(await shape(record, { view })).toStrictEqual(expected)
    expect(await shape(record, { own: view })).toStrictEqual(expected)
  })

  test.each<[string, DisclosureView, object]>([
    [
      'the members it names, claims included (SEC-19)',
      { members: ['sub', 'tenant', 'nothing'] },
      { sub: 'alice', tenant: 'a' },
    ],
    ['only the status', STATUS_ONLY, {}],
    ['no internal member', { members: ['kind', 'grantId', 'claims', '__proto__', 'constructor'] }, {}],
  ])('shows %s', async (_, view, expected) => {
    expect(await shape({ ...record, grantId: 'g' }, { view })).toStrictEqual({ active: true, ...expected })
  })

  test('never hides that a token is bound to a key, unless it shows only the status (CERT-01)', async () => {
    const cnf = { jkt }
    for (const view of [{ members: ['sub'] }, { members: ['nothing'] }, { claims: () => ({}) }, { scopes: [] }]) {
      expect(await shape({ ...record, cnf }, { view })).toMatchObject({ cnf })
      expect(await shape({ ...record, cnf }, { own: view })).toMatchObject({ cnf })
    }
    expect(await shape({ ...record, cnf }, { view: STATUS_ONLY })).toStrictEqual({ active: true })
  })

  test('of the policy and the view of the protected resource both apply', async () => {
    const view: DisclosureView = { scopes: ['orders:read', 'profile'], members: ['scope', 'exp'] }
    const own: DisclosureView = { scopes: ['orders:read', 'orders:write'], members: ['scope', 'sub'] }
    expect(await shape(record, { view, own })).toStrictEqual({ active: true, scope: 'orders:read' })
  })

  test('does not change the record, and gets claims that it cannot change', async () => {
    const kept = structuredClone(record)
    const changing: DisclosureView = {
      scopes: [],
      claims: (claims) => Object.assign(claims, { email: 'x' }),
    }
    await expect(shape(record, { view: changing })).rejects.toMatchObject({ code: 'ERR_RESPONSE_SHAPE' })
    expect(record).toEqual(kept)
  })

  test('that returns null as subject removes it', async () => {
    expect(await shape(record, { view: { subject: () => null as unknown as string } })).not.toHaveProperty('sub')
  })

  test.each<[string, DisclosureView]>([['sub', { subject: () => 7 as unknown as string }]])(
    'that returns a wrong %s is refused',
    async (name, view) => {
      await expect(shape(record, { view })).rejects.toMatchObject({
        code: 'ERR_RESPONSE_SHAPE',
        message: expect.stringContaining(name) as string,
      })
    },
  )
})
