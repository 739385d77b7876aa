import { describe, expect, test } from 'vitest'
import {
  activeIntrospectionResponseSchema,
  INACTIVE,
  parseIntrospectionResponse,
  readIntrospectionResponse,
  REGISTERED_MEMBERS,
} from './introspection-response.ts'

const secret = 'dG9rZW4tc2VjcmV0'
const thumbprint = 'A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0'
const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

const full = {
  active: true,
  scope: 'read write',
  client_id: 'l238j323ds-23ij4',
  username: 'jdoe',
  token_type: 'Bearer',
  exp: 1419356238,
  iat: 1419350238,
  nbf: 1419350238,
  sub: 'Z5O3upPC88QrAjx00dis',
  aud: ['https://protected.example.net/resource', 'b'],
  iss: 'https://server.example.com/',
  jti: '0',
  cnf: { jkt: thumbprint, 'x5t#S256': thumbprint, foo: 1 },
  act: { sub: 'admin', act: { sub: 'gateway' } },
  may_act: { sub: 'admin' },
  acr: 'urn:mace:incommon:iap:silver',
  auth_time: 1419350000.5,
  amr: ['pwd', 'otp'],
  sid: '08a5019c-17e1-4977-8f42-65a12843ea02',
  authorization_details: [{ type: 'x', actions: ['read'] }],
  permissions: [{ resource_id: 'r', resource_scopes: [] }],
  vot: 'P1.C1',
  vtm: 'https://example.org/vot',
  ace_profile: 'coap_dtls',
  cnonce: 'DNg-B-eC',
  cti: 'MTIz',
  exi: 60,
}

describe('parseIntrospectionResponse', () => {
  test('keeps every registered member', () => {
    expect(parseIntrospectionResponse(full)).toEqual(full)
    expect(new Set(Object.keys(full))).toEqual(REGISTERED_MEMBERS)
  })

  test('keeps unregistered members, also those named like object methods', () => {
    const response = {
      active: true,
      extension_field: 'twenty-seven',
      constructor: 1,
      toString: { a: 1 },
      groups: ['a'],
    }
    expect(parseIntrospectionResponse(response)).toEqual(response)
  })

  test('copies the value, so that later changes of it have no effect', () => {
    const value = { active: true, sub: 'a' }
    const response = parseIntrospectionResponse(value)
    value.sub = 'b'
    expect(response).toEqual({ active: true, sub: 'a' })
  })

  test('ignores members that a prototype provides', () => {
    const value: unknown = JSON.parse('{"active":true,"__proto__":{"sub":"admin","exp":1}}')
    const response = parseIntrospectionResponse(value) as { sub?: unknown }
    expect(response.sub).toBeUndefined()
    expect(Object.getPrototypeOf(response)).toBe(Object.prototype)
    expect(() => parseIntrospectionResponse(Object.create({ active: true }))).toThrow(malformed)
    expect(() => parseIntrospectionResponse(JSON.parse('{"__proto__":{"active":true}}'))).toThrow(malformed)
  })

  test('returns the one frozen inactive answer, and drops every other member', () => {
    const response = parseIntrospectionResponse({ active: false, sub: secret, exp: 'soon', cnf: null })
    expect(response).toBe(INACTIVE)
    expect(response).toEqual({ active: false })
    expect(Object.isFrozen(INACTIVE)).toBe(true)
  })

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['true', true],
    ['a number', 1],
    ['a string', '{"active":true}'],
    ['an array', [{ active: true }]],
    ['a function', () => ({ active: true })],
    ['an empty object', {}],
    ['an array with the member', Object.assign([], { active: true })],
  ])('refuses %s', (_, value) => {
    expect(() => parseIntrospectionResponse(value)).toThrow(malformed)
  })

  test.each(['true', 'false', 1, 0, null, undefined, {}, [], [true]])('refuses %j as active', (active) => {
    expect(() => parseIntrospectionResponse({ active })).toThrow(malformed)
  })

  test.each([
    ['scope', [secret], 5, null, { a: 1 }],
    ['client_id', [secret], 5, null, true],
    ['username', [secret], 5, null],
    ['token_type', [secret], 5, null],
    ['exp', secret, '1419356238', 1419356238000, 2 ** 63, -0.5, -1, null, true, [1419356238]],
    ['iat', secret, '1419350238', 1e20, -1, null],
    ['nbf', secret, '2025-11-24T16:00:00Z', 1e11, -1, null],
    ['sub', [secret], 5, null, { id: 5 }],
    ['aud', 5, null, {}, [5], [secret, null], [[secret]]],
    ['iss', [secret], 5, null],
    ['jti', [secret], 5, null],
    ['cnf', secret, null, [], { jkt: secret }, { 'x5t#S256': `${thumbprint}=` }, { jwe: 'a', jku: 'b' }],
    ['act', secret, null, [], { sub: 5 }, { act: secret }],
    ['may_act', secret, null, [], { sub: 5 }],
    ['acr', [secret], 5, null],
    ['auth_time', secret, '1419350000', 1419350000000, -1, null],
    ['amr', secret, null, {}, [5], [['pwd']]],
    ['sid', [secret], 5, null],
    ['authorization_details', secret, '[]', {}, null, [secret], [{}], [[]]],
    ['permissions', secret, {}, null, [secret], [{ resource_set_id: secret, scopes: [] }]],
    ['vot', [secret], 5, null],
    ['vtm', [secret], 5, null],
    ['ace_profile', 1, null],
    ['cnonce', 'a=', 'a+b', 5, null],
    ['cti', 'a=', 'a/b', 5, null],
    ['exi', secret, '60', 1.5, -1, null],
  ])('refuses another type of %s, and names the member but not the value', (member, ...values) => {
    for (const value of values) {
      const parse = () => parseIntrospectionResponse({ ...full, [member]: value })
      expect(parse).toThrow(malformed)
      expect(parse).toThrow(member)
      expect(parse).not.toThrow(secret)
    }
  })

  test('refuses an array with more wrong elements than the schema library can list', () => {
    const details = Array.from({ length: 500_000 }, () => 5)
    expect(() => parseIntrospectionResponse({ active: true, authorization_details: details })).toThrow(malformed)
  })
})

