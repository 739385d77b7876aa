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
    'REQ-04 sends the token %j so that any form decoder reads the same',
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
  ])('REQ-05 knows %s for what it is', (field, form) => {
    expect(parseMediaType(field) === 'application/x-www-form-urlencoded').toBe(form)
  })

  test.each([' padded ', 'CaSe', 'Bearer xyz', '%74oken', 'a\tb', 'tok%2Ben'])(
    'REQ-06 carries the token %j unchanged from one side to the other',
    (value) => {
      expect(parseIntrospectionRequest(encodeIntrospectionRequest({ token: value })).token).toBe(value)
    },
  )

  test.each(['', 'token', 'token=', 'token_type_hint=access_token', 'token=&token_type_hint=access_token'])(
    'REQ-07 calls %j a request error, not an inactive token',
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
  ])('REQ-08 refuses the repetition in %j', (body) => {
    expect(() => parseIntrospectionRequest(body)).toThrow(invalid)
  })

  test.each([
    ['access_token', true],
    ['refresh_token', true],
    ['pct', true],
    ['urn:ietf:params:oauth:token-type:access_token', false],
    ['requesting_party_token', false],
    ['id_token', false],
  ])('REQ-09 knows whether the hint %s is registered', (hint, registered) => {
    expect(isRegisteredTokenTypeHint(hint)).toBe(registered)
  })

  test('REQ-09 sends no hint that nobody gave', () => {
    expect(encodeIntrospectionRequest({ token })).toBe(`token=${token}`)
  })

  test.each(['foo', 'ACCESS_TOKEN', 'a b"\n', '__proto__'])(
    'REQ-11 takes the unknown hint %j without complaint',
    (hint) => {
      const request = parseIntrospectionRequest(encodeIntrospectionRequest({ token, token_type_hint: hint }))
      expect(request).toMatchObject({ token, tokenTypeHint: hint })
    },
  )

  test.each(['foo=bar', 'foo=1&foo=2', 'foo', '=x', 'constructor=1', '__proto__=1'])(
    'REQ-12 takes the unknown parameters %j without complaint',
    (unknown) => {
      expect(parseIntrospectionRequest(`${unknown}&token=${token}&${unknown}`)).toMatchObject({ token })
    },
  )

  test('REQ-13 sends parameters of your own and hands them to the other side', () => {
    const body = encodeIntrospectionRequest({ token, resource: 'https://rs.example', client_ip: '2001:db8::1' })
    const { parameters } = parseIntrospectionRequest(body)
    expect(parameters.get('resource')).toBe('https://rs.example')
    expect(parameters.get('client_ip')).toBe('2001:db8::1')
  })

  test.each(['Token', 'TOKEN', 'tOKEN'])('REQ-19 does not take %s for token', (name) => {
    expect(() => parseIntrospectionRequest(`${name}=${token}`)).toThrow(invalid)
    expect(parseIntrospectionRequest(`${name}=x&token=${token}`).token).toBe(token)
  })

  test('REQ-19 does not take TOKEN_TYPE_HINT for token_type_hint, nor one hint for another', () => {
    expect(parseIntrospectionRequest(`token=${token}&TOKEN_TYPE_HINT=pct`).tokenTypeHint).toBeUndefined()
    expect(parseIntrospectionRequest(`token=${token}&token_type_hint=PCT`).tokenTypeHint).toBe('PCT')
    expect(isRegisteredTokenTypeHint('PCT')).toBe(false)
  })

  test('REQ-25 stops at a bounded number of parameters', () => {
    expect(() => parseForm('a=1&'.repeat(100_000))).toThrow(invalid)
    expect(() => parseForm('a=1&b=2&c=3', { maxParameters: 2 })).toThrow(invalid)
  })
})
