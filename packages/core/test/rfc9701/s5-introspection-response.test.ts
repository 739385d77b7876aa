import { describe, expect, test } from 'vitest'
import { isJwtIntrospectionTyp, parseJwtIntrospectionClaims } from '../../src/index.ts'

const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error
const claims = {
  iss: 'https://as.example.com/',
  aud: 'https://rs.example.com/resource',
  iat: 1514797892,
  token_introspection: {
    active: true,
    iss: 'https://as.example.com/',
    aud: 'https://rs.example.com/resource',
    iat: 1514797822,
    exp: 1514797942,
    client_id: 'paiB2goo0a',
    scope: 'read write dolphin',
    sub: 'Z5O3upPC88QrAjx00dis',
  },
}

describe('RFC 9701 §5', () => {
  test('reads claims in the form that the standard shows', () => {
    expect(parseJwtIntrospectionClaims(claims)).toEqual(claims)
  })

  test.each(['token-introspection+jwt', 'application/token-introspection+jwt', 'Token-Introspection+JWT'])(
    'JWT-10 recognizes the type %s',
    (typ) => {
      expect(isJwtIntrospectionTyp(typ)).toBe(true)
    },
  )

  test.each([
    'at+jwt',
    'application/at+jwt',
    'JWT',
    'logout+jwt',
    'dpop+jwt',
    'secevent+jwt',
    'introspection+jwt',
    '',
    undefined,
  ])('JWT-10 does not accept a JWT of the type %s as an answer', (typ) => {
    expect(isJwtIntrospectionTyp(typ)).toBe(false)
  })

  test.each([undefined, null, '1514797892', 1514797892000, -1])('refuses an answer with iat %j', (iat) => {
    expect(() => parseJwtIntrospectionClaims({ ...claims, iat })).toThrow(malformed)
  })

  test.each([
    ['is missing', undefined],
    ['is null', null],
    ['is text', '{"active":true}'],
    ['is an array', [{ active: true }]],
    ['is empty', {}],
    ['has no boolean active', { active: 'true' }],
  ])('JWT-18 refuses the answer when token_introspection %s', (_, value) => {
    const top = { ...claims, ...claims.token_introspection, token_introspection: value }
    expect(() => parseJwtIntrospectionClaims(top)).toThrow(malformed)
  })

  test('JWT-18 neither adds top-level members to the response nor lets them change it', () => {
    const top = { ...claims, active: true, scope: 'all', token_introspection: { active: true } }
    expect(parseJwtIntrospectionClaims(top).token_introspection).toEqual({ active: true })
    const inactive = { ...claims, active: true, token_introspection: { active: false, exp: 1 } }
    expect(parseJwtIntrospectionClaims(inactive).token_introspection).toEqual({ active: false })
  })

  test('JWT-23 never uses the top-level sub or exp as those of the token', () => {
    const top = { ...claims, sub: 'admin', exp: 9999999999, token_introspection: { active: true } }
    const parsed = parseJwtIntrospectionClaims(top)
    expect(parsed).not.toHaveProperty('sub')
    expect(parsed).not.toHaveProperty('exp')
    expect(parsed.token_introspection).toEqual({ active: true })
  })
})
