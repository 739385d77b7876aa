import { readWantedPermission } from '@token-introspection/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkPermission, checkTarget } from './check-policy.ts'
import { PassedValues } from './passed-values.ts'
import type { JudgedToken, ScopeRule, TokenKind } from './policy.ts'

const audience = 'https://api.example.com'
interface Wanted {
  readonly audience: readonly string[] | false
  readonly scope: readonly string[]
  readonly tokenKind?: TokenKind | undefined
  readonly acceptedTokenTypes?: ReadonlySet<string> | undefined
}
const policy: Wanted = { audience: [audience], scope: ['orders:read'] }
const now = 1_764_000_000
const DEVICE_SECRET = 'urn:x-oath:params:oauth:token-type:device-secret'

/** Runs both checks, one after the other. */
function checkPolicy(
  token: JudgedToken,
  { audience: wanted, scope, tokenKind, acceptedTokenTypes }: Wanted,
): string | undefined {
  const rule: ScopeRule = { alternatives: [scope.map((wantedScope) => [wantedScope])], wanted: scope.join(' ') }
  return (
    checkTarget(token, { tokenKind, acceptedTokenTypes, issuers: undefined, audience: wanted }) ??
    checkPermission(token, { ...anything, scope: rule }, () => now)
  )
}
const anything = {
  scope: { alternatives: [[]], wanted: undefined },
  authorizationDetails: undefined,
  permission: undefined,
  acrValues: undefined,
  maxAuthenticationAgeSeconds: undefined,
}
const good = { active: true, aud: audience, scope: 'orders:read' }

