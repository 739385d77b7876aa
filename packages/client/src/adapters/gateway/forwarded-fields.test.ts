import { describe, expect, test } from 'vitest'
import type { ActiveIntrospectionResult } from '../../index.ts'
import { findForged, forwardedFields, resolveForward } from './forwarded-fields.ts'

const token: ActiveIntrospectionResult = {
  active: true,
  sub: 'al\u00efce',
  scope: 'a b',
  exp: 1_764_000_000,
  aud: ['x', 'y'],
}

function fieldsOf(forward: object, maxBytes = 2048, of: ActiveIntrospectionResult | undefined = token) {
  return forwardedFields(of, resolveForward('forward', forward), maxBytes)
}

function ofLength(length: number): ActiveIntrospectionResult {
  return { active: true, sub: 'a'.repeat(length), scope: 'b' }
}

describe('resolveForward', () => {
  test.each([
    ['a list', ['x-auth-subject'], /^forward: /],
    ['a string', 'x-auth-subject', /^forward: /],
    ['a line break in a name', { 'x-a\r\nx-b': 'sub' }, /^forward\.x-a/],
    ['an empty name', { '': 'sub' }, /^forward\./],
    ['an underscore, which servers take for -', { x_auth_subject: 'sub' }, /with - in place of _/],
    [
      'a name with too many spellings',
      { 'x-a-b-c-d-e-f-g': 'sub' },
      /^forward\.x-a-b-c-d-e-f-g: must have at most 6 of -/,
    ],
    ['a name twice', { 'X-Auth-Subject': 'sub', 'x-auth-subject': 'username' }, /^forward: names a field twice/],
    ['no member', { 'x-auth-subject': '' }, /^forward\.x-auth-subject: /],
    ['a value of another type', { 'x-auth-subject': true }, /^forward\.x-auth-subject: /],
  ])('refuses %s', (_, forward, message) => {
    expect(() => resolveForward('forward', forward)).toThrow(TypeError)
    expect(() => resolveForward('forward', forward)).toThrow(message)
  })

  test.each([
    'Authorization',
    'Host',
    'Connection',
    'Transfer-Encoding',
    'Content-Length',
    'Cookie',
    'Set-Cookie',
    'Location',
    'WWW-Authenticate',
    'X-Forwarded-For',
    'X-Original-URI',
    'X-Accel-Redirect',
    'X-Envoy-Auth-Headers-To-Remove',
  ])('refuses the field %s, which has a meaning of its own', (name) => {
    expect(() => resolveForward('forward', { [name]: 'sub' })).toThrow('is a field with a meaning of its own')
  })

  test.each(['X-Auth-Subject', 'x-forwarded-user', 'Remote-User'])('takes %s', (name) => {
    expect(resolveForward('forward', { [name]: 'sub' })).toMatchObject([{ name: name.toLowerCase() }])
  })
})

describe('forwardedFields', () => {
  test('are members and functions of the token', () => {
    const forward = {
      'X-Sub': 'sub',
      'X-Scope': 'scope',
      'X-Exp': 'exp',
      'X-Aud': 'aud',
      'X-Active': 'active',
      'X-First': firstAudience,
    }
    expect(fieldsOf(forward)).toEqual({
      'x-sub': 'al%C3%AFce',
      'x-scope': 'a b',
      'x-exp': '1764000000',
      'x-aud': '["x","y"]',
      'x-active': 'true',
      'x-first': 'x',
    })
  })

  test('are empty without a value, so that the gateway overwrites one from outside', () => {
    const forward = { 'x-client': 'client_id', 'x-proto': '__proto__', 'x-has': 'hasOwnProperty', 'x-null': () => null }
    expect(fieldsOf(forward)).toEqual({ 'x-client': '', 'x-proto': '', 'x-has': '', 'x-null': '' })
    expect(forwardedFields(undefined, resolveForward('forward', { 'x-sub': 'sub' }), 64)).toEqual({ 'x-sub': '' })
  })

  test('have at most the given octets together, and are never cut', () => {
    const forward = { 'x-scope': 'scope', 'x-sub': 'sub' }
    const rest = 64 - 'x-scope: b\r\nx-sub: \r\n'.length
    expect(fieldsOf(forward, 64, ofLength(rest))).toEqual({ 'x-scope': 'b', 'x-sub': 'a'.repeat(rest) })
    expect(() => fieldsOf(forward, 64, ofLength(rest + 1))).toThrow(/more than 64 octets, with x-sub/)
    expect(() => fieldsOf(forward, 64, { active: true, sub: '\u20ac'.repeat(6) })).toThrow(RangeError)
  })

  test.each([
    ['a promise', () => Promise.resolve('a')],
    ['a function', () => () => 'a'],
    ['a symbol', () => Symbol('a')],
  ])('refuse %s', (_, valueOf) => {
    expect(() => fieldsOf({ 'x-sub': valueOf })).toThrow('forward.x-sub: must give a string')
  })
})

function firstAudience({ aud }: ActiveIntrospectionResult): string | undefined {
  return Array.isArray(aud) ? aud[0] : aud
}

describe('findForged', () => {
  const rules = resolveForward('forward', { 'X-Auth-Subject': 'sub', 'X-Auth-Scope': 'scope' })

  test.each([
    [{ 'X-AUTH-SCOPE': 'a' }, 'x-auth-scope'],
    [{ x_auth_subject: 'a' }, 'x_auth_subject'],
    [{ 'x-auth_subject': 'a' }, 'x-auth_subject'],
    [{ 'X_Auth-Scope': 'a' }, 'x_auth-scope'],
    [{ 'x-auth-subject': '' }, undefined],
    [{ 'x-auth': 'a' }, undefined],
  ])('finds in %o: %s', (fields, found) => {
    expect(findForged({ headers: new Headers(fields as Record<string, string>) }, rules)).toBe(found)
  })
})
