import { describe, expect, test } from 'vitest'
import { checkPolicy, type Policy } from './check-policy.ts'

const audience = 'https://api.example.com'
const thumbprint = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'
const policy: Policy = { audience: [audience], scope: ['orders:read'] }
const good = { active: true, aud: audience, scope: 'orders:read' }

describe('checkPolicy', () => {
  test.each([
    ['exactly what is required', {}],
    ['the audience in a list', { aud: ['https://other.example.com', audience] }],
    ['more scope', { scope: 'a orders:read b' }],
    ['the type Bearer', { token_type: 'Bearer' }],
    ['the type bearer', { token_type: 'bearer' }],
    ['the type N_A', { token_type: 'N_A' }],
    ['the kind access_token', { token_type: 'access_token', token_use: 'access_token', token_usage: 'access_token' }],
    ['the URI of an access token', { token_type: 'urn:ietf:params:oauth:token-type:access_token' }],
    ['the typ at+jwt', { typ: 'at+jwt' }],
    ['a kind that is no string', { token_use: 7 }],
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
    ['the URI of a refresh token', { token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }, 'token_kind'],
    ['the URI of an ID token', { token_use: 'urn:ietf:params:oauth:token-type:id_token' }, 'token_kind'],
    ['a DPoP key', { cnf: { jkt: thumbprint } }, 'confirmation'],
    ['a certificate', { cnf: { 'x5t#S256': thumbprint } }, 'confirmation'],
    ['a confirmation of an unknown kind', { cnf: { 'urn:example': 1 } }, 'confirmation'],
    ['an empty confirmation', { cnf: {} }, 'confirmation'],
    ['a DPoP key, though its type is Bearer', { token_type: 'Bearer', cnf: { jkt: thumbprint } }, 'confirmation'],
    ['the type DPoP', { token_type: 'DPoP' }, 'confirmation'],
    ['the type dpop', { token_type: 'dpop' }, 'confirmation'],
  ])('refuses a token with %s', (_, members, refusal) => {
    expect(checkPolicy({ ...good, ...members }, policy)).toBe(refusal)
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

  test('names the kind before the key, the key before the audience, the audience before the scope', () => {
    const members = { token_use: 'refresh_token', cnf: {}, aud: 'x', scope: 'x' }
    expect(checkPolicy(members, policy)).toBe('token_kind')
    expect(checkPolicy({ ...members, token_use: undefined }, policy)).toBe('confirmation')
    expect(checkPolicy({ aud: 'x', scope: 'x' }, policy)).toBe('audience')
    expect(checkPolicy({ aud: audience, scope: 'x' }, policy)).toBe('scope')
  })
})
