import { describe, expect, test } from 'vitest'
import { authorizationServerMetadataUrls, parseAuthorizationServerMetadata } from '../../src/index.ts'

const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

describe('RFC 8414 §3.1', () => {
  test.each([
    ['https://example.com', 'https://example.com/.well-known/oauth-authorization-server'],
    ['https://example.com/', 'https://example.com/.well-known/oauth-authorization-server'],
    ['https://example.com/issuer1', 'https://example.com/.well-known/oauth-authorization-server/issuer1'],
    ['https://example.com/t1/', 'https://example.com/.well-known/oauth-authorization-server/t1'],
    ['https://example.com:8443/a/b', 'https://example.com:8443/.well-known/oauth-authorization-server/a/b'],
  ])('META-02 looks for the metadata of %s between host and path', (issuer, url) => {
    expect(authorizationServerMetadataUrls(issuer)[0]).toBe(url)
  })
})

describe('RFC 8414 §3.3', () => {
  const issuer = 'https://example.com/issuer1'

  test.each([
    'https://example.com/issuer1/',
    'https://EXAMPLE.com/issuer1',
    'https://example.com:443/issuer1',
    'https://example.com/%69ssuer1',
    'https://example.com/issuer2',
    'http://example.com/issuer1',
  ])('META-05 refuses a document whose issuer is %s', (other) => {
    expect(() => parseAuthorizationServerMetadata({ issuer: other }, issuer)).toThrow(malformed)
  })

  test('META-05 compares code points, without Unicode normalization', () => {
    const composed = 'https://example.com/\u00e9'
    const decomposed = 'https://example.com/e\u0301'
    expect(() => parseAuthorizationServerMetadata({ issuer: decomposed }, composed)).toThrow(malformed)
    expect(parseAuthorizationServerMetadata({ issuer: composed }, composed)).toEqual({ issuer: composed })
  })
})

describe('RFC 8414 §5', () => {
  test('META-03 tries the URL of RFC 8414 first, then the URL of OpenID Connect Discovery', () => {
    expect(authorizationServerMetadataUrls('https://example.com/issuer1').slice(0, 2)).toEqual([
      'https://example.com/.well-known/oauth-authorization-server/issuer1',
      'https://example.com/issuer1/.well-known/openid-configuration',
    ])
  })

  test('META-03 lists no URL twice for an issuer without a path', () => {
    const urls = authorizationServerMetadataUrls('https://example.com')
    expect(new Set(urls).size).toBe(urls.length)
    expect(urls).toContain('https://example.com/.well-known/openid-configuration')
  })
})
