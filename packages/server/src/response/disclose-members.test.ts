import { REGISTERED_MEMBERS } from '@token-introspection/core'
import { describe, expect, test } from 'vitest'
import type { TokenRecord } from '../stores/token-record.ts'
import { discloseMembers } from './disclose-members.ts'

const issuer = 'https://as.example.com'
const names = [...REGISTERED_MEMBERS].filter((name) => name !== 'active')

/** A record without type checks, because the function copies values unchanged. */
function recordOf(members: Record<string, unknown>): TokenRecord {
  return { kind: 'access_token', ...members } as unknown as TokenRecord
}

describe('discloseMembers', () => {
  test.each(names)('discloses %s, like every member of the registry', (name) => {
    expect(discloseMembers(recordOf({ [name]: 'value' }), issuer)).toMatchObject({ [name]: 'value' })
  })

  test('discloses every registered member, and no internal one', () => {
    const members = Object.fromEntries(names.map((name) => [name, `the ${name}`]))
    const record = recordOf({ ...members, active: false, revoked: false, grantId: 'g', sessionId: 's', other: 1 })
    const { scope, ...others } = members
    expect(scope).toBe('the scope')
    expect(discloseMembers(record, issuer)).toEqual({ active: true, ...others })
    const { permissions: _, ...scoped } = members
    expect(discloseMembers({ ...record, permissions: undefined }, issuer)).toEqual({ active: true, ...scoped })
  })

  test('never discloses scope beside permissions (EXT-14)', () => {
    const permissions = [{ resource_id: 'r', resource_scopes: ['view'] }]
    expect(discloseMembers(recordOf({ scope: 'view', permissions }), issuer)).not.toHaveProperty('scope')
  })

  test.each([undefined, null])('leaves out a member that is %j', (absent) => {
    const record = recordOf(Object.fromEntries(names.map((name) => [name, absent])))
    expect(discloseMembers(record, issuer)).toEqual({ active: true, token_type: 'Bearer', iss: issuer })
  })

  test('gives a bound token the type DPoP, unless the record has a type other than Bearer (DPOP-26)', () => {
    const cnf = { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }
    expect(discloseMembers(recordOf({ cnf }), issuer).token_type).toBe('DPoP')
    expect(discloseMembers(recordOf({ cnf, token_type: 'Bearer' }), issuer).token_type).toBe('DPoP')
    expect(discloseMembers(recordOf({ cnf, token_type: 'bearer' }), issuer).token_type).toBe('DPoP')
    expect(discloseMembers(recordOf({ cnf, token_type: 'N_A' }), issuer).token_type).toBe('N_A')
    const certificate = { 'x5t#S256': cnf.jkt }
    expect(discloseMembers(recordOf({ cnf: certificate, token_type: 'Bearer' }), issuer).token_type).toBe('Bearer')
  })

  test('adds extension claims, which replace no member', () => {
    const claims = { tenant: 'acme', sub: 'mallory', active: false, iss: 'https://evil.example' }
    const members = discloseMembers(recordOf({ sub: 'alice', claims }), issuer)
    expect(members).toEqual({ active: true, token_type: 'Bearer', iss: issuer, sub: 'alice', tenant: 'acme' })
  })
})
