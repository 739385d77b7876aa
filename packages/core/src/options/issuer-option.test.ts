import { describe, expect, test } from 'vitest'
import { OptionGroup, resolveIssuer } from './index.ts'

const resolve = (issuer: unknown): string | undefined =>
  resolveIssuer(new OptionGroup('', { issuer }, ['issuer', 'allowHttpOnLoopback']), {})

describe('resolveIssuer', () => {
  test.each(['https://as.example.com', 'https://as.example.com/realms/main', undefined])('reads %s', (issuer) => {
    expect(resolve(issuer)).toBe(issuer)
  })

  test.each([
    ['https://as.example.com/.well-known/openid-configuration', 'https://as.example.com'],
    ['https://as.example.com/realms/main/.well-known/openid-configuration', 'https://as.example.com/realms/main'],
    ['https://as.example.com/.well-known/oauth-authorization-server/realms/main', 'https://as.example.com/realms/main'],
  ])('names the issuer whose metadata are at %s', (url, issuer) => {
    expect(() => resolve(url)).toThrow(
      new TypeError(`issuer: is the URL of metadata; give the issuer itself: ${issuer}`),
    )
  })

  test.each([
    ['a path that only begins alike', 'https://as.example.com/.well-known/openid-configurations'],
    ['another well-known path', 'https://as.example.com/.well-known/webfinger'],
  ])('accepts %s', (_, issuer) => {
    expect(resolve(issuer)).toBe(issuer)
  })

  test.each([
    ['http://localhost:8080', 'set allowHttpOnLoopback: true'],
    ['as.example.com', 'must be an https URL'],
    [new URL('https://as.example.com'), 'give its href'],
  ])('refuses %s with the remedy', (issuer, remedy) => {
    expect(() => resolve(issuer)).toThrow(TypeError)
    expect(() => resolve(issuer)).toThrow(remedy)
  })

  test.each([
    ['as.example.com', 'no scheme in front, such as https://'],
    ['localhost:8080', 'no scheme in front, such as https://'],
    ['ftp://as.example.com', 'another scheme'],
    ['https://user:s3cr3t@as.example.com', 'credentials'],
    ['https://as.example.com?tenant=a', 'a query'],
    ['https://as.example.com/#top', 'a fragment'],
    ['https://as.example.com/?a#b', 'a query, and a fragment'],
    ['https://as.example.com\\main', 'a backslash'],
    ['https://as.example.com/\n', 'white space or a control character'],
  ])('says what is wrong with %j', (issuer, fault) => {
    expect(() => resolve(issuer)).toThrow(
      new TypeError(`issuer: must be an https URL without query and fragment (RFC 8414 §2); this one has ${fault}`),
    )
  })

  test('says no more of http than the remedy', () => {
    expect(() => resolve('http://localhost:8080')).toThrow(/\(RFC 8414 §2\); for http on this machine/)
  })
})
