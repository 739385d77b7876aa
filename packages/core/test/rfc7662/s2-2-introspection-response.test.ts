import { describe, expect, test } from 'vitest'
import {
  activeIntrospectionResponseSchema,
  audienceIntersects,
  formatScope,
  INACTIVE,
  parseIntrospectionResponse,
} from '../../src/index.ts'

const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

function active(members: object) {
  return parseIntrospectionResponse({ active: true, ...members })
}

describe('RFC 7662 §2.2', () => {
  test('reads the example of the standard', () => {
    const example = {
      active: true,
      client_id: 'l238j323ds-23ij4',
      username: 'jdoe',
      scope: 'read write dolphin',
      sub: 'Z5O3upPC88QrAjx00dis',
      aud: 'https://protected.example.net/resource',
      iss: 'https://server.example.com/',
      exp: 1419356238,
      iat: 1419350238,
      extension_field: 'twenty-seven',
    }
    expect(parseIntrospectionResponse(example)).toEqual(example)
    expect(parseIntrospectionResponse({ active: false })).toEqual({ active: false })
  })

  test.each([[{}], [{ active: 'true' }], [{ active: 1 }], [{ active: null }], [{ sub: 'a' }]])(
    'RSP-02 does not accept %j as an active response to send',
    (response) => {
      expect(activeIntrospectionResponseSchema.safeParse(response).success).toBe(false)
    },
  )

  test.each([
    [{ active: 'true' }],
    [{ active: 'false' }],
    [{ active: 1 }],
    [{ active: 0 }],
    [{ active: null }],
    [{ active: {} }],
    [{ active: [true] }],
    [{ Active: true }],
    [{}],
    [[]],
    [null],
    [true],
    ['active'],
  ])('RSP-03 throws for %j, which is neither an active nor an inactive answer', (value) => {
    expect(() => parseIntrospectionResponse(value)).toThrow(malformed)
  })

  test('RSP-04 writes scope as one string with single spaces and no other separator', () => {
    expect(formatScope(['read', 'write'])).toBe('read write')
    expect(() => formatScope(['read write'])).toThrow(TypeError)
    expect(activeIntrospectionResponseSchema.safeParse({ active: true, scope: ['read'] }).success).toBe(false)
  })

  test.each([[['read', 'write']], [[]], [{ read: true }], [5], [null]])(
    'RSP-07 refuses the scope %j and does not guess',
    (scope) => {
      expect(() => active({ scope })).toThrow(malformed)
    },
  )

  test.each([5, null, ['a'], { id: 'a' }])('RSP-08 refuses %j as client_id', (value) => {
    expect(() => active({ client_id: value })).toThrow(malformed)
  })

  test.each([5, null, ['jdoe']])('RSP-09 refuses %j as username', (value) => {
    expect(() => active({ username: value })).toThrow(malformed)
  })

  test('RSP-10 accepts any string as token_type, and compares it without case', () => {
    for (const type of ['Bearer', 'bearer', 'DPoP', 'dpop', 'N_A', 'PoP']) {
      expect(active({ token_type: type })).toMatchObject({ token_type: type })
    }
    for (const type of [5, null, ['Bearer']]) expect(() => active({ token_type: type })).toThrow(malformed)
  })

  test.each(['exp', 'iat', 'nbf'])('RSP-11 does not send %s unless it is in whole seconds', (member) => {
    for (const value of [1419356238000, '1419356238', '2014-12-23T17:37:18Z', 1419356238.5]) {
      expect(activeIntrospectionResponseSchema.safeParse({ active: true, [member]: value }).success).toBe(false)
    }
    expect(activeIntrospectionResponseSchema.safeParse({ active: true, [member]: 1419356238 }).success).toBe(true)
  })

  test.each(['exp', 'iat', 'nbf'])(
    'RSP-12 throws for a %s of the wrong type or range, and never drops it',
    (member) => {
      for (const value of ['1419356238', '', 1e20, 1419356238000, -1, -0.5, true, {}, [1419356238]]) {
        expect(() => active({ [member]: value })).toThrow(malformed)
      }
      expect(active({ [member]: 0 })).toEqual({ active: true, [member]: 0 })
    },
  )

  test.each(['sub', 'iss', 'jti'])('RSP-15 refuses a %s that is not a string', (member) => {
    for (const value of [5, { id: 5 }, ['a'], true]) expect(() => active({ [member]: value })).toThrow(malformed)
  })

  test('RSP-16 accepts aud as one string or several, and compares whole strings with case', () => {
    expect(active({ aud: 'api' })).toEqual({ active: true, aud: 'api' })
    expect(active({ aud: ['api', 'b'] })).toEqual({ active: true, aud: ['api', 'b'] })
    for (const value of [5, {}, [5], ['a', null]]) expect(() => active({ aud: value })).toThrow(malformed)
    expect(audienceIntersects('https://evil/api', 'api')).toBe(false)
    expect(audienceIntersects('api', 'https://evil/api')).toBe(false)
    expect(audienceIntersects(['https://evil/api', 'API'], 'api')).toBe(false)
    expect(audienceIntersects(['b', 'api'], 'api')).toBe(true)
  })

  test.each([
    ['a token for another resource server', 'https://b.example'],
    ['a token for several others', ['https://b.example', 'https://a.example/']],
    ['a token with an empty audience', []],
    ['a token without an audience', undefined],
  ])('RSP-17 finds no match for %s', (_, aud) => {
    expect(audienceIntersects(aud, 'https://a.example')).toBe(false)
    expect(audienceIntersects(aud, ['https://a.example', 'urn:a'])).toBe(false)
  })

  test('RSP-18 keeps unknown members with any value', () => {
    const members = {
      extension_field: 'twenty-seven',
      'https://x.example/claim': { a: [null, 1] },
      exp_: 'x',
      error: 'e',
    }
    expect(active(members)).toEqual({ active: true, ...members })
  })

  test('RSP-22 has one inactive answer, and no member can be added to it', () => {
    expect(JSON.stringify(INACTIVE)).toBe('{"active":false}')
    expect(() => Object.assign(INACTIVE, { exp: 1 })).toThrow(TypeError)
  })

  test('RSP-24 drops every member beside active:false, and does not check their values', () => {
    const response = parseIntrospectionResponse({ active: false, sub: 'admin', scope: ['all'], exp: 'x', cnf: null })
    expect(response).toStrictEqual({ active: false })
  })

  test.each([
    'scope',
    'client_id',
    'username',
    'token_type',
    'exp',
    'iat',
    'nbf',
    'sub',
    'aud',
    'iss',
    'jti',
    'cnf',
    'act',
  ])('RSP-26 refuses null as %s', (member) => {
    expect(() => active({ [member]: null })).toThrow(malformed)
  })
})