describe('checkPolicy', () => {
  test.each([
    ['exactly the required values', {}],
    ['the audience in an array', { aud: ['https://other.example.com', audience] }],
    ['more scope', { scope: 'a orders:read b' }],
    ['the type Bearer', { token_type: 'Bearer' }],
    ['the type bearer', { token_type: 'bearer' }],
    ['the kind access_token', { token_type: 'access_token', token_use: 'access_token', token_usage: 'access_token' }],
    ['the URI of an access token', { token_type: 'urn:ietf:params:oauth:token-type:access_token' }],
    ['the typ at+jwt', { typ: 'at+jwt' }],
    ['no kind, as some servers answer', { token_use: null, typ: null }],
    ['the type Access Token', { token_type: 'Access Token' }],
    ['the type access-token', { token_type: 'access-token' }],
    ['the type BearerToken', { token_type: 'BearerToken' }],
    ['the type of a requesting party token', { token_type: 'requesting_party_token' }],
    ['the use access', { token_use: 'access' }],
    ['a typ with another meaning', { typ: 'customer' }],
    ['the typ of any JWT', { typ: 'JWT' }],
  ])('passes a token with %s', (_, members) => {
    expect(checkPolicy({ ...good, ...members }, policy)).toBeUndefined()
  })

  test.each([
    ['no audience', { aud: undefined }, 'audience'],
    ['an empty list of audiences', { aud: [] }, 'audience'],
    ['another audience', { aud: 'https://other.example.com' }, 'audience'],
    ['an audience that contains the required one', { aud: `https://evil.example/${audience}` }, 'audience'],
    ['an audience that the required one contains', { aud: 'https://api.example' }, 'audience'],
    ['the audience in another case', { aud: 'https://API.example.com' }, 'audience'],
    ['the audience with a trailing slash', { aud: `${audience}/` }, 'audience'],
    ['the audience among others in one string', { aud: `a ${audience}` }, 'audience'],
    ['no scope', { scope: undefined }, 'scope'],
    ['an empty scope', { scope: '' }, 'scope'],
    ['a longer scope token', { scope: 'orders:readwrite' }, 'scope'],
    ['a scope token that ends with the required one', { scope: 'my-orders:read' }, 'scope'],
    ['the scope in another case', { scope: 'ORDERS:READ' }, 'scope'],
    ['the scope after a comma', { scope: 'a,orders:read' }, 'scope'],
    ['the scope after a tab', { scope: 'a\torders:read' }, 'scope'],
    ['the token type refresh_token', { token_type: 'refresh_token' }, 'token_kind'],
    ['the token type Refresh', { token_type: 'Refresh' }, 'token_kind'],
    ['the typ Offline', { typ: 'Offline' }, 'token_kind'],
    ['the token type id_token', { token_type: 'id_token' }, 'token_kind'],
    ['the token use refresh_token', { token_type: 'Bearer', token_use: 'refresh_token' }, 'token_kind'],
    ['the token use id', { token_use: 'id' }, 'token_kind'],
    ['the token usage refresh_token', { token_usage: 'refresh_token' }, 'token_kind'],
    ['the token type device_secret', { token_type: 'device_secret' }, 'token_kind'],
    ['the token usage authorization_code', { token_usage: 'authorization_code' }, 'token_kind'],
    ['the type N_A', { token_type: 'N_A' }, 'token_kind'],
    ['the type PoP, whose proof is not verified', { token_type: 'PoP' }, 'token_kind'],
    ['the type mac', { token_type: 'mac' }, 'token_kind'],
    ['an empty type', { token_type: '' }, 'token_kind'],
    ['a type nobody knows', { token_type: 'JWT' }, 'token_kind'],
    ['a device secret of Okta', { token_type: DEVICE_SECRET }, 'token_kind'],
    ['an access token URI of another namespace', { token_type: 'urn:x:access_token' }, 'token_kind'],
    ['the typ ID', { typ: 'ID' }, 'token_kind'],
    ['the typ of a logout token', { typ: 'logout+jwt' }, 'token_kind'],
    ['the typ Serialized-ID', { typ: 'Serialized-ID' }, 'token_kind'],
    ['an unknown use', { token_use: 'device_grant' }, 'token_kind'],
    ['an unknown usage', { token_usage: 'state' }, 'token_kind'],
    ['a use in an array', { token_use: ['refresh_token'] }, 'token_kind'],
    ['a use that is a number', { token_use: 7 }, 'token_kind'],
    ['a typ in an object', { typ: { is: 'Refresh' } }, 'token_kind'],
    ['a type that is true', { token_type: true }, 'token_kind'],
    ['the URI of a refresh token', { token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }, 'token_kind'],
    ['the URI of an ID token', { token_use: 'urn:ietf:params:oauth:token-type:id_token' }, 'token_kind'],
  ])('refuses a token with %s', (_, members, refusal) => {
    expect(checkPolicy({ ...good, ...members } as JudgedToken, policy)).toBe(refusal)
    // It is refused even without an audience check.
    if (refusal === 'token_kind') {
      expect(checkPolicy(members as JudgedToken, { audience: false, scope: [] })).toBe('token_kind')
    }
  })

  test('accepts the configured token types, and no others', () => {
    const told: Wanted = { audience: false, scope: [], acceptedTokenTypes: new Set(['jwt']) }
    for (const type of ['JWT', 'jwt', 'Bearer']) expect(checkPolicy({ token_type: type }, told)).toBeUndefined()
    for (const type of ['mac', 'refresh_token', '']) expect(checkPolicy({ token_type: type }, told)).toBe('token_kind')
    expect(checkPolicy({ token_use: 'JWT' }, told)).toBe('token_kind')
  })

  test.each([
    ['an audience that is a number', { aud: 7 }, 'audience'],
    ['an audience in an object', { aud: { [audience]: true, length: 1, 0: audience } }, 'audience'],
    ['an audience in an array of arrays', { aud: [[audience]] }, 'audience'],
    ['a scope in an array', { scope: ['orders:read'] }, 'scope'],
    ['a scope in an object', { scope: { 'orders:read': true } }, 'scope'],
  ])('refuses %s, even if the parser let it through', (_, members, refusal) => {
    expect(checkPolicy({ ...good, ...members } as unknown as JudgedToken, policy)).toBe(refusal)
  })

  test.each([
    ['details', { authorizationDetails: () => true as boolean }, { authorization_details: 'payment' }, undefined],
    ['details', { authorizationDetails: (all: object[]) => all.length > 0 }, { authorization_details: 'payment' }],
    ['permissions', { permission: readWantedPermission('p', { resourceId: 'r' }) }, { permissions: 'r' }],
    ['permissions', { permission: readWantedPermission('p', { resourceId: 'r' }) }, { permissions: ['r'] }],
    [
      'permissions',
      { permission: readWantedPermission('p', { resourceId: 'r' }) },
      { permissions: { resource_id: 'r' } },
    ],
    ['a login class', { acrValues: ['2'] }, { acr: 2 }],
    ['a login class', { acrValues: ['2'] }, { acr: ['2'] }],
    ['a login time', { maxAuthenticationAgeSeconds: 60 }, { auth_time: String(now) }],
    ['a login time', { maxAuthenticationAgeSeconds: 60 }, { auth_time: [now] }],
    ['a login time', { maxAuthenticationAgeSeconds: 60 }, { auth_time: null }],
    ['a login time', { maxAuthenticationAgeSeconds: 60 }, { auth_time: Number.NaN }],
  ])('grants nothing by %s of a wrong type: %#', (_, wanted, members, ...lets) => {
    const lacking = checkPermission(members as unknown as JudgedToken, { ...anything, ...wanted }, () => now)
    expect(lacking === undefined).toBe(lets.length > 0)
  })

  test('gives a predicate only the scope tokens', () => {
    const seen: unknown[] = []
    const accepts = (scope: readonly string[]) => seen.push(scope) > 0
    for (const scope of [undefined, '', 'a', 'a  b', ['a']]) {
      checkPermission(
        { scope } as unknown as JudgedToken,
        { ...anything, scope: { ...anything.scope, accepts } },
        () => now,
      )
    }
    expect(seen).toEqual([[], [], ['a'], ['a', 'b'], []])
  })

  const accessToken: Wanted = { ...policy, tokenKind: { member: 'token_use', oneOf: ['access_token', 'AT'] } }

  test.each([
    ['the configured word', { token_use: 'access_token' }],
    ['another configured word', { token_use: 'AT' }],
    ['the word in another case', { token_use: 'Access_Token' }],
  ])('passes a token whose answer has %s', (_, members) => {
    expect(checkPolicy({ ...good, ...members }, accessToken)).toBeUndefined()
  })

  test.each([
    ['nothing', {}],
    ['the word in another member', { token_type: 'access_token' }],
    ['something else', { token_use: 'device_grant' }],
    ['more than that', { token_use: 'access_token ' }],
    ['the word in an array', { token_use: ['access_token'] }],
    ['null', { token_use: null }],
    ['another kind as well', { token_use: 'access_token', typ: 'Refresh' }],
  ])('refuses a token whose answer has %s (RSP-32)', (_, members) => {
    expect(checkPolicy({ ...good, ...members }, accessToken)).toBe('token_kind')
  })

  test.each(['constructor', '__proto__', 'toString'])('finds no kind in inherited properties: %s', (member) => {
    expect(checkPolicy(good, { ...policy, tokenKind: { member, oneOf: ['function'] } })).toBe('token_kind')
  })

  test('accepts any one of several audiences', () => {
    const either = { audience: ['urn:orders', audience], scope: [] }
    expect(checkPolicy({ aud: ['x', 'urn:orders'] }, either)).toBeUndefined()
    expect(checkPolicy({ aud: audience }, either)).toBeUndefined()
    expect(checkPolicy({ aud: ['x', 'y'] }, either)).toBe('audience')
  })

  test('requires every scope token, in any order', () => {
    const both = { audience: [audience], scope: ['orders:read', 'orders:write'] }
    expect(checkPolicy({ aud: audience, scope: 'orders:write orders:read' }, both)).toBeUndefined()
    expect(checkPolicy({ aud: audience, scope: 'orders:read' }, both)).toBe('scope')
    expect(checkPolicy({ aud: audience, scope: 'orders:write' }, both)).toBe('scope')
  })

  test('skips the audience check only when the option says so', () => {
    expect(checkPolicy({ scope: 'orders:read' }, { audience: false, scope: ['orders:read'] })).toBeUndefined()
    expect(checkPolicy({ token_type: 'refresh_token' }, { audience: false, scope: [] })).toBe('token_kind')
  })

  test('reports the kind before the audience, and the audience before the scope', () => {
    const members = { token_use: 'refresh_token', aud: 'x', scope: 'x' }
    expect(checkPolicy(members, policy)).toBe('token_kind')
    expect(checkPolicy({ aud: 'x', scope: 'x' }, policy)).toBe('audience')
    expect(checkPolicy({ aud: audience, scope: 'x' }, policy)).toBe('scope')
  })
})