describe('dates with fractions, as JWTs may have them (RFC 7519 §2)', () => {
  test.each([parseIntrospectionResponse, readIntrospectionResponse])('are read by %o', (read) => {
    const sent = { active: true, exp: 100.9, iat: 10.9, nbf: 10.9, auth_time: 5.9, exi: 3 }
    expect(read(sent)).toEqual({ active: true, exp: 100, iat: 10, nbf: 10, auth_time: 5.9, exi: 3 })
    expect(sent.exp).toBe(100.9)
    expect(read({ active: true, exp: 99_999_999_999 })).toEqual({ active: true, exp: 99_999_999_999 })
    expect(() => read({ active: true, nbf: 100_000_000_000.5 })).toThrow(malformed)
    expect(() => read({ active: true, exp: Number.POSITIVE_INFINITY })).toThrow(malformed)
  })

  test.each([parseIntrospectionResponse, readIntrospectionResponse])('are read inside permissions by %o', (read) => {
    const other = { resource_id: 's', resource_scopes: [] }
    const sent = { active: true, permissions: [{ resource_id: 'r', resource_scopes: ['view'], exp: 100.9 }, other] }
    const whole = { resource_id: 'r', resource_scopes: ['view'], exp: 100 }
    expect(read(sent)).toEqual({ active: true, permissions: [whole, other] })
    expect(sent.permissions[0]).toMatchObject({ exp: 100.9 })
  })
})

