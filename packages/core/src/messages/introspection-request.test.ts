import { describe, expect, test } from 'vitest'
import { parseForm } from '../http/form.ts'
import { encodeIntrospectionRequest, parseIntrospectionRequest } from './introspection-request.ts'

const token = '2YotnFZFEjr1zCsicMWpAA'
const invalid = expect.objectContaining({ code: 'ERR_REQUEST_INVALID' }) as Error

describe('encodeIntrospectionRequest', () => {
  test.each([
    ['the token alone', { token }, `token=${token}`],
    ['the hint after the token', { token_type_hint: 'pct', token }, `token=${token}&token_type_hint=pct`],
    ['no undefined hint', { token, token_type_hint: undefined }, `token=${token}`],
    [
      'further parameters last',
      { resource: 'https://rs', 1: 'x', token_type_hint: 'pct', token },
      `token=${token}&token_type_hint=pct&1=x&resource=https%3A%2F%2Frs`,
    ],
    ['no undefined parameter', { token, resource: undefined }, `token=${token}`],
    ['reserved characters', { token: 'a+b/c=&d e' }, 'token=a%2Bb%2Fc%3D%26d+e'],
  ])('encodes %s', (_, parameters, body) => {
    expect(encodeIntrospectionRequest(parameters)).toBe(body)
  })
})

describe('parseIntrospectionRequest', () => {
  test('gives the token, and no hint when none was sent', () => {
    const request = parseIntrospectionRequest(`token=${token}`)
    expect(request.token).toBe(token)
    expect(request).not.toHaveProperty('tokenTypeHint')
    expect(parseIntrospectionRequest(`token=${token}&token_type_hint=`)).not.toHaveProperty('tokenTypeHint')
  })

  test.each(['access_token', 'refresh_token', 'pct', 'foo', 'urn:x', '"'])('keeps the hint %j unchanged', (hint) => {
    const body = encodeIntrospectionRequest({ token, token_type_hint: hint })
    expect(parseIntrospectionRequest(body).tokenTypeHint).toBe(hint)
  })

  test('accepts a form that is already parsed', () => {
    const form = parseForm(`token=${token}&resource=a&resource=b`)
    const request = parseIntrospectionRequest(form)
    expect(request.parameters).toBe(form)
    expect(request.parameters.getAll('resource')).toEqual(['a', 'b'])
  })

  test.each([
    ['no parameters', ''],
    ['no token', 'token_type_hint=access_token'],
    ['an empty token', 'token='],
    ['a token without a value', 'token'],
    ['a token in upper case', `Token=${token}`],
    ['a token with a blank in its name', `+token=${token}`],
    ['a repeated token', `token=${token}&token=${token}`],
    ['a repeated token in an escaped spelling', `token=${token}&%74oken=other`],
    ['an empty token beside a token', `token=&token=${token}`],
    ['a repeated hint', `token=${token}&token_type_hint=pct&token_type_hint=pct`],
    ['a broken escape', `token=${token}%`],
    ['too many parameters', `token=${token}${'&a=1'.repeat(64)}`],
  ])('refuses %s without quoting the token', (_, body) => {
    expect(() => parseIntrospectionRequest(body)).toThrow(invalid)
    expect(() => parseIntrospectionRequest(body)).not.toThrow(token)
  })
})
