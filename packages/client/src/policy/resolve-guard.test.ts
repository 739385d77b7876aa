import { describe, expect, test } from 'vitest'
import { IntrospectionClient } from '../introspection-client.ts'
import { clientSecretBasic } from '../transport/client-authentication/client-secret-basic.ts'
import type { GuardOptions } from './policy-options.ts'
import type { InheritedPolicy } from './resolve-policy.ts'
import { resolveGuardOptions } from './resolve-guard.ts'
import { FLAT_HIERARCHY } from './scope-implications.ts'

const none: InheritedPolicy = {
  audience: undefined,
  realm: 'protected resource',
  tokenKind: undefined,
  acceptedTokenTypes: undefined,
  scopeHierarchy: FLAT_HIERARCHY,
  senderConstraint: undefined,
  resourceMetadata: undefined,
  confirmation: { dpop: undefined, certificate: undefined },
}
const inherited: InheritedPolicy = { ...none, audience: ['urn:client'], realm: 'client' }
const client = new IntrospectionClient({
  issuer: 'https://as.example.com',
  clientAuthentication: clientSecretBasic('api', 's3cr3t'),
})

const accepts = () => true

function scopeOf(scope: GuardOptions['scope']) {
  return resolveGuardOptions({ audience: false, scope }, none).policy.scope
}

