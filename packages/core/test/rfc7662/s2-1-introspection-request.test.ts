import { describe, expect, test } from 'vitest'
import {
  encodeIntrospectionRequest,
  isRegisteredTokenTypeHint,
  parseForm,
  parseIntrospectionRequest,
  parseMediaType,
} from '../../src/index.ts'

const token = '2YotnFZFEjr1zCsicMWpAA'
const invalid = expect.objectContaining({ code: 'ERR_REQUEST_INVALID' }) as Error

describe('RFC 7662 §2.1', () => {
  test.each(['a+b', 'a/b=', 'a=b&c', '100%', '~a b~', '%41', 'é€😀', '2YotnFZFEjr1zCsicMWpAA=='])(
    'REQ-04 sends the token %j so that every form decoder reads the same token',
    (value) => {
      const body = encodeIntrospectionRequest({ token: value })
      expect([...new URLSearchParams(body)]).toEqual([['token', value]])
      expect(body).toMatch(/^token=[A-Za-z0-9\-._~+%]+$/)
    },
  )

  test.each([
    ['application/x-www-form-urlencoded', true],
    ['Application/X-WWW-Form-Urlencoded; charset=UTF-8', true],
    ['APPLICATION/X-WWW-FORM-URLENCODED;charset="utf-8"', true],
    ['application/json', false],
    ['multipart/form-data; boundary=a', false],
    ['text/plain', false],
    ['application/x-www-form-urlencoded-x', false],
  ])('REQ-05 recognizes %s', (field, form) => {
    expect(parseMediaType(field) === 'application/x-www-form-urlencoded').toBe(form)
  })

  test.each([' padded ', 'CaSe', 'Bearer xyz', '%74oken', 'a\tb', 'tok%2Ben'])(
    'REQ-06 carries the token %j unchanged from the client to the server',
    (value) => {
      expect(parseIntrospectionRequest(encodeIntrospectionRequest({ token: value })).token).toBe(value)
    },
  )

  test.each(['', 'token', 'token=', 'token_type_hint=access_token', 'token=&token_type_hint=access_token'])(
    'REQ-07 treats %j as a bad request, not as an inactive token',
    (body) => {
      expect(() => parseIntrospectionRequest(body)).toThrow(invalid)
    },
  )

  test.each([
    'token=a&token=b',
    'token=a&token=a',
    'token=a&token=',
    'token=a&%74%6F%6B%65%6E=b',
    'token=a&token_type_hint=access_token&token_type_hint=refresh_token',
  ])('REQ-08 refuses the repeated parameter in %j', (body) => {
    expect(() => parseIntrospectionRequest(body)).toThrow(invalid)
  })

  test.each([
    ['access_token', true],
    ['refresh_token', true],
    ['pct', true],
    ['urn:ietf:params:oauth:token-type:access_token', false],
    ['requesting_party_token', false],
    ['id_token', false],
  ])('REQ-09 recognizes whether the hint %s is registered: %s', (hint, registered) => {
    expect(isRegisteredTokenTypeHint(hint)).toBe(registered)
  })

  test('REQ-09 sends no hint unless the caller gives one', () => {
    expect(encodeIntrospectionRequest({ token })).toBe(`token=${token}`)
  })

  test.each(['foo', 'ACCESS_TOKEN', 'a b"\n', '__proto__'])('REQ-11 accepts the unknown hint %j', (hint) => {
    const request = parseIntrospectionRequest(encodeIntrospectionRequest({ token, token_type_hint: hint }))
    expect(request).toMatchObject({ token, tokenTypeHint: hint })
  })

  test.each(['foo=bar', 'foo=1&foo=2', 'foo', '=x', 'constructor=1', '__proto__=1'])(
    'REQ-12 ignores the unknown parameters %j',
    (unknown) => {
      expect(parseIntrospectionRequest(`${unknown}&token=${token}&${unknown}`)).toMatchObject({ token })
    },
  )

  test('REQ-13 sends further parameters of the caller and gives them to the server', () => {
    const body = encodeIntrospectionRequest({ token, resource: 'https://rs.example', client_ip: '2001:db8::1' })
    const { parameters } = parseIntrospectionRequest(body)
    expect(parameters.get('resource')).toBe('https://rs.example')
    expect(parameters.get('client_ip')).toBe('2001:db8::1')
  })

  test.each(['Token', 'TOKEN', 'tOKEN'])('REQ-19 does not read %s as token', (name) => {
    expect(() => parseIntrospectionRequest(`${name}=${token}`)).toThrow(invalid)
    expect(parseIntrospectionRequest(`${name}=x&token=${token}`).token).toBe(token)
  })

  test('REQ-19 does not read TOKEN_TYPE_HINT as token_type_hint, and compares hints with case', () => {
    expect(parseIntrospectionRequest(`token=${token}&TOKEN_TYPE_HINT=pct`).tokenTypeHint).toBeUndefined()
    expect(parseIntrospectionRequest(`token=${token}&token_type_hint=PCT`).tokenTypeHint).toBe('PCT')
    expect(isRegisteredTokenTypeHint('PCT')).toBe(false)
  })

  test('REQ-25 refuses a form with too many parameters', () => {
    expect(() => parseForm('a=1&'.repeat(100_000))).toThrow(invalid)
    expect(() => parseForm('a=1&b=2&c=3', { maxParameters: 2 })).toThrow(invalid)
  })
})
