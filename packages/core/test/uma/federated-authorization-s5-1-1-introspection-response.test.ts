import { describe, expect, test } from 'vitest'
import { parseIntrospectionResponse } from '../../src/index.ts'

const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error
const permission = {
  resource_id: '112210f47de98100',
  resource_scopes: ['view', 'http://photoz.example.com/dev/actions/print'],
}

function active(permissions: unknown) {
  return parseIntrospectionResponse({ active: true, permissions })
}

describe('UMA 2.0 Federated Authorization §5.1.1', () => {
  test.each([
    [[]],
    [[permission]],
    [[{ resource_id: 'r', resource_scopes: [] }]],
    [[{ ...permission, exp: 1256953732, iat: 1256912345, nbf: 1256912345 }, permission]],
  ])('EXT-15 keeps %j', (permissions) => {
    expect(active(permissions)).toEqual({ active: true, permissions })
  })

  test('EXT-15 rounds a date with a fraction down (RFC 7519 §2)', () => {
    const [given, kept] = [1256953732.5, 1256953732].map((exp) => [{ ...permission, exp }])
    expect(active(given)).toEqual({ active: true, permissions: kept })
  })

  test.each([
    [[{ resource_set_id: '112210f47de98100', scopes: ['view'] }]],
    [[{ resource_id: 'r', scopes: ['view'] }]],
    [[{ resource_set_id: 'r', resource_scopes: ['view'] }]],
    [[{ resource_id: 5, resource_scopes: [] }]],
    [[{ resource_id: 'r', resource_scopes: 'view' }]],
    [[{ resource_id: 'r', resource_scopes: [5] }]],
    [[{ ...permission, exp: '1256953732' }]],
    [[{ ...permission, iat: 1256912345000 }]],
    [[{ ...permission, nbf: null }]],
    [permission],
    ['view'],
  ])('EXT-15 refuses %j', (permissions) => {
    expect(() => active(permissions)).toThrow(malformed)
  })
})