describe('resolveGuardOptions', () => {
  test("uses the client's options unless the guard gives its own", () => {
    expect(resolveGuardOptions({}, inherited)).toMatchObject({ realm: 'client', policy: { audience: ['urn:client'] } })
    expect(resolveGuardOptions({ audience: 'urn:guard', realm: 'guard' }, inherited)).toMatchObject({
      realm: 'guard',
      policy: { audience: ['urn:guard'] },
    })
    expect(resolveGuardOptions({ audience: false }, inherited).policy.audience).toBe(false)
    expect(resolveGuardOptions({ audience: ['urn:a', 'urn:b'] }, none)).toMatchObject({
      realm: 'protected resource',
      policy: { audience: ['urn:a', 'urn:b'] },
    })
  })

  test('leaves the memory of passed values to guards, because each watched connection has a policy of its own', () => {
    expect(resolveGuardOptions({}, inherited).policy.passed).toBeUndefined()
  })

  test('reads scope as one list, as several lists, or as a predicate', () => {
    expect(scopeOf(undefined)).toMatchObject({ alternatives: [[]], wanted: undefined })
    expect(scopeOf('a b')).toMatchObject({ alternatives: [[['a'], ['b']]], wanted: 'a b' })
    expect(scopeOf(['a', 'b'])).toMatchObject(scopeOf('a b'))
    expect(scopeOf(['a b', 'c'])).toMatchObject({ alternatives: [[['a'], ['b'], ['c']]], wanted: 'a b c' })
    expect(scopeOf({ anyOf: ['admin', 'a b'] })).toMatchObject({
      alternatives: [[['admin']], [['a'], ['b']]],
      wanted: 'admin',
    })
    expect(scopeOf(accepts)).toMatchObject({
      alternatives: [],
      accepts: expect.any(Function) as unknown,
      wanted: undefined,
    })
  })

  test.each([
    ['no audience anywhere', {}, 'guard.audience'],
    ['an empty audience', { audience: '' }, 'guard.audience'],
    ['an empty list of audiences', { audience: [] }, 'guard.audience'],
    ['an audience with an empty string', { audience: ['urn:a', ''] }, 'guard.audience'],
    ['an audience that is true', { audience: true }, 'guard.audience'],
    ['an unknown option', { audience: false, scopes: 'a' }, 'guard.scopes'],
    ['an empty array of scopes', { audience: false, scope: [] }, 'guard.scope'],
    ['an array with an empty scope', { audience: false, scope: ['a', ''] }, 'guard.scope'],
    ['an array with a scope of spaces', { audience: false, scope: ['a', ' '] }, 'guard.scope'],
    ['an array with a number', { audience: false, scope: ['a', 7] }, 'guard.scope'],
    ['a scope that is null', { audience: false, scope: null }, 'guard.scope'],
    ['an empty scope', { audience: false, scope: '' }, 'guard.scope'],
    ['a scope of spaces alone, which would require nothing', { audience: false, scope: '  ' }, 'guard.scope'],
    ['a scope with quotes', { audience: false, scope: 'a "b"' }, 'guard.scope'],
    ['a scope with a line break', { audience: false, scope: 'a\r\nX-Injected: 1' }, 'guard.scope'],
    ['a scope outside ASCII', { audience: false, scope: 'caf\u00e9' }, 'guard.scope'],
    ['an empty anyOf', { audience: false, scope: { anyOf: [] } }, 'guard.scope'],
    ['an anyOf with an empty scope', { audience: false, scope: { anyOf: ['a', ' '] } }, 'guard.scope'],
    ['a misspelt anyOf', { audience: false, scope: { allOf: ['a'] } }, 'guard.scope.allOf'],
    ['a realm with a line break', { audience: false, realm: 'a\nb' }, 'guard.realm'],
    ['a realm that is not a string', { audience: false, realm: 5 }, 'guard.realm'],
    ['an issuer that is not a URL', { audience: false, issuer: 'as.example.com' }, 'guard.issuer'],
    ['an empty list of issuers', { audience: false, issuer: [] }, 'guard.issuer'],
    ['an acr value with a space', { audience: false, acrValues: ['a b'] }, 'guard.acrValues'],
    ['an acr value with a quote', { audience: false, acrValues: 'a"b' }, 'guard.acrValues'],
    ['a negative age', { audience: false, maxAuthenticationAgeSeconds: -1 }, 'guard.maxAuthenticationAgeSeconds'],
    [
      'an age that is not a whole number',
      { audience: false, maxAuthenticationAgeSeconds: 1.5 },
      'guard.maxAuthenticationAgeSeconds',
    ],
    [
      'details without a type',
      { audience: false, authorizationDetails: { actions: ['x'] } },
      'guard.authorizationDetails.type',
    ],
    [
      'details with a misspelt member',
      { audience: false, authorizationDetails: { type: 'payment', action: ['initiate'] } },
      'guard.authorizationDetails.action',
    ],
    [
      'details with a member in another case',
      { audience: false, authorizationDetails: { type: 'payment', Actions: ['initiate'] } },
      'guard.authorizationDetails.Actions',
    ],
    [
      'details with a member of your API, which would not be compared',
      { audience: false, authorizationDetails: { type: 'payment', creditorAccount: 'NL00BANK' } },
      'guard.authorizationDetails.creditorAccount',
    ],
    [
      'details with a string in place of an array',
      { audience: false, authorizationDetails: { type: 'payment', actions: 'initiate' } },
      'guard.authorizationDetails.actions',
    ],
    [
      'details with an empty list',
      { audience: false, authorizationDetails: { type: 'payment', actions: [] } },
      'guard.authorizationDetails.actions',
    ],
    [
      'details with an identifier that is not a string',
      { audience: false, authorizationDetails: { type: 'payment', identifier: 7 } },
      'guard.authorizationDetails.identifier',
    ],
    ['details that are text', { audience: false, authorizationDetails: 'payment' }, 'guard.authorizationDetails'],
    ['details that are null', { audience: false, authorizationDetails: null }, 'guard.authorizationDetails'],
    ['a promise of options', Promise.resolve({ audience: false, scope: 'a' }), 'guard'],
    ['options in a map', new Map<string, unknown>([['audience', false]]), 'guard'],
    ['a permission without a resource', { audience: false, permission: {} }, 'guard.permission.resourceId'],
    [
      'a permission with one string in place of an array',
      { audience: false, permission: { resourceId: 'a', resourceScopes: 'x' } },
      'guard.permission.resourceScopes',
    ],
    ['a check that is not a function', { audience: false, check: true }, 'guard.check'],
    ['an optional that is not a boolean', { audience: false, optional: 'yes' }, 'guard.optional'],
    [
      'a senderConstraint that the client cannot verify',
      { audience: false, senderConstraint: 'dpop' },
      'guard.senderConstraint',
    ],
    ['an unknown senderConstraint', { audience: false, senderConstraint: 'mtls' }, 'guard.senderConstraint'],
    ['a metadata URL that is not a URL', { audience: false, resourceMetadata: '/x' }, 'guard.resourceMetadata'],
    [
      'a metadata URL with a quote',
      { audience: false, resourceMetadata: 'https://a.example/"' },
      'guard.resourceMetadata',
    ],
    ['a kind without a member', { audience: false, tokenKind: { oneOf: ['x'] } }, 'guard.tokenKind.member'],
  ])('refuses %s by its full path', (_, options, path) => {
    for (const resolve of [
      () => resolveGuardOptions(options as GuardOptions, none),
      () => client.guard(options as GuardOptions),
    ]) {
      expect(resolve).toThrow(TypeError)
      expect(resolve).toThrow(`${path}: `)
    }
  })
})