describe('checkTarget', () => {
  const issuers = new Set(['https://as.example.com'])
  test.each([
    ['the issuer', 'https://as.example.com', undefined],
    ['no issuer', undefined, 'issuer'],
    ['another issuer', 'https://evil.example', 'issuer'],
    ['the issuer with a slash', 'https://as.example.com/', 'issuer'],
  ])('judges a token of %s', (_, iss, refusal) => {
    expect(
      checkTarget({ iss }, { tokenKind: undefined, acceptedTokenTypes: undefined, issuers, audience: false }),
    ).toBe(refusal)
  })
})

describe('checkPermission', () => {
  test('requires all of one list of several', () => {
    const scope = { alternatives: [[['admin']], [['a'], ['b']]], wanted: 'admin' }
    expect(checkPermission({ scope: 'x admin' }, { ...anything, scope }, () => now)).toBeUndefined()
    expect(checkPermission({ scope: 'b a' }, { ...anything, scope }, () => now)).toBeUndefined()
    expect(checkPermission({ scope: 'a' }, { ...anything, scope }, () => now)).toBe('scope')
  })

  test.each([[true], [false], [undefined], ['yes'], [Promise.resolve(true)]])(
    'accepts only true from a predicate: %s',
    (said) => {
      const accepts = () => said as boolean
      const expected = said === true ? undefined : 'scope'
      expect(
        checkPermission({}, { ...anything, scope: { alternatives: [], accepts, wanted: undefined } }, () => now),
      ).toBe(expected)
      const details = checkPermission({}, { ...anything, authorizationDetails: accepts }, () => now)
      expect(details).toBe(said === true ? undefined : 'authorization_details')
    },
  )

  test('gives the predicate the scope tokens, and an empty list when there are none', () => {
    const seen: (readonly string[])[] = []
    const accepts = (scope: readonly string[]) => {
      seen.push(scope)
      return true
    }
    for (const scope of ['a b', undefined]) {
      checkPermission({ scope }, { ...anything, scope: { alternatives: [], accepts, wanted: undefined } }, () => now)
    }
    expect(seen).toEqual([['a', 'b'], []])
  })

  test.each([
    ['the required class', { acr: 'mfa' }, undefined],
    ['another accepted class', { acr: 'phr' }, undefined],
    ['a weaker class', { acr: 'pwd' }, 'authentication'],
    ['no class', {}, 'authentication'],
    ['a class that contains the required one', { acr: 'mfa phr' }, 'authentication'],
  ])('judges a login with %s (STEP-06)', (_, token, refusal) => {
    expect(checkPermission(token, { ...anything, acrValues: ['phr', 'mfa'] }, () => now)).toBe(refusal)
  })

  test.each([
    ['just now', now, undefined],
    ['exactly the maximum age ago', now - 300, undefined],
    ['too long ago', now - 301, 'authentication'],
    ['a little in the future', now + 5, undefined],
    ['in the future', now + 6, 'authentication'],
    ['at no time', undefined, 'authentication'],
    ['at a time that is not a number', Number.NaN, 'authentication'],
  ])('judges a login %s (STEP-06)', (_, authTime, refusal) => {
    const policyOfAge = { ...anything, maxAuthenticationAgeSeconds: 300 }
    expect(checkPermission({ auth_time: authTime }, policyOfAge, () => now)).toBe(refusal)
  })

  test('requires a login at this moment when the age is 0', () => {
    expect(checkPermission({ auth_time: now - 1 }, { ...anything, maxAuthenticationAgeSeconds: 0 }, () => now)).toBe(
      'authentication',
    )
  })
})

test('decides about cached values as about new ones, in any order', () => {
  const value = fc.constantFrom(
    audience,
    `${audience}/`,
    'https://other',
    'orders:read',
    'orders:write',
    'a b',
    '',
    undefined,
    null,
    1,
  )
  const token = fc.record({ aud: fc.oneof(value, fc.array(value, { maxLength: 2 })), scope: value })
  const wanted = {
    audience: [audience, 'a b'],
    scope: { alternatives: [[['orders:read']], [['a'], ['b']]], wanted: 'orders:read' },
  }
  fc.assert(
    fc.property(fc.array(token, { maxLength: 20 }), (tokens) => {
      const fresh = { ...anything, ...wanted, tokenKind: undefined, acceptedTokenTypes: undefined, issuers: undefined }
      const remembering = { ...fresh, passed: { audience: new PassedValues(), scope: new PassedValues() } }
      const decide = (policyOf: typeof fresh) => (each: object) => [
        checkTarget(each as JudgedToken, policyOf),
        checkPermission(each as JudgedToken, policyOf, () => now),
      ]
      expect(tokens.map(decide(remembering))).toEqual(tokens.map(decide(fresh)))
    }),
  )
})
