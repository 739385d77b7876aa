import { describe, expect, test } from 'vitest'
import { parseProtectedResourceMetadata } from './protected-resource-metadata.ts'

const secret = 'dG9rZW4tc2VjcmV0'
const resource = 'https://rs.example/orders'
const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

const full = {
  resource,
  authorization_servers: ['https://as.example'],
  jwks_uri: 'https://rs.example/jwks',
  scopes_supported: ['read'],
  bearer_methods_supported: ['header'],
  resource_signing_alg_values_supported: ['ES256'],
  resource_name: 'Orders',
  resource_documentation: 'https://rs.example/docs',
  resource_policy_uri: 'https://rs.example/policy',
  resource_tos_uri: 'https://rs.example/tos',
  tls_client_certificate_bound_access_tokens: false,
  authorization_details_types_supported: ['payment_initiation'],
  dpop_signing_alg_values_supported: ['ES256'],
  dpop_bound_access_tokens_required: true,
}

describe('parseProtectedResourceMetadata', () => {
  test('keeps known and unknown members', () => {
    const document = { ...full, 'resource_name#en': 'Orders', unknown: [1] }
    expect(parseProtectedResourceMetadata(document, resource)).toEqual(document)
  })

  test('needs only the resource', () => {
    expect(parseProtectedResourceMetadata({ resource }, resource)).toEqual({ resource })
  })

  test.each([
    ['a trailing slash', `${resource}/`],
    ['another case', 'https://RS.example/orders'],
    ['another resource', 'https://evil.example/orders'],
  ])('refuses a resource that differs by %s', (_, other) => {
    expect(() => parseProtectedResourceMetadata({ ...full, resource: other }, resource)).toThrow(malformed)
  })

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['an array', [full]],
    ['no resource', { ...full, resource: undefined }],
    ['keys over http', { ...full, jwks_uri: 'http://rs.example/jwks' }],
    ['the algorithm none', { ...full, resource_signing_alg_values_supported: ['ES256', 'none'] }],
  ])('refuses %s', (_, document) => {
    expect(() => parseProtectedResourceMetadata(document, resource)).toThrow(malformed)
  })

  test.each(Object.keys(full))('refuses another type of %s, and names the member but not the value', (member) => {
    for (const value of [[5, secret], secret.length, null]) {
      const parse = () => parseProtectedResourceMetadata({ ...full, [member]: value }, resource)
      expect(parse).toThrow(malformed)
      expect(parse).toThrow(member)
      expect(parse).not.toThrow(secret)
    }
  })
})
