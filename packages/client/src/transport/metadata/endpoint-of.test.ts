import { describe, expect, test } from 'vitest'
import { endpointOf, type EndpointRules } from './endpoint-of.ts'

const issuer = 'https://as.example.com/tenant1'
const endpoint = 'https://as.example.com/introspect'
const rules: EndpointRules = { issuer, urlRules: {}, allowedEndpointOrigins: undefined }
const name = 'introspection_endpoint'

function find(url: string, others: Partial<EndpointRules> = {}): string {
  return endpointOf({ name }, { issuer, [name]: url }, { ...rules, ...others })
}

function failureOf(act: () => unknown): Error {
  try {
    act()
  } catch (error) {
    return error as Error
  }
  return expect.fail('it did not fail')
}

describe('endpointOf', () => {
  test('returns the endpoint of the metadata', () => {
    const metadata = { issuer, [name]: endpoint, token_endpoint: 'https://as.example.com/token' }
    expect(endpointOf({ name }, metadata, rules)).toBe(endpoint)
    expect(endpointOf({ name: 'token_endpoint' }, metadata, rules)).toBe('https://as.example.com/token')
  })

  test('returns the mutual-TLS alias for a client with a certificate, if there is one', () => {
    const alias = 'https://mtls.as.example.com/introspect'
    const metadata = { issuer, [name]: endpoint, mtls_endpoint_aliases: { [name]: alias } }
    expect(endpointOf({ name, withCertificate: true }, metadata, rules)).toBe(alias)
    expect(endpointOf({ name }, metadata, rules)).toBe(endpoint)
    expect(endpointOf({ name, withCertificate: true }, { issuer, [name]: endpoint }, rules)).toBe(endpoint)
  })

  test('checks the alias like any other endpoint', () => {
    const metadata = { issuer, [name]: endpoint, mtls_endpoint_aliases: { [name]: 'https://169.254.169.254/' } }
    expect(() => endpointOf({ name, withCertificate: true }, metadata, rules)).toThrow(
      expect.objectContaining({ code: 'ERR_RESPONSE_UNTRUSTED' }),
    )
  })

  test('names the alternatives when there is no introspection endpoint', () => {
    const error = failureOf(() => endpointOf({ name }, { issuer }, rules))
    expect(error).toMatchObject({ code: 'ERR_TRANSPORT_ENDPOINT_MISSING', retryable: false })
    for (const way of ['endpoint option', 'jwks_uri', 'audience', 'userinfo_endpoint']) {
      expect(error.message).toContain(way)
    }
    const other = failureOf(() => endpointOf({ name: 'token_endpoint' }, { issuer }, rules))
    expect(other).toMatchObject({ code: 'ERR_TRANSPORT_ENDPOINT_MISSING' })
    expect(other.message).toContain('clientCredentials({ tokenEndpoint })')
    const feed = failureOf(() => endpointOf({ name: 'revocation_feed_endpoint' }, { issuer }, rules))
    expect(feed.message).toBe(
      `the metadata of ${issuer} name no revocation_feed_endpoint; give it as followFeed({ url }) [ERR_TRANSPORT_ENDPOINT_MISSING]`,
    )
  })

  test.each(['', '/introspect', 'as.example.com/introspect', 'https://', 'https://a b/'])(
    'refuses %j as a URL',
    (url) => {
      expect(() => find(url)).toThrow(expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }))
    },
  )

  test.each([
    'http://as.example.com/introspect',
    'http://127.0.0.1/',
    'data:,{}',
    'javascript:alert(1)',
    'file:///etc/passwd',
    `${endpoint}#x`,
    `${endpoint}#`,
    'https://a:b@as.example.com/',
    'https://a@as.example.com/',
  ])('does not trust %s', (url) => {
    expect(() => find(url)).toThrow(expect.objectContaining({ code: 'ERR_RESPONSE_UNTRUSTED' }))
  })

  test.each(['https://other.example.net/introspect', 'https://8.8.8.8/', 'https://as.example.com:8443/x?tenant=a'])(
    'trusts %s, which is public',
    (url) => {
      expect(find(url)).toBe(url)
    },
  )

  test.each([
    'https://10.0.0.5/introspect',
    'https://127.0.0.1/introspect',
    'https://[::1]/introspect',
    'https://localhost/introspect',
    'https://keycloak:8443/introspect',
    'https://169.254.169.254/latest/meta-data/',
    'https://2852039166/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://metadata.google.internal/',
  ])('does not trust a public issuer that names an endpoint at %s', (url) => {
    const error = failureOf(() => find(url))
    expect(error).toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED', retryable: false })
    for (const part of [new URL(url).origin, 'endpoint option', 'transport.allowedEndpointOrigins']) {
      expect(error.message).toContain(part)
    }
    expect(error.message).not.toContain('meta-data')
  })

  test('is as strict when http is allowed on loopback', () => {
    const urlRules = { allowHttpOnLoopback: true }
    expect(() => find('http://127.0.0.1:9000/', { urlRules })).toThrow(
      expect.objectContaining({ code: 'ERR_RESPONSE_UNTRUSTED' }),
    )
    expect(find('http://127.0.0.1:9000/', { urlRules, issuer: 'http://localhost:9000' })).toBe('http://127.0.0.1:9000/')
  })

  test.each(['https://10.0.0.5', 'https://keycloak:8443/realms/a', 'https://as.corp.internal', 'https://[fd00::5]'])(
    'trusts the issuer %s, which is not public itself',
    (inside) => {
      expect(find('https://10.0.0.6/introspect', { issuer: inside })).toBe('https://10.0.0.6/introspect')
      expect(find(endpoint, { issuer: inside })).toBe(endpoint)
    },
  )

  test('trusts the allowed origins anywhere, and no others', () => {
    const allowedEndpointOrigins = new Set(['https://10.0.0.5:8443', 'https://api.example.com'])
    expect(find('https://10.0.0.5:8443/introspect', { allowedEndpointOrigins })).toBe(
      'https://10.0.0.5:8443/introspect',
    )
    expect(find('https://API.example.com:443/x', { allowedEndpointOrigins })).toBe('https://API.example.com:443/x')
    for (const url of [
      endpoint,
      'https://10.0.0.5/introspect',
      'https://api.example.com:8443/',
      'https://api.example.com.evil.example/',
      'https://evil.example/https://api.example.com',
    ]) {
      const error = failureOf(() => find(url, { allowedEndpointOrigins }))
      expect(error).toMatchObject({ code: 'ERR_RESPONSE_UNTRUSTED' })
      expect(error.message).toContain('transport.allowedEndpointOrigins')
    }
  })

  test('does not allow http to an origin because it is on the list', () => {
    const allowedEndpointOrigins = new Set(['http://as.example.com'])
    expect(() => find('http://as.example.com/', { allowedEndpointOrigins })).toThrow(
      expect.objectContaining({ code: 'ERR_RESPONSE_UNTRUSTED' }),
    )
  })

  test('shortens a long host name in its message', () => {
    const url = `https://${'a.'.repeat(5000)}internal/`
    expect(failureOf(() => find(url)).message.length).toBeLessThan(600)
  })
})