describe('readIntrospectionResponse', () => {
  test('keeps every registered and every unregistered member', () => {
    expect(readIntrospectionResponse({ ...full, tenant: 'acme' })).toEqual({ ...full, tenant: 'acme' })
    expect(readIntrospectionResponse({ active: false, exp: 'soon' })).toBe(INACTIVE)
  })

  test.each([
    ['permissions', ['orders:read'], { view: true }, 'orders:read', [{ resource_set_id: 'r', scopes: [] }]],
    ['authorization_details', { type: 'payment' }, '[]', [{}]],
    ['acr', 1, ['a'], { values: [] }],
    ['auth_time', 1_795_984_374_520, '2026-11-29T20:35:35.352Z', '1419350000', -1],
    ['amr', 'pwd', [5], { 0: 'pwd' }],
    ['sid', 5, ['a']],
    ['username', 42, { name: 'a' }],
    ['may_act', 'app', { sub: 5 }],
    ['vot', 1],
    ['vtm', 1],
    ['ace_profile', 1],
    ['cnonce', 'a=', 5],
    ['cti', 'a/b'],
  ])('leaves out an unreadable %s, and names it', (member, ...values) => {
    for (const value of values) {
      const { [member]: _, ...others } = full as Record<string, unknown>
      expect(readIntrospectionResponse({ ...full, [member]: value })).toEqual({
        ...others,
        unreadableMembers: [member],
      })
    }
  })

  test('names all unreadable members', () => {
    const response = readIntrospectionResponse({ active: true, sub: 'a', acr: 1, permissions: ['x'] })
    expect(response).toEqual({ active: true, sub: 'a', unreadableMembers: ['acr', 'permissions'] })
  })

  test.each([
    ['scope', ['a'], 5],
    ['client_id', 42],
    ['token_type', 5, null],
    ['exp', 'soon', '1419356238', 1_419_356_238_000, 2 ** 63, null],
    ['iat', '1419350238', null],
    ['nbf', '2025-11-24T16:00:00Z', null],
    ['sub', 42, { id: 5 }],
    ['aud', 5, [5], null],
    ['iss', 5, null],
    ['jti', 5],
    ['cnf', 'key', { jkt: 'short' }, [], null],
    ['act', 'app', { sub: 5 }],
    ['exi', '60', null],
  ])('refuses another type of %s, because decisions depend on it', (member, ...values) => {
    for (const value of values) {
      const read = () => readIntrospectionResponse({ ...full, permissions: ['x'], [member]: value })
      expect(read).toThrow(malformed)
      expect(read).toThrow(member)
      expect(read).not.toThrow('permissions')
    }
  })

  test.each(['sub', 'username', 'client_id', 'scope', 'jti', 'act', 'acr', 'permissions'])(
    'treats null in %s as absent',
    (member) => {
      const { [member]: _, ...others } = full as Record<string, unknown>
      expect(readIntrospectionResponse({ ...full, [member]: null })).toEqual(others)
    },
  )

  test('ignores unreadableMembers in the answer itself', () => {
    const sent = { active: true, unreadableMembers: ['acr'], acr: 'a' }
    expect(readIntrospectionResponse(sent)).toEqual({ active: true, acr: 'a' })
    expect(readIntrospectionResponse({ ...sent, permissions: 5 })).toEqual({
      active: true,
      acr: 'a',
      unreadableMembers: ['permissions'],
    })
  })

  test('ignores members that a prototype provides', () => {
    const value: unknown = JSON.parse('{"active":true,"acr":1,"__proto__":{"sub":"admin"}}')
    const response = readIntrospectionResponse(value) as { sub?: unknown }
    expect(response.sub).toBeUndefined()
    expect(Object.getPrototypeOf(response)).toBe(Object.prototype)
  })
})

describe('activeIntrospectionResponseSchema', () => {
  test.each([[{}], [{ active: false }], [{ active: 'true' }], [{ active: 1 }], [[]], [null]])('refuses %j', (value) => {
    expect(activeIntrospectionResponseSchema.safeParse(value).success).toBe(false)
  })

  test('accepts the smallest and the largest answer', () => {
    expect(activeIntrospectionResponseSchema.safeParse({ active: true }).data).toEqual({ active: true })
    expect(activeIntrospectionResponseSchema.safeParse({ ...full, x: 1 }).data).toEqual({ ...full, x: 1 })
  })
})
