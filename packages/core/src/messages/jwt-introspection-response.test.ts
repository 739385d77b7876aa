import { describe, expect, test } from 'vitest'
import {
  isJwtIntrospectionTyp,
  JWT_INTROSPECTION_TYP,
  parseJwtIntrospectionClaims,
} from './jwt-introspection-response.ts'

const secret = 'dG9rZW4tc2VjcmV0'
const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error
const claims = {
  iss: 'https://as.example.com/',
  aud: 'https://rs.example.com/resource',
  iat: 1514797892,
  token_introspection: { active: true, sub: 'Z5O3upPC88QrAjx00dis', extension_field: 1 },
}

describe('isJwtIntrospectionTyp', () => {
  test.each([
    JWT_INTROSPECTION_TYP,
    'TOKEN-INTROSPECTION+JWT',
    'application/token-introspection+jwt',
    'Application/Token-Introspection+JWT',
  ])('accepts %s', (typ) => {
    expect(isJwtIntrospectionTyp(typ)).toBe(true)
  })

  test.each([
    ['another type', 'at+jwt'],
    ['the general type', 'JWT'],
    ['a longer type', 'token-introspection+jwtx'],
    ['another top-level type', 'text/token-introspection+jwt'],
    ['the prefix twice', 'application/application/token-introspection+jwt'],
    ['parameters', 'token-introspection+jwt; charset=utf-8'],
    ['a blank', ' token-introspection+jwt'],
    ['a character that only lower-casing turns into k', 'to\u212aen-introspection+jwt'],
    ['nothing', ''],
    ['an absent value', undefined],
    ['an array of one', [JWT_INTROSPECTION_TYP]],
  ])('refuses %s', (_, typ) => {
    expect(isJwtIntrospectionTyp(typ)).toBe(false)
  })
})

describe('parseJwtIntrospectionClaims', () => {
  test('returns the claims of the answer and the response in it', () => {
    expect(parseJwtIntrospectionClaims(claims)).toEqual(claims)
    expect(parseJwtIntrospectionClaims({ ...claims, aud: ['a', 'b'] }).aud).toEqual(['a', 'b'])
  })

  test('reads no other top-level claim', () => {
    const parsed = parseJwtIntrospectionClaims({
      ...claims,
      sub: 'admin',
      exp: 'x',
      scope: 'all',
      active: false,
      jti: 5,
    })
    expect(parsed).toEqual(claims)
  })

  test('drops the members of an inactive response', () => {
    const parsed = parseJwtIntrospectionClaims({ ...claims, token_introspection: { active: false, sub: 'x' } })
    expect(parsed.token_introspection).toEqual({ active: false })
  })

  test.each([
    ['no claims', undefined],
    ['null', null],
    ['an array', []],
    ['a string', secret],
    ['no issuer', { ...claims, iss: undefined }],
    ['an issuer of another type', { ...claims, iss: [secret] }],
    ['no audience', { ...claims, aud: undefined }],
    ['an audience of another type', { ...claims, aud: { a: secret } }],
    ['no issuing time', { ...claims, iat: undefined }],
    ['an issuing time in milliseconds', { ...claims, iat: 1514797892000 }],
    ['an issuing time that is a string', { ...claims, iat: '1514797892' }],
    ['no response', { ...claims, token_introspection: undefined, active: true, sub: secret }],
    ['a response that is null', { ...claims, token_introspection: null }],
    ['a response that is text', { ...claims, token_introspection: JSON.stringify({ active: true, sub: secret }) }],
    ['a response that is an array', { ...claims, token_introspection: [{ active: true }] }],
    ['a response without active', { ...claims, token_introspection: { sub: secret } }],
    ['a response with a wrong member', { ...claims, token_introspection: { active: true, exp: secret } }],
  ])('refuses %s without quoting it', (_, value) => {
    expect(() => parseJwtIntrospectionClaims(value)).toThrow(malformed)
    expect(() => parseJwtIntrospectionClaims(value)).not.toThrow(secret)
  })
})
