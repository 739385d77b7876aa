import { describe, expect, test } from 'vitest'
import { isIssuer, parseAuthorizationServerMetadata } from '../../src/index.ts'

const issuer = 'https://server.example.com'

describe('RFC 8414 §2', () => {
  test.each(['https://server.example.com', 'https://server.example.com/tenant', 'https://server.example.com:8443/'])(
    'META-01 accepts %s as an issuer',
    (value) => {
      expect(isIssuer(value)).toBe(true)
    },
  )

  test.each([
    'http://server.example.com',
    'https://server.example.com?x',
    'https://server.example.com/?',
    'https://server.example.com#y',
    'https://server.example.com/#',
    'server.example.com',
    'urn:server',
  ])('META-01 does not accept %s as an issuer', (value) => {
    expect(isIssuer(value)).toBe(false)
  })

  test('META-06 reads metadata without an introspection endpoint, and does not invent one', () => {
    const metadata = parseAuthorizationServerMetadata({ issuer, token_endpoint: `${issuer}/token` }, issuer)
    expect(metadata.introspection_endpoint).toBeUndefined()
  })

  test('META-07 assumes no authentication method when none is listed', () => {
    const document = { issuer, introspection_endpoint: `${issuer}/introspect` }
    expect(parseAuthorizationServerMetadata(document, issuer)).toEqual(document)
  })

  test.each(['Bearer', 'DPoP', 'private_key_jwt', 'attest_jwt_client_auth', 'x'])(
    'META-08 accepts %s as an authentication method',
    (method) => {
      const document = { issuer, introspection_endpoint_auth_methods_supported: [method] }
      const metadata = parseAuthorizationServerMetadata(document, issuer)
      expect(metadata.introspection_endpoint_auth_methods_supported).toEqual([method])
    },
  )

  test('META-11 ignores signed metadata, because this package does not verify its signature', () => {
    const signed = `e30.${Buffer.from('{"introspection_endpoint":"https://evil.example"}').toString('base64url')}.`
    const document = { issuer, introspection_endpoint: `${issuer}/introspect`, signed_metadata: signed }
    expect(parseAuthorizationServerMetadata(document, issuer).introspection_endpoint).toBe(`${issuer}/introspect`)
  })
})
