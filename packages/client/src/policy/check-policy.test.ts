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

/** Both checks, one after the other. */
function checkPolicy(
  token: JudgedToken,
  { audience: wanted, scope, tokenKind, acceptedTokenTypes }: Wanted,
): string | undefined {
  const rule: ScopeRule = { alternatives: [scope], wanted: scope.join(' ') }
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
    ['exactly what is required', {}],
    ['the audience in a list', { aud: ['https://other.example.com', audience] }],
    ['more scope', { scope: 'a orders:read b' }],
    ['the type Bearer', { token_type: 'Bearer' }],
    ['the type bearer', { token_type: 'bearer' }],
    ['the kind access_token', { token_type: 'access_token', token_use: 'access_token', token_usage: 'access_token' }],
    ['the URI of an access token', { token_type: 'urn:ietf:params:oauth:token-type:access_token' }],
    ['the typ at+jwt', { typ: 'at+jwt' }],
    ['no kind, as some write it', { token_use: null, typ: null }],
    ['the type Access Token', { token_type: 'Access Token' }],
    ['the type access-token', { token_type: 'access-token' }],
    ['the type BearerToken', { token_type: 'BearerToken' }],
    ['the type of a requesting party token', { token_type: 'requesting_party_token' }],
    ['the use access', { token_use: 'access' }],
    ['a typ that means something else', { typ: 'customer' }],
    ['the typ of any JWT', { typ: 'JWT' }],
  ])('passes a token with %s', (_, members) => {
    expect(checkPolicy({ ...good, ...members }, policy)).toBeUndefined()
  })

  test.each([
    ['no audience', { aud: undefined }, 'audience'],
    ['an empty list of audiences', { aud: [] }, 'audience'],
    ['another audience', { aud: 'https://other.example.com' }, 'audience'],
    ['an audience that has ours inside', { aud: `https://evil.example/${audience}` }, 'audience'],
    ['an audience that ours has inside', { aud: 'https://api.example' }, 'audience'],
    ['the audience in another case', { aud: 'https://API.example.com' }, 'audience'],
    ['the audience with a slash at the end', { aud: `${audience}/` }, 'audience'],
    ['the audience among others in one string', { aud: `a ${audience}` }, 'audience'],
    ['no scope', { scope: undefined }, 'scope'],
    ['an empty scope', { scope: '' }, 'scope'],
    ['a longer scope token', { scope: 'orders:readwrite' }, 'scope'],
    ['a scope token that ends alike', { scope: 'my-orders:read' }, 'scope'],
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
    ['a type that says it is no access token', { token_type: 'N_A' }, 'token_kind'],
    ['a type whose proof nobody verifies', { token_type: 'PoP' }, 'token_kind'],
    ['the type mac', { token_type: 'mac' }, 'token_kind'],
    ['an empty type', { token_type: '' }, 'token_kind'],
    ['a type nobody knows', { token_type: 'JWT' }, 'token_kind'],
    ['a device secret of Okta', { token_type: DEVICE_SECRET }, 'token_kind'],
    ['the URI of an access token of somebody else', { token_type: 'urn:x:access_token' }, 'token_kind'],
    ['the typ ID', { typ: 'ID' }, 'token_kind'],
    ['the typ of a logout token', { typ: 'logout+jwt' }, 'token_kind'],
    ['the typ Serialized-ID', { typ: 'Serialized-ID' }, 'token_kind'],
    ['a use nobody knows', { token_use: 'device_grant' }, 'token_kind'],
    ['a usage nobody knows', { token_usage: 'state' }, 'token_kind'],
    ['a use in a list', { token_use: ['refresh_token'] }, 'token_kind'],
    ['a use that is a number', { token_use: 7 }, 'token_kind'],
    ['a typ in an object', { typ: { is: 'Refresh' } }, 'token_kind'],
    ['a type that is true', { token_type: true }, 'token_kind'],
    ['the URI of a refresh token', { token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }, 'token_kind'],
    ['the URI of an ID token', { token_use: 'urn:ietf:params:oauth:token-type:id_token' }, 'token_kind'],
  ])('refuses a token with %s', (_, members, refusal) => {
    expect(checkPolicy({ ...good, ...members } as JudgedToken, policy)).toBe(refusal)
    // Without an audience to keep it out, it is refused as well.
    if (refusal === 'token_kind') {
      expect(checkPolicy(members as JudgedToken, { audience: false, scope: [] })).toBe('token_kind')
    }
  })

  test('takes the token types it is told of, and no other', () => {
    const told: Wanted = { audience: false, scope: [], acceptedTokenTypes: new Set(['jwt']) }
    for (const type of ['JWT', 'jwt', 'Bearer']) expect(checkPolicy({ token_type: type }, told)).toBeUndefined()
    for (const type of ['mac', 'refresh_token', '']) expect(checkPolicy({ token_type: type }, told)).toBe('token_kind')
    expect(checkPolicy({ token_use: 'JWT' }, told)).toBe('token_kind')
  })

  test.each([
    ['an audience that is a number', { aud: 7 }, 'audience'],
    ['an audience in an object', { aud: { [audience]: true, length: 1, 0: audience } }, 'audience'],
    ['an audience in a list of lists', { aud: [[audience]] }, 'audience'],
    ['a scope in a list', { scope: ['orders:read'] }, 'scope'],
    ['a scope in an object', { scope: { 'orders:read': true } }, 'scope'],
  ])('refuses %s, however it got past the parser', (_, members, refusal) => {
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
  ])('grants nothing by %s of a wrong shape: %#', (_, wanted, members, ...lets) => {
    const lacking = checkPermission(members as unknown as JudgedToken, { ...anything, ...wanted }, () => now)
    expect(lacking === undefined).toBe(lets.length > 0)
  })

  test('gives a function the scope tokens alone', () => {
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
    ['what it says of access tokens', { token_use: 'access_token' }],
    ['another word for them', { token_use: 'AT' }],
    ['it in another case', { token_use: 'Access_Token' }],
  ])('passes a token of which the server says %s', (_, members) => {
    expect(checkPolicy({ ...good, ...members }, accessToken)).toBeUndefined()
  })

  test.each([
    ['nothing', {}],
    ['it in another member', { token_type: 'access_token' }],
    ['something else', { token_use: 'device_grant' }],
    ['more than that', { token_use: 'access_token ' }],
    ['it in a list', { token_use: ['access_token'] }],
    ['null', { token_use: null }],
    ['that it is another kind as well', { token_use: 'access_token', typ: 'Refresh' }],
  ])('refuses a token of which the server says %s (RSP-32)', (_, members) => {
    expect(checkPolicy({ ...good, ...members }, accessToken)).toBe('token_kind')
  })

  test.each(['constructor', '__proto__', 'toString'])('finds no kind in what every object has: %s', (member) => {
    expect(checkPolicy(good, { ...policy, tokenKind: { member, oneOf: ['function'] } })).toBe('token_kind')
  })

  test('takes any one of several audiences', () => {
    const either = { audience: ['urn:orders', audience], scope: [] }
    expect(checkPolicy({ aud: ['x', 'urn:orders'] }, either)).toBeUndefined()
    expect(checkPolicy({ aud: audience }, either)).toBeUndefined()
    expect(checkPolicy({ aud: ['x', 'y'] }, either)).toBe('audience')
  })

  test('wants every scope token, in any order', () => {
    const both = { audience: [audience], scope: ['orders:read', 'orders:write'] }
    expect(checkPolicy({ aud: audience, scope: 'orders:write orders:read' }, both)).toBeUndefined()
    expect(checkPolicy({ aud: audience, scope: 'orders:read' }, both)).toBe('scope')
    expect(checkPolicy({ aud: audience, scope: 'orders:write' }, both)).toBe('scope')
  })

  test('leaves the audience unchecked only when it is told to', () => {
    expect(checkPolicy({ scope: 'orders:read' }, { audience: false, scope: ['orders:read'] })).toBeUndefined()
    expect(checkPolicy({ token_type: 'refresh_token' }, { audience: false, scope: [] })).toBe('token_kind')
  })

  test('names the kind before the audience, and the audience before the scope', () => {
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
  test('takes all of one list of several', () => {
    const scope = { alternatives: [['admin'], ['a', 'b']], wanted: 'admin' }
    expect(checkPermission({ scope: 'x admin' }, { ...anything, scope }, () => now)).toBeUndefined()
    expect(checkPermission({ scope: 'b a' }, { ...anything, scope }, () => now)).toBeUndefined()
    expect(checkPermission({ scope: 'a' }, { ...anything, scope }, () => now)).toBe('scope')
  })

  test.each([[true], [false], [undefined], ['yes'], [Promise.resolve(true)]])(
    'takes only true from a function: %s',
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

  test('gives the function the scope tokens, none of them where there are none', () => {
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
    ['the class that is wanted', { acr: 'mfa' }, undefined],
    ['another class that is enough', { acr: 'phr' }, undefined],
    ['a weaker class', { acr: 'pwd' }, 'authentication'],
    ['no class', {}, 'authentication'],
    ['a class that has one inside', { acr: 'mfa phr' }, 'authentication'],
  ])('judges a login with %s (STEP-06)', (_, token, refusal) => {
    expect(checkPermission(token, { ...anything, acrValues: ['phr', 'mfa'] }, () => now)).toBe(refusal)
  })

  test.each([
    ['just now', now, undefined],
    ['as long ago as it may be', now - 300, undefined],
    ['too long ago', now - 301, 'authentication'],
    ['a little ahead', now + 5, undefined],
    ['in the future', now + 6, 'authentication'],
    ['at no time', undefined, 'authentication'],
    ['at a time that is no number', Number.NaN, 'authentication'],
  ])('judges a login %s (STEP-06)', (_, authTime, refusal) => {
    const policyOfAge = { ...anything, maxAuthenticationAgeSeconds: 300 }
    expect(checkPermission({ auth_time: authTime }, policyOfAge, () => now)).toBe(refusal)
  })

  test('wants a login just now where the age is 0', () => {
    expect(checkPermission({ auth_time: now - 1 }, { ...anything, maxAuthenticationAgeSeconds: 0 }, () => now)).toBe(
      'authentication',
    )
  })
})

test('decides about remembered values as about new ones, whatever came before', () => {
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
    scope: { alternatives: [['orders:read'], ['a', 'b']], wanted: 'orders:read' },
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
