import { describe, expect, test } from 'vitest'
import { parseIntrospectionResponse } from '../../src/index.ts'

const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error

function active(members: object) {
  return parseIntrospectionResponse({ active: true, ...members })
}

describe('RFC 9200 §5.9.2', () => {
  test('EXT-18 keeps the members of ACE', () => {
    const members = { ace_profile: 'coap_dtls', cnonce: 'DNg-B_eC', cti: 'MTIz', exi: 3600 }
    expect(active(members)).toEqual({ active: true, ...members })
  })

  test.each([
    ['ace_profile', 1],
    ['cnonce', 'DNg='],
    ['cnonce', 'DN+/'],
    ['cnonce', 5],
    ['cti', 'MTIz\n'],
    ['cti', ['MTIz']],
    ['exi', '3600'],
    ['exi', 0.5],
    ['exi', -1],
  ])('EXT-18 refuses %s of %j', (member, value) => {
    expect(() => active({ [member]: value })).toThrow(malformed)
  })
})
