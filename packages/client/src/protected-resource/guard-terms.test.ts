import { describe, expect, test } from 'vitest'
import type { AcceptedTokens } from '../guards/accepted-tokens.ts'
import { combineTerms, findContradiction, type GuardTerms, termsOf } from './guard-terms.ts'

const plain: AcceptedTokens = {
  issuers: ['https://as.example'],
  sources: ['header'],
  dpopAlgorithms: [],
  certificates: false,
  senderConstraint: undefined,
}
const withDpop: AcceptedTokens = { ...plain, dpopAlgorithms: ['ES256', 'PS256'] }
const withBoth: AcceptedTokens = { ...withDpop, certificates: true }

const terms: GuardTerms = {
  issuers: [],
  scopes: [],
  authorizationDetailsTypes: [],
  bearerMethods: ['header', 'query'],
  dpopAlgorithms: ['ES256'],
  demandsDpop: false,
  certificates: false,
}

describe('termsOf', () => {
  test('has only the terms of the client for a guard without requirements', () => {
    expect(termsOf({}, plain)).toEqual({
      ...terms,
      issuers: plain.issuers,
      bearerMethods: ['header'],
      dpopAlgorithms: [],
    })
  })

  test.each([
    ['one list', 'a b', ['a', 'b']],
    ['an array, each scope once', ['a b', 'b', 'c'], ['a', 'b', 'c']],
    ['several lists, each scope once', { anyOf: ['a b', 'b c'] }, ['a', 'b', 'c']],
    ['a predicate, which cannot be read', () => true, []],
  ] as const)('reads the scopes of %s', (_, scope, scopes) => {
    expect(termsOf({ scope }, plain).scopes).toEqual(scopes)
  })

  test.each([
    ['an object', { type: 'payment', actions: ['read'] }, ['payment']],
    ['a function', () => true, []],
  ] as const)('reads the types of authorization details of %s', (_, authorizationDetails, types) => {
    expect(termsOf({ authorizationDetails }, plain).authorizationDetailsTypes).toEqual(types)
  })

  test('names the token sources in the words of the standard', () => {
    expect(termsOf({}, { ...plain, sources: ['header', 'form', 'query'] }).bearerMethods).toEqual([
      'header',
      'body',
      'query',
    ])
  })

  test.each([
    ['dpop', withDpop, true],
    ['dpop', withBoth, true],
    ['any', withDpop, true],
    ['any', withBoth, false],
    ['certificate', withBoth, false],
    [undefined, withBoth, false],
  ] as const)(
    'when the guard requires %s, it knows whether bearer tokens are accepted',
    (senderConstraint, accepts, demands) => {
      for (const found of [termsOf({ senderConstraint }, accepts), termsOf({}, { ...accepts, senderConstraint })]) {
        expect([found.demandsDpop, found.bearerMethods]).toEqual([demands, demands ? [] : ['header']])
      }
    },
  )

  test('prefers the issuers of the guard to those of its client', () => {
    expect(termsOf({ issuer: 'https://one.example' }, plain).issuers).toEqual(['https://one.example'])
    expect(termsOf({ issuer: ['https://a.example', 'https://b.example'] }, plain).issuers).toHaveLength(2)
  })
})

describe('combineTerms', () => {
  test('is empty without guards', () => {
    expect(combineTerms([])).toEqual({})
  })

  test('joins the requirements, and keeps the ways of presenting a token that every guard accepts', () => {
    const other: GuardTerms = {
      issuers: ['https://as.example'],
      scopes: ['b', 'a'],
      authorizationDetailsTypes: ['payment'],
      bearerMethods: ['header'],
      dpopAlgorithms: ['PS256', 'ES256'],
      demandsDpop: false,
      certificates: true,
    }
    expect(combineTerms([{ ...terms, scopes: ['a'] }, other])).toEqual({
      authorization_servers: ['https://as.example'],
      scopes_supported: ['a', 'b'],
      bearer_methods_supported: ['header'],
      authorization_details_types_supported: ['payment'],
      dpop_signing_alg_values_supported: ['ES256'],
    })
    expect(combineTerms([other])).toMatchObject({ tls_client_certificate_bound_access_tokens: true })
  })

  test('rules bearer tokens out only when no guard accepts them', () => {
    const demanding = { ...terms, demandsDpop: true, bearerMethods: [] }
    expect(combineTerms([demanding])).toMatchObject({
      bearer_methods_supported: [],
      dpop_bound_access_tokens_required: true,
    })
    const mixed = combineTerms([demanding, terms])
    expect(mixed.bearer_methods_supported).toEqual(['header', 'query'])
    expect(mixed).not.toHaveProperty('dpop_bound_access_tokens_required')
  })
})

describe('findContradiction', () => {
  const demanding = { ...terms, demandsDpop: true, bearerMethods: [] }

  test.each([
    ['nothing', {}, terms],
    ['fewer methods than the guard accepts', { bearer_methods_supported: ['header'] }, terms],
    ['no bearer methods', { bearer_methods_supported: [] }, demanding],
    ['an accepted algorithm', { dpop_signing_alg_values_supported: ['ES256'] }, terms],
    ['that DPoP is required', { dpop_bound_access_tokens_required: true }, demanding],
    ['that DPoP is not required', { dpop_bound_access_tokens_required: false }, terms],
    ['that certificates are not accepted', { tls_client_certificate_bound_access_tokens: false }, terms],
    ['members that guards do not decide', { resource_name: 'Orders', scopes_supported: ['z'] }, terms],
  ])('finds no contradiction when the metadata state %s', (_, stated, guard) => {
    expect(findContradiction(stated, guard)).toBeUndefined()
  })

  test.each([
    ['bearer_methods_supported', ['body'], terms],
    ['bearer_methods_supported', ['header', 'body'], terms],
    ['bearer_methods_supported', [], terms],
    ['dpop_signing_alg_values_supported', ['ES256', 'EdDSA'], terms],
    ['dpop_bound_access_tokens_required', true, terms],
    ['dpop_bound_access_tokens_required', false, demanding],
    ['tls_client_certificate_bound_access_tokens', true, terms],
    ['tls_client_certificate_bound_access_tokens', false, { ...terms, certificates: true }],
  ])('finds that the guard contradicts %s of %o', (member, value, guard) => {
    expect(findContradiction({ [member]: value }, guard)).toBe(member)
  })
})
