import { parseIntrospectionResponse } from '@token-introspection/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resolveOptions } from '../resolve-options.ts'
import { clientSecretBasic } from '../transport/client-authentication/client-secret-basic.ts'
import type { ResponseOptions } from './response-options.ts'
import { type ToleranceOptions, toleranceDefaults } from './tolerance-options.ts'
import { tolerate } from './tolerate.ts'

const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

function stepOf(response: ResponseOptions) {
  const clientAuthentication = clientSecretBasic('api', 's3cr3t')
  return resolveOptions({ endpoint: 'https://as.example.com/introspect', clientAuthentication, response }).steps
    .response
}

function parse(answer: object, response: ResponseOptions) {
  const { tolerance } = stepOf(response)
  return parseIntrospectionResponse(tolerance === undefined ? answer : tolerate({ ...answer }, tolerance))
}

const deviations: [keyof ToleranceOptions, string, object, object][] = [
  ['activeAsString', 'the string true (RSP-03)', { active: 'true', sub: 'a' }, { active: true, sub: 'a' }],
  ['scopeAsArray', 'a scope in an array (RSP-07)', { scope: ['a:read', 'b'] }, { active: true, scope: 'a:read b' }],
  [
    'timestampsInMilliseconds',
    'exp in milliseconds (RSP-12)',
    { exp: 1_487_975_407_999 },
    { active: true, exp: 1_487_975_407 },
  ],
  ['timestampsInMilliseconds', 'nbf in milliseconds', { nbf: 1_668_781_885_000 }, { active: true, nbf: 1_668_781_885 }],
  ['nullAsAbsent', 'null (RSP-26)', { sub: null, exp: null, cnf: null }, { active: true }],
  [
    'timestampsInMilliseconds',
    'auth_time in milliseconds',
    { auth_time: 1_795_984_374_520 },
    { active: true, auth_time: 1_795_984_374 },
  ],
  ['datesAsText', 'digits', { exp: '1795984374', nbf: '7' }, { active: true, exp: 1_795_984_374, nbf: 7 }],
  [
    'datesAsText',
    'dates and times',
    { exp: '2026-11-29T20:35:35.352Z', iat: '2026-11-29T21:35:35+01:00' },
    { active: true, exp: 1_795_984_535, iat: 1_795_984_535 },
  ],
  [
    'datesAsText',
    'auth_time as a string',
    { auth_time: '2026-11-29T20:35:35.352Z' },
    { active: true, auth_time: 1_795_984_535 },
  ],
  ['hugeExpiryAsAbsent', 'the largest integer for never', { exp: 2 ** 63 }, { active: true }],
  ['hugeExpiryAsAbsent', '2^53 for never', { exp: 2 ** 53, iat: 7 }, { active: true, iat: 7 }],
  [
    'numbersAsText',
    'numbers as identifiers',
    { sub: 42, client_id: 7, username: 3, jti: 9, acr: 1, aud: [5, 'b'] },
    { active: true, sub: '42', client_id: '7', username: '3', jti: '9', acr: '1', aud: ['5', 'b'] },
  ],
  ['numbersAsText', 'a number as audience', { aud: 5 }, { active: true, aud: '5' }],
  [
    'authorizationDetailsAsObject',
    'one object in place of a list',
    { authorization_details: { type: 'payment' } },
    { active: true, authorization_details: [{ type: 'payment' }] },
  ],
  ['actAsString', 'an actor as a string (EXT-01)', { act: 'app' }, { active: true, act: { sub: 'app' } }],
  [
    'uma1Permissions',
    'permissions with the names of UMA 1.0 (EXT-15)',
    { permissions: [{ resource_set_id: '1', scopes: ['view'], exp: 7 }] },
    { active: true, permissions: [{ resource_id: '1', resource_scopes: ['view'], exp: 7 }] },
  ],
]

