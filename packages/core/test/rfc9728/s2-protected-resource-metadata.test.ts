import { describe, expect, test } from 'vitest'
import { parseProtectedResourceMetadata } from '../../src/index.ts'

const resource = 'https://resource.example.com'
const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

describe('RFC 9728 §2', () => {
  test('PRM-04 keeps unknown members', () => {
    const document = { resource, bearer_methods_supported: [], 'resource_name#it': 'Risorsa', x: { y: 1 } }
    expect(parseProtectedResourceMetadata(document, resource)).toEqual(document)
  })

  test.each([['none'], ['ES256', 'none']])('PRM-06 refuses the signing algorithm none', (...algorithms) => {
    const document = { resource, resource_signing_alg_values_supported: algorithms }
    expect(() => parseProtectedResourceMetadata(document, resource)).toThrow(malformed)
  })

  test.each(['http://resource.example.com/jwks', 'file:///jwks', 'jwks', ''])(
    'PRM-06 refuses %j as jwks_uri',
    (uri) => {
      expect(() => parseProtectedResourceMetadata({ resource, jwks_uri: uri }, resource)).toThrow(malformed)
    },
  )
})
