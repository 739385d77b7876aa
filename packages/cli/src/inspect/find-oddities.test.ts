import { describe, expect, test } from 'vitest'
import { findOddities } from './find-oddities.ts'

const now = 1_764_000_000
const context = { now, issuer: 'https://as.example.com', contentType: 'application/json' }
const good = {
  active: true,
  aud: 'https://orders.example.com',
  scope: 'read write',
  sub: 'alice',
  iss: 'https://as.example.com',
  token_type: 'Bearer',
  exp: now + 60,
  iat: now,
}

describe('findOddities', () => {
  test('finds nothing in a usual answer', () => {
    expect(findOddities(good, context)).toEqual([])
    expect(findOddities({ ...good, aud: ['a', 'b'] }, context)).toEqual([])
    expect(findOddities({ active: false }, context)).toEqual([])
  })

  test.each([
    ['exp as a string', { exp: String(now + 60) }, 'exp', 'is a string'],
    ['no exp', { exp: undefined }, 'exp', 'is missing'],
    ['exp null', { exp: null }, 'exp', 'is null'],
    ['exp in milliseconds', { exp: (now + 60) * 1000 }, 'exp', 'milliseconds'],
    ['exp past', { exp: now }, 'exp', 'compare the clocks'],
    ['iat with a fraction', { iat: now - 0.5 }, 'iat', 'fraction'],
    ['iat in the future', { iat: now + 61 }, 'iat', 'compare the clocks'],
    ['nbf in the future', { nbf: now + 1 }, 'nbf', 'future'],
    ['no aud', { aud: undefined }, 'aud', 'is missing'],
    ['an empty aud', { aud: [] }, 'aud', 'is empty'],
    ['aud of numbers', { aud: [1] }, 'aud', 'must be a string or an array of strings'],
    ['scope as an array', { scope: ['read'] }, 'scope', 'scopeAsArray'],
    ['scope with commas', { scope: 'read,write' }, 'scope', 'not commas'],
    ['scope with two spaces', { scope: 'read  write' }, 'scope', 'one space'],
    ['an empty scope', { scope: '' }, 'scope', 'is empty'],
    ['sub as a number', { sub: 5 }, 'sub', 'is a number'],
    ['jti null', { jti: null }, 'jti', 'left out'],
    ['another issuer', { iss: 'https://as.example.com/' }, 'iss', '"https://as.example.com/"'],
    ['another type', { token_type: 'access_token' }, 'token_type', 'no type of RFC 6749'],
    ['a bound token that says Bearer', { cnf: { jkt: 'x' } }, 'token_type', 'DPoP key'],
  ])('names %s, and its clause', (_, change, member, what) => {
    const oddities = findOddities({ ...good, ...change }, context)
    expect(oddities).toEqual([
      {
        member,
        what: expect.stringContaining(what) as string,
        clause: expect.stringMatching(/^RFC \d+ §/) as string,
      },
    ])
  })

  test('names what an inactive answer says too much', () => {
    expect(findOddities({ active: false, exp: 1, error: 'revoked' }, context)).toMatchObject([
      { member: 'answer', what: expect.stringContaining('exp, error') as string },
    ])
  })

  test.each([['true'], [1], [null], [undefined]])('takes active %j for no answer', (active) => {
    expect(findOddities({ ...good, active }, context)).toMatchObject([{ member: 'active' }])
  })

  test('does not compare the issuer when nobody knows it', () => {
    expect(findOddities(good, { ...context, issuer: undefined })).toEqual([])
  })

  test('names a missing Content-Type', () => {
    expect(findOddities(good, { ...context, contentType: undefined })).toMatchObject([{ member: 'answer' }])
  })
})