describe('tolerate', () => {
  test.each(deviations)('%s accepts %s, and no other option does', (name, _, answer, righted) => {
    expect(parse({ active: true, ...answer }, { tolerate: { [name]: true } })).toEqual(righted)
    expect(() => parse({ active: true, ...answer }, {})).toThrow(malformed)
    const others = Object.fromEntries(Object.keys(toleranceDefaults).map((other) => [other, other !== name]))
    expect(() => parse({ active: true, ...answer }, { tolerate: others })).toThrow(malformed)
  })

  test('activeAsString reads the string false as inactive, and drops the other members', () => {
    expect(parse({ active: 'false', sub: 'a' }, { tolerate: { activeAsString: true } })).toEqual({ active: false })
  })

  test('scopeWithCommas separates at commas, and no other option does', () => {
    const answer = { active: true, scope: 'r_liteprofile,r_emailaddress, w_member' }
    expect(parse(answer, { tolerate: { scopeWithCommas: true } })).toMatchObject({
      scope: 'r_liteprofile r_emailaddress w_member',
    })
    expect(parse(answer, {})).toEqual(answer)
  })

  test('zeroExpiryAsAbsent drops only exp of 0', () => {
    const tolerance = { tolerate: { zeroExpiryAsAbsent: true } }
    expect(parse({ active: true, exp: 0 }, tolerance)).toEqual({ active: true })
    expect(parse({ active: true, exp: 1, nbf: 0 }, tolerance)).toEqual({ active: true, exp: 1, nbf: 0 })
    expect(parse({ active: true, exp: 0 }, {})).toEqual({ active: true, exp: 0 })
  })

  test('nullAsAbsent drops empty strings in members where they mean nothing', () => {
    const answer = { active: true, sub: '', scope: '', username: '', jti: '', client_id: 'c', tenant: '' }
    expect(parse(answer, { tolerate: { nullAsAbsent: true } })).toEqual({ active: true, client_id: 'c', tenant: '' })
  })

  test('renames move a member with another meaning to its own name, so that the registered one is absent', () => {
    const answer = { active: true, permissions: ['orders:read'], username: { first: 'a' } }
    const renames = { permissions: 'acme_permissions', username: 'acme_user' }
    expect(parse(answer, { renames })).toEqual({
      active: true,
      acme_permissions: ['orders:read'],
      acme_user: { first: 'a' },
    })
    expect(() => stepOf({ renames: { permissions: 'scope' } })).toThrow('response.renames.permissions: ')
    expect(() => stepOf({ renames: { exp: 'a' } as object })).toThrow('response.renames.exp: ')
  })

  const everything = Object.fromEntries(Object.keys(toleranceDefaults).map((name) => [name, true]))

  test.each([
    ['no active', {}],
    ['active null', { active: null }],
    ['active 1', { active: 1 }],
    ['active TRUE', { active: 'TRUE' }],
    ['active yes', { active: 'yes' }],
    ['active true with a space', { active: ' true' }],
    ['active in an array', { active: ['true'] }],
    ['valid in place of active', { valid: true }],
    ['is_valid in an envelope', { data: { is_valid: true } }],
  ])('makes no token active by %s, with every option on (RSP-03)', (_, answer) => {
    expect(() => parse(answer, { tolerate: everything, aliases: { sub: 'valid', username: 'is_valid' } })).toThrow(
      malformed,
    )
  })

  test.each([
    ['a scope token with a space', { scope: ['read write'] }],
    ['a scope token with a quote', { scope: ['a"'] }],
    ['an empty scope token', { scope: ['a', ''] }],
    ['a value that is not a scope token', { scope: ['a', 7] }],
    ['a scope that is an object', { scope: { a: true } }],
    ['a date that is text', { exp: 'soon' }],
    ['a day without a time', { exp: '2026-11-29' }],
    ['a time without an offset', { exp: '2026-11-29T20:35:35' }],
    ['a time on no day', { nbf: '2026-13-29T20:35:35Z' }],
    ['a date in words', { iat: 'Sun, 29 Nov 2026 20:35:35 GMT' }],
    ['a date in hexadecimal', { exp: '0x10' }],
    ['an empty date', { exp: '' }],
    ['a date before 1970', { exp: -1 }],
    ['a date in microseconds', { exp: 1_419_356_238_000_000 }],
    ['a date that is endless', { exp: Number.POSITIVE_INFINITY }],
    ['an actor that is an array', { act: ['app'] }],
    ['permissions that are a string', { permissions: 'all' }],
    ['empty permissions', { permissions: [null] }],
    ['a confirmation that is a string', { cnf: '' }],
    ['a subject that is a fraction', { sub: 7.5 }],
    ['a subject larger than a safe integer', { sub: 2 ** 53 }],
    ['an audience of arrays', { aud: [[5]] }],
    ['details that are a string', { authorization_details: 'payment' }],
  ])('does not correct %s, with every option on', (_, members) => {
    expect(() => parse({ active: true, ...members }, { tolerate: everything })).toThrow(malformed)
  })

  test('with every option on, only active decides, and dates are dates (RSP-12)', () => {
    const member = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('true', 'false', true, null, '', 0, 1e12, 2 ** 53),
    )
    const names = fc.constantFrom('active', 'exp', 'nbf', 'scope', 'sub', 'act', 'cnf', 'permissions', 'user_name')
    fc.assert(
      fc.property(fc.dictionary(names, member), (answer) => {
        let parsed
        try {
          parsed = parse(answer, { tolerate: everything, aliases: { username: 'user_name' } })
        } catch (error) {
          expect(error).toEqual(malformed)
          return
        }
        expect(parsed.active ? [true, 'true'] : [false, 'false']).toContain(answer['active'])
        if (!parsed.active) {
          expect(parsed).toEqual({ active: false })
          return
        }
        // A date within the first second of 1970 becomes 0: the token has expired.
        expect(parsed.exp ?? 1).toSatisfy((exp: number) => Number.isInteger(exp) && exp >= 0 && exp < 1e11)
        const { exp } = answer
        // From 2^53 on a number stands for no expiry.
        const isHuge = typeof exp === 'number' && exp >= 2 ** 53
        const isAbsent = exp === undefined || exp === null || exp === 0 || isHuge
        expect(parsed.exp === undefined).toBe(isAbsent)
      }),
      { numRuns: 2000 },
    )
  })

  test('a date within the first second of 1970 is a date, and not the 0 that means none (RSP-12)', () => {
    expect(parse({ active: true, exp: Number.MIN_VALUE }, { tolerate: everything })).toEqual({ active: true, exp: 0 })
  })

  test('an empty array of scope tokens grants nothing', () => {
    expect(parse({ active: true, scope: [] }, { tolerate: { scopeAsArray: true } })).toEqual({ active: true })
  })

  test('aliases give a member its registered name, unless that name is present', () => {
    const aliases = { aliases: { username: 'user_name', client_id: 'cid' } }
    expect(parse({ active: true, user_name: 'alice', cid: 'app' }, aliases)).toEqual({
      active: true,
      username: 'alice',
      client_id: 'app',
    })
    const both = { active: true, user_name: 'mallory', username: 'alice' }
    expect(parse(both, aliases)).toEqual(both)
  })

  test('a member under another name is checked by the schema as well', () => {
    expect(() => parse({ active: true, expires_at: '1' }, { aliases: { exp: 'expires_at' } })).toThrow(malformed)
  })

  test('does not change its argument', () => {
    const permission = Object.freeze({ resource_set_id: '1', scopes: [] })
    const answer = Object.freeze({ active: 'true', sub: null, permissions: Object.freeze([permission]) })
    const { tolerance } = stepOf({ tolerate: everything })
    expect(tolerate(answer, tolerance as NonNullable<typeof tolerance>)).toMatchObject({ active: true })
  })
})

