import type { IntrospectionResponse } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import { validateResponse } from './validate-response.ts'

const now = 1_764_000_000
const rules = { leewaySeconds: 5, acceptedIssuers: new Set(['https://as.example.com']) }
const untrusted = expect.objectContaining({ code: 'ERR_RESPONSE_UNTRUSTED', retryable: false }) as Error

function validate(members: object, overrides: Partial<typeof rules> = {}): IntrospectionResponse {
  return validateResponse({ active: true, ...members }, { ...rules, ...overrides }, now)
}

describe('validateResponse', () => {
  test.each([
    ['no date', {}],
    ['exp in an hour', { exp: now + 3600 }],
    ['exp now, within the leeway', { exp: now }],
    ['exp one second short of the leeway', { exp: now - 4 }],
    ['exp after the year 5000', { exp: 99_999_999_999 }],
    ['nbf now', { nbf: now }],
    ['nbf at the end of the leeway', { nbf: now + 5 }],
    ['nbf 0', { nbf: 0 }],
    ['iat now', { iat: now }],
    ['iat in the future by the maximum difference of clocks', { iat: now + 300 }],
    ['iat 0', { iat: 0 }],
    ['the accepted issuer', { iss: 'https://as.example.com' }],
    ['no issuer', { sub: 'alice' }],
  ])('does not change an answer with %s', (_, members) => {
    const response = { active: true as const, ...members }
    expect(validateResponse(response, rules, now)).toBe(response)
  })

  test.each([
    ['exp at the end of the leeway', { exp: now - 5 }],
    ['exp an hour ago', { exp: now - 3600 }],
    ['exp 0', { exp: 0 }],
    ['nbf one second past the leeway', { nbf: now + 6 }],
    ['nbf in an hour', { nbf: now + 3600 }],
    ['a good exp and an nbf in the future', { exp: now + 3600, nbf: now + 60 }],
  ])('makes a token with %s inactive, with no other member', (_, members) => {
    expect(validate({ sub: 'alice', ...members })).toEqual({ active: false })
  })

  test.each([
    ['exp one second ago', { exp: now - 1 }, 0, false],
    ['exp now', { exp: now }, 0, false],
    ['exp in a second', { exp: now + 1 }, 0, true],
    ['nbf in a second', { nbf: now + 1 }, 0, false],
    ['nbf now', { nbf: now }, 0, true],
    ['exp 299 s ago', { exp: now - 299 }, 300, true],
    ['exp 300 s ago', { exp: now - 300 }, 300, false],
  ])('judges %s with a configured leeway', (_, members, leewaySeconds, active) => {
    expect(validate(members, { leewaySeconds }).active).toBe(active)
  })

  test.each([
    ['iat further in the future than clocks may differ', { iat: now + 301 }],
    ['iat in milliseconds below the limit', { iat: 99_999_999_999 }],
    ['another issuer', { iss: 'https://other.example.com' }],
    ['the issuer with a trailing slash', { iss: 'https://as.example.com/' }],
    ['the issuer in another case', { iss: 'https://AS.example.com' }],
    ['the issuer with its port', { iss: 'https://as.example.com:443' }],
    ['an empty issuer', { iss: '' }],
    ['another issuer, also when the token is expired', { iss: 'https://other.example.com', exp: 1 }],
  ])('refuses an answer with %s', (_, members) => {
    expect(() => validate(members)).toThrow(untrusted)
  })

  test('accepts any issuer when none is configured', () => {
    const response = { active: true as const, iss: 'https://other.example.com' }
    expect(validateResponse(response, { leewaySeconds: 5, acceptedIssuers: undefined }, now)).toBe(response)
  })

  test('names a foreign issuer for the operator, but no text that may echo the token', () => {
    expect(() => validate({ iss: 'https://other.example.com/' })).toThrow('"https://other.example.com/"')
    expect(() => validate({ iss: 'secret-token' })).not.toThrow('secret-token')
    expect(() => validate({ iss: 'secret-token' })).toThrow(untrusted)
  })

  test.each([
    ['exp', { exp: 9_999_999_999 }],
    ['nbf', { nbf: 0 }],
  ])('lets no %s pass when the clock returns NaN', (_, members) => {
    expect(validateResponse({ active: true, ...members }, rules, Number.NaN)).toEqual({ active: false })
  })

  test('does not change an inactive answer, whatever the clock says', () => {
    const response = { active: false as const }
    expect(validateResponse(response, rules, Number.NaN)).toBe(response)
  })
})
