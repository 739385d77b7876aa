import { describe, expect, test } from 'vitest'
import { checkPermission, checkTarget } from './check-policy.ts'
import { findMismatch } from './find-mismatch.ts'
import type { Mismatch } from './mismatch.ts'
import type { JudgedToken, Policy } from './policy.ts'

const now = () => 1_764_000_000
const policy: Policy = {
  tokenKind: undefined,
  acceptedTokenTypes: undefined,
  issuers: undefined,
  audience: ['a'],
  senderConstraint: undefined,
  confirmation: { dpop: undefined, certificate: undefined },
  scope: { alternatives: [[]], wanted: undefined },
  authorizationDetails: undefined,
  permission: undefined,
  acrValues: undefined,
  maxAuthenticationAgeSeconds: undefined,
}
const login = { acrValues: ['2'], maxAuthenticationAgeSeconds: 60 }
const noLogin = { acr: undefined, authenticationAgeSeconds: undefined }
const hierarchy = { alternatives: [[['read', 'write', 'admin'], ['list']], [['any']]], wanted: 'read list' }

function asIs(text: string): string {
  return text
}

describe('findMismatch', () => {
  test.each<[string, object, Partial<Policy>, Mismatch, string]>([
    [
      'the required and the missing scopes, of several lists those of the first',
      { scope: 'list x' },
      { scope: hierarchy },
      { reason: 'scope', required: ['read', 'list'], found: ['list', 'x'], missing: ['read'] },
      'unexpected scope "list x", expected "read list", or what implies it: "write admin"',
    ],
    [
      'no scope as missing that another scope implies',
      { scope: 'admin' },
      { scope: hierarchy },
      { reason: 'scope', required: ['read', 'list'], found: ['admin'], missing: ['list'] },
      'unexpected scope "admin", expected "read list", or what implies it: "write admin"',
    ],
    [
      'a comma that somebody took for the separator of scopes',
      { scope: 'read' },
      { scope: { alternatives: [[['read,write']]], wanted: 'read,write' } },
      { reason: 'scope', required: ['read,write'], found: ['read'], missing: ['read,write'] },
      'unexpected scope "read", expected "read,write"; a comma separates no scopes: write "read write"',
    ],
    [
      'an audience of another type as absent',
      { aud: 7 },
      {},
      { reason: 'audience', required: ['a'], found: undefined },
      'aud is absent, expected "a"',
    ],
    [
      'only the texts of a list of audiences',
      { aud: ['b', 7] },
      {},
      { reason: 'audience', required: ['a'], found: ['b'] },
      'unexpected aud "b", expected "a"',
    ],
    [
      'the words of the policy for the kind',
      { token_use: 'refresh' },
      { tokenKind: { member: 'kind', oneOf: ['AT'] } },
      { reason: 'token_kind', member: 'token_use', found: 'refresh', required: undefined },
      'token_use is "refresh", which is another kind of token',
    ],
    [
      'a kind that is absent',
      {},
      { tokenKind: { member: 'kind', oneOf: ['AT'] } },
      { reason: 'token_kind', member: 'kind', found: undefined, required: ['AT'] },
      'kind is absent, and policy.tokenKind wants "AT"',
    ],
    [
      'an absent issuer',
      {},
      { issuers: new Set(['https://as.example']) },
      { reason: 'issuer', required: ['https://as.example'], found: undefined },
      'iss is absent, expected "https://as.example"',
    ],
    [
      'a login that lacks everything',
      {},
      login,
      { reason: 'authentication', required: login, found: noLogin, missing: ['acr', 'auth_time'] },
      'acr is absent, expected "2"; auth_time is absent, expected a login at most 60 s ago',
    ],
    [
      'a login that is too old',
      { acr: '2', auth_time: now() - 61 },
      login,
      {
        reason: 'authentication',
        required: login,
        found: { acr: '2', authenticationAgeSeconds: 61 },
        missing: ['auth_time'],
      },
      'the login was 61 s ago, expected at most 60 s ago',
    ],
    [
      'a login in the future',
      { acr: '2', auth_time: now() + 6 },
      login,
      {
        reason: 'authentication',
        required: login,
        found: { acr: '2', authenticationAgeSeconds: -6 },
        missing: ['auth_time'],
      },
      'auth_time is 6 s in the future, expected a login at most 60 s ago',
    ],
    [
      'unreadable members of a login as absent',
      { acr: '2', auth_time: now(), unreadableMembers: ['acr', 'auth_time'] },
      login,
      { reason: 'authentication', required: login, found: noLogin, missing: ['acr', 'auth_time'] },
      'acr is absent, expected "2"; auth_time is absent, expected a login at most 60 s ago',
    ],
  ])('gives %s', (_, members, wanted, mismatch, detail) => {
    const required = { ...policy, ...wanted }
    const token = { ...(mismatch.reason !== 'audience' && { aud: 'a' }), ...members } as JudgedToken
    expect(checkTarget(token, required) ?? checkPermission(token, required, now)).toBe(mismatch.reason)
    const grounds = findMismatch(mismatch.reason, token, required, now, asIs)
    expect(grounds).toEqual({ mismatch, detail })
  })

  test.each(['authorization_details', 'permissions'] as const)('gives no values of %s', (reason) => {
    expect(findMismatch(reason, { authorization_details: [{ type: 'iban' }] }, policy, now, asIs)).toEqual({})
  })

  test('quotes a long value in part', () => {
    const { detail, mismatch } = findMismatch('audience', { aud: 'x'.repeat(9999) }, policy, now, asIs)
    expect(detail?.length).toBeLessThan(300)
    expect(mismatch?.found).toEqual(['x'.repeat(9999)])
  })
})