describe('the options', () => {
  test('nothing is corrected by default', () => {
    expect(stepOf({}).tolerance).toBeUndefined()
    expect(stepOf({ tolerate: {}, aliases: {} }).tolerance).toBeUndefined()
    expect(stepOf({ tolerate: { ...toleranceDefaults } }).tolerance).toBeUndefined()
  })

  test.each([
    ['response.tolerate.active', { tolerate: { active: true } }],
    ['response.tolerate.scopeAsArray', { tolerate: { scopeAsArray: 'yes' } }],
    ['response.tolerate', { tolerate: null }],
    ['response.aliases.active', { aliases: { active: 'valid' } }],
    ['response.aliases.user', { aliases: { user: 'user_name' } }],
    ['response.aliases.sub', { aliases: { sub: 'username' } }],
    ['response.aliases.sub', { aliases: { sub: '' } }],
    ['response.inactiveWhen', { inactiveWhen: { status: 204 } }],
    ['response.inactiveWhen[0]', { inactiveWhen: [204] }],
    ['response.inactiveWhen[1].status', { inactiveWhen: [{ status: 204 }, { error: 'invalid_token' }] }],
    ['response.inactiveWhen[0].body', { inactiveWhen: [{ status: 204, body: '' }] }],
    ['response.inactiveWhen[0].error', { inactiveWhen: [{ status: 400, error: '' }] }],
    ...[200, 201, 302, 408, 429, 500, 503, 99, 400.5, '400'].map(
      (status) => ['response.inactiveWhen[0].status', { inactiveWhen: [{ status }] }] as [string, object],
    ),
  ])('refuses a wrong %s: %o', (path, response) => {
    expect(() => stepOf(response)).toThrow(TypeError)
    expect(() => stepOf(response)).toThrow(`${path}: `)
  })
})
