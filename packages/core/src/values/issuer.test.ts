import { describe, expect, test } from 'vitest'
import {
  authorizationServerMetadataUrls,
  isIssuer,
  isLoopbackHost,
  isSecureUrl,
  protectedResourceMetadataUrl,
} from './issuer.ts'

describe('isLoopbackHost', () => {
  test.each(['localhost', 'as.localhost', '127.0.0.1', '127.255.0.3', '[::1]'])('accepts %s', (hostname) => {
    expect(isLoopbackHost(hostname)).toBe(true)
  })

  test.each([
    '',
    'example.com',
    'notlocalhost',
    'localhost.example',
    '127.0.0.1.example',
    '128.0.0.1',
    '10.0.0.1',
    '[::2]',
    '0.0.0.0',
  ])('refuses %j', (hostname) => {
    expect(isLoopbackHost(hostname)).toBe(false)
  })
})

describe('isSecureUrl', () => {
  test.each([
    ['https', 'https://as.example/introspect', undefined, true],
    ['http', 'http://as.example/introspect', undefined, false],
    ['http on loopback', 'http://localhost:8080/', undefined, false],
    ['http on loopback when the option allows it', 'http://localhost:8080/', true, true],
    ['http on a loopback address in an unusual spelling', 'http://0x7f.1/', true, true],
    ['http on another host when the option allows only loopback', 'http://as.example/', true, false],
    ['http to the metadata address of a cloud', 'http://169.254.169.254/', true, false],
    ['a host with loopback in its credentials', 'http://localhost@as.example/', true, false],
    ['a host that begins like loopback', 'http://127.0.0.1.as.example/', true, false],
    ['another scheme', 'ftp://localhost/', true, false],
    ['a file', 'file:///etc/hosts', true, false],
  ])('judges %s', (_, url, allowHttpOnLoopback, secure) => {
    expect(isSecureUrl(new URL(url), { allowHttpOnLoopback })).toBe(secure)
  })
})

describe('isIssuer', () => {
  test.each([
    'https://as.example',
    'https://as.example/',
    'https://as.example:8443/tenant/1/',
    'HTTPS://AS.EXAMPLE',
    'https://[2001:db8::1]/a',
    'https://as.example/%7Euser',
  ])('accepts %s', (issuer) => {
    expect(isIssuer(issuer)).toBe(true)
  })

  test.each([
    ['http', 'http://as.example'],
    ['http on loopback', 'http://localhost'],
    ['a query', 'https://as.example/?a=b'],
    ['an empty query', 'https://as.example/?'],
    ['a fragment', 'https://as.example/#a'],
    ['an empty fragment', 'https://as.example/#'],
    ['a user name', 'https://user@as.example'],
    ['a password', 'https://:secret@as.example'],
    ['empty credentials', 'https://@as.example'],
    ['no host', 'https://'],
    ['no slashes', 'https:as.example'],
    ['one slash', 'https:/as.example'],
    ['three slashes', 'https:///as.example'],
    ['backslashes', 'https:\\\\as.example'],
    ['a backslash in the path', 'https://as.example/a\\b'],
    ['a space in front', ' https://as.example'],
    ['a line break at the end', 'https://as.example\n'],
    ['a tab inside', 'https://as.exa\tmple'],
    ['a control character in front', '\x01https://as.example'],
    ['a control character at the end', 'https://as.example\x01'],
    ['a no-break space', 'https://as.example/\u00a0'],
    ['a bad port', 'https://as.example:99999'],
    ['a relative reference', '//as.example'],
    ['a host alone', 'as.example'],
    ['the empty string', ''],
    ['a URL object', new URL('https://as.example')],
    ['an array of one', ['https://as.example']],
    ['an absent value', undefined],
    ['null', null],
  ])('refuses %s', (_, issuer) => {
    expect(isIssuer(issuer)).toBe(false)
  })

  test('accepts http on loopback only when the option allows it', () => {
    expect(isIssuer('http://localhost:9000/a', { allowHttpOnLoopback: true })).toBe(true)
    expect(isIssuer('http://as.example', { allowHttpOnLoopback: true })).toBe(false)
  })
})

describe('authorizationServerMetadataUrls', () => {
  test.each([
    [
      'https://example.com/issuer1',
      [
        'https://example.com/.well-known/oauth-authorization-server/issuer1',
        'https://example.com/issuer1/.well-known/openid-configuration',
        'https://example.com/.well-known/openid-configuration/issuer1',
      ],
    ],
    [
      'https://example.com:8443/a/b/',
      [
        'https://example.com:8443/.well-known/oauth-authorization-server/a/b',
        'https://example.com:8443/a/b/.well-known/openid-configuration',
        'https://example.com:8443/.well-known/openid-configuration/a/b',
      ],
    ],
    [
      'https://example.com/',
      [
        'https://example.com/.well-known/oauth-authorization-server',
        'https://example.com/.well-known/openid-configuration',
      ],
    ],
    [
      'https://example.com',
      [
        'https://example.com/.well-known/oauth-authorization-server',
        'https://example.com/.well-known/openid-configuration',
      ],
    ],
  ])('finds the documents of %s', (issuer, urls) => {
    expect(authorizationServerMetadataUrls(issuer)).toEqual(urls)
  })
})

describe('protectedResourceMetadataUrl', () => {
  test.each([
    ['https://rs.example', 'https://rs.example/.well-known/oauth-protected-resource'],
    ['https://rs.example/', 'https://rs.example/.well-known/oauth-protected-resource'],
    ['https://rs.example/orders', 'https://rs.example/.well-known/oauth-protected-resource/orders'],
    ['https://rs.example/orders/', 'https://rs.example/.well-known/oauth-protected-resource/orders/'],
    ['https://rs.example/?tenant=1', 'https://rs.example/.well-known/oauth-protected-resource?tenant=1'],
    ['https://rs.example:8443/a?b=c', 'https://rs.example:8443/.well-known/oauth-protected-resource/a?b=c'],
  ])('of %s is %s', (resource, url) => {
    expect(protectedResourceMetadataUrl(resource)).toBe(url)
  })
})
