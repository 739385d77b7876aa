import { describe, expect, test } from 'vitest'
import { parseAuthorizationServerMetadata } from './server-metadata.ts'

const secret = 'dG9rZW4tc2VjcmV0'
const issuer = 'https://as.example'
const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

const full = {
  issuer,
  jwks_uri: `${issuer}/jwks`,
  introspection_endpoint: `${issuer}/introspect`,
  introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'Bearer'],
  introspection_endpoint_auth_signing_alg_values_supported: ['ES256'],
  client_attestation_signing_alg_values_supported: ['ES256'],
  client_attestation_pop_signing_alg_values_supported: ['ES256'],
  introspection_signing_alg_values_supported: ['ES256'],
  introspection_encryption_alg_values_supported: ['ECDH-ES'],
  introspection_encryption_enc_values_supported: ['A128GCM'],
  revocation_endpoint: `${issuer}/revoke`,
  revocation_endpoint_auth_methods_supported: ['client_secret_basic'],
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  mtls_endpoint_aliases: { introspection_endpoint: 'https://mtls.as.example/introspect', other: 1 },
  tls_client_certificate_bound_access_tokens: true,
  dpop_signing_alg_values_supported: ['ES256'],
  authorization_details_types_supported: ['payment_initiation'],
  protected_resources: ['https://rs.example'],
  acr_values_supported: ['silver'],
}

describe('parseAuthorizationServerMetadata', () => {
  test('keeps known and unknown members', () => {
    const document = { ...full, scopes_supported: ['a'], unknown: { a: 1 } }
    expect(parseAuthorizationServerMetadata(document, issuer)).toEqual(document)
  })

  test('needs only the issuer', () => {
    expect(parseAuthorizationServerMetadata({ issuer }, issuer)).toEqual({ issuer })
  })

  test.each([
    ['a trailing slash', `${issuer}/`],
    ['another case', 'https://AS.example'],
    ['the default port', `${issuer}:443`],
    ['another server', 'https://evil.example'],
    ['nothing', ''],
  ])('refuses an issuer that differs by %s', (_, other) => {
    expect(() => parseAuthorizationServerMetadata({ ...full, issuer: other }, issuer)).toThrow(malformed)
  })

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['an array', [full]],
    ['a string', issuer],
    ['no issuer', { ...full, issuer: undefined }],
    ['an issuer in an array', { ...full, issuer: [issuer] }],
  ])('refuses %s', (_, document) => {
    expect(() => parseAuthorizationServerMetadata(document, issuer)).toThrow(malformed)
  })

  test.each(Object.keys(full))('refuses another type of %s, and names the member but not the value', (member) => {
    for (const value of [[5, secret], secret.length, null]) {
      const parse = () => parseAuthorizationServerMetadata({ ...full, [member]: value }, issuer)
      expect(parse).toThrow(malformed)
      expect(parse).toThrow(member)
      expect(parse).not.toThrow(secret)
    }
  })

  test('ignores members that a prototype provides', () => {
    const document: unknown = JSON.parse(`{"issuer":"${issuer}","__proto__":{"introspection_endpoint":"https://evil"}}`)
    expect(parseAuthorizationServerMetadata(document, issuer).introspection_endpoint).toBeUndefined()
  })

  test('refuses an array with more wrong elements than the schema library can list', () => {
    const wrong = Array.from({ length: 500_000 }, () => 5)
    expect(() => parseAuthorizationServerMetadata({ ...full, protected_resources: wrong }, issuer)).toThrow(malformed)
  })
})
