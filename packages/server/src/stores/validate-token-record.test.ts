import { describe, expect, test } from 'vitest'
import type { TokenRecord } from './token-record.ts'
import { validateRevocation, validateTokenRecord } from './validate-token-record.ts'

const now = 1_764_000_000

describe('validateTokenRecord', () => {
  test.each([
    [{}],
    [{ kind: 'refresh_token' }],
    [{ exp: now, iat: 0, nbf: now }],
    [{ exp: undefined, grantId: undefined, sessionId: undefined }],
    [{ grantId: 'g', sessionId: ' ' }],
    [{ scope: 'orders:read orders:write' }],
    [{ scope: '' }],
    [{ revoked: true }],
    [{ revoked: false, claims: undefined }],
    [{ signedDigest: 'd', claims: {} }],
    [{ sub: null, client_id: null, cnf: null, aud: undefined, permissions: null }],
    [
      {
        aud: ['a', 'b'],
        cnf: { jkt: 'x'.repeat(43) },
        act: { sub: 'x' },
        acr: '2',
        auth_time: now,
        amr: ['pwd', 'otp'],
        sid: 'session-1',
        claims: { perms: ['orders:read'] },
      },
    ],
    [
      {
        permissions: [{ resource_id: 'orders', resource_scopes: ['read'] }],
        authorization_details: [{ type: 'payment' }],
      },
    ],
  ])('takes %j', (members) => {
    expect(() => validateTokenRecord('t', { kind: 'access_token', ...members } as TokenRecord)).not.toThrow()
  })

  test.each([
    ['record.kind', { kind: 'id_token' }],
    ['record.exp', { exp: now * 1000 }],
    ['record.iat', { iat: String(now) }],
    ['record.nbf', { nbf: -1 }],
    ['record.scope', { scope: 'orders:read  orders:write' }],
    ['record.scope', { scope: ['orders:read'] }],
    ['record.claims.permissions', { claims: { tenant: 'a', permissions: ['orders:read'] } }],
    ['record.claims.active', { claims: { active: false } }],
    ['record.permissions', { permissions: ['orders:read'] }],
    ['record.authorization_details', { authorization_details: { type: 'payment' } }],
    ['record.acr', { sub: 'alice', acr: 5 }],
    ['record.amr', { amr: 'pwd' }],
    ['record.amr', { amr: ['pwd', 2] }],
    ['record.sid', { sid: 7 }],
    ['record.claims.sid', { claims: { sid: 'session-1' } }],
    ['record.auth_time', { auth_time: '2026-11-29' }],
    ['record.aud', { aud: 7 }],
    ['record.cnf', { cnf: 'a-key' }],
    ['record.cnf', { cnf: {} }],
    ['record.cnf', { cnf: { jkt: undefined } }],
    ['record.cnf', { cnf: Object.create({ jkt: 'x'.repeat(43) }) as object }],
    ['record.sub', { sub: 5 }],
    ['record.client_id', { client_id: 7 }],
    ['record.act', { act: 'x' }],
    ['record.iss', { iss: 3 }],
    ['record.token_type', { token_type: 5 }],
    ['record.grantId', { grantId: '' }],
    ['record.grantId', { grantId: 7 }],
    ['record.sessionId', { sessionId: null }],
    ['record.signedDigest', { signedDigest: 7 }],
    ['record.revoked', { revoked: 1 }],
    ['record.revoked', { revoked: 'no' }],
    ['record.claims', { claims: 'acme' }],
    ['record.claims', { claims: ['acme'] }],
    ['record.tenant', { tenant: 'acme' }],
    ['record.tenant', { tenant: undefined }],
    ['record.clientId', { clientId: 'web' }],
    ['record.active', { active: true }],
    ['record.constructor', { constructor: 'acme' }],
  ])('names %s in %j', (path, members) => {
    const record = { kind: 'access_token', ...members } as unknown as TokenRecord
    expect(() => validateTokenRecord('t', record)).toThrow(TypeError)
    expect(() => validateTokenRecord('t', record)).toThrow(`${path}: `)
  })

  test.each([
    ['record.exp', { exp: now }],
    ['record.revoked', { revoked: true }],
    ['record.grantId', { grantId: 'g' }],
    ['record.toJSON', { toJSON: () => ({ kind: 'access_token' }) }],
  ])('names %s that a record inherits', (path, members) => {
    const record = Object.assign(Object.create(members) as object, { kind: 'access_token' }) as TokenRecord
    expect(() => validateTokenRecord('t', record)).toThrow(TypeError)
    expect(() => validateTokenRecord('t', record)).toThrow(`${path}: is inherited`)
  })

  test('names a getter of a class, and takes an instance of a class with properties of its own', () => {
    class Row {
      readonly kind = 'access_token'
      readonly sub = 'alice'
    }
    class Expiring extends Row {
      get exp() {
        return now
      }
    }
    expect(() => validateTokenRecord('t', new Row())).not.toThrow()
    expect(() => validateTokenRecord('t', new Expiring())).toThrow('record.exp: is inherited')
  })

  test('names an empty token', () => {
    expect(() => validateTokenRecord('', { kind: 'access_token' })).toThrow('token: ')
  })
})

describe('validateRevocation', () => {
  test.each([['alice'], ['alice', 0], ['alice', now], ['alice', undefined]] as [string, number?][])(
    'takes %j, %s',
    (identifier, at) => {
      expect(() => validateRevocation('sub', identifier, at)).not.toThrow()
    },
  )

  test.each([
    ['sub', '', now],
    ['sub', undefined, now],
    ['sub', 7, now],
    ['at', 'alice', now * 1000],
    ['at', 'alice', now + 0.5],
    ['at', 'alice', Number.NaN],
    ['at', 'alice', Number.POSITIVE_INFINITY],
  ])('names %s for %j, %s', (path, identifier, at) => {
    expect(() => validateRevocation('sub', identifier as string, at)).toThrow(TypeError)
    expect(() => validateRevocation('sub', identifier as string, at)).toThrow(`${path}: `)
  })
})
