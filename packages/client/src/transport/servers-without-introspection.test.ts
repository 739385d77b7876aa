import { describe, expect, test } from 'vitest'
import { insteadOfIntrospection, SERVERS_WITHOUT_INTROSPECTION } from './servers-without-introspection.ts'

describe('insteadOfIntrospection', () => {
  test.each([
    ['https://acme.auth0.com/', 'Auth0', 'audience'],
    ['https://acme.eu.auth0.com/', 'Auth0', 'JWTs'],
    ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc', 'Amazon Cognito', 'token_use'],
    ['https://login.microsoftonline.com/common/v2.0', 'Microsoft Entra', 'your own API'],
    ['https://accounts.google.com', 'Google', 'tokeninfo'],
    ['https://xyz.supabase.co/auth/v1', 'Supabase', 'jwks_uri'],
    ['https://api.descope.com/P2abc', 'Descope', 'userinfo'],
    ['https://acme.scalekit.com', 'Scalekit', 'validateToken'],
    ['https://github.com/login/oauth', 'GitHub', '/applications/'],
    ['https://id.twitch.tv/oauth2', 'Twitch', '/oauth2/validate'],
  ])('names for %s the alternative %s', (issuer, name, word) => {
    const instead = insteadOfIntrospection(issuer)
    expect(instead).toMatch(new RegExp(`^${name} has no introspection: .*${word}.* See https://\\S+$`))
  })

  test.each([
    'https://as.example.com',
    'https://auth0.com',
    'https://auth0.com.evil.example/',
    'https://evilauth0.com/',
    'https://accounts.google.com.evil.example',
    'https://example.com/accounts.google.com',
    'https://evil-cognito-idp.eu-west-1.amazonaws.com',
    'https://cognito-idp.amazonaws.com',
    'not a URL',
  ])('returns undefined for %s', (issuer) => {
    expect(insteadOfIntrospection(issuer)).toBeUndefined()
  })

  test('has a page of documentation for each', () => {
    for (const { documentation, hosts } of SERVERS_WITHOUT_INTROSPECTION) {
      expect(new URL(documentation).protocol).toBe('https:')
      expect(hosts).not.toEqual([])
    }
  })
})
