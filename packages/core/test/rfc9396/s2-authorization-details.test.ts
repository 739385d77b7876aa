import { describe, expect, test } from 'vitest'
import { parseIntrospectionResponse } from '../../src/index.ts'

const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error
const account = { type: 'account_information', actions: ['list_accounts'], locations: ['https://example.com/accounts'] }

function active(details: unknown) {
  return parseIntrospectionResponse({ active: true, authorization_details: details })
}

describe('RFC 9396 §2', () => {
  test.each([
    [{ actions: ['read'] }],
    [{ type: 5 }],
    [{ type: null }],
    [{ type: ['a'] }],
    [{ Type: 'a' }],
    [{ type: '' }],
  ])('EXT-07 refuses the detail %j, which has no type', (detail) => {
    expect(() => active([account, detail])).toThrow(malformed)
  })

  test('EXT-07 keeps several details of one type separate', () => {
    const details = [account, { ...account, actions: ['read_balances'], locations: ['https://other.example'] }]
    expect(active(details)).toEqual({ active: true, authorization_details: details })
  })
})

describe('RFC 9396 §9.2', () => {
  test.each([[JSON.stringify([account])], [account], [{ 0: account }], ['account_information'], [null]])(
    'EXT-06 refuses %j, which is not an array of objects',
    (details) => {
      expect(() => active(details)).toThrow(malformed)
    },
  )

  test.each([['account_information'], [5], [null], [[account]]])('EXT-06 refuses the element %j', (element) => {
    expect(() => active([element])).toThrow(malformed)
  })
})

describe('RFC 9396 §12', () => {
  test('EXT-09 changes no string: it keeps the case, the blanks and the Unicode form', () => {
    const details = [
      { type: 'Payment_Initiation ', identifier: 'e\u0301', actions: ['\u00e9', ' READ'], other: '\ufb01' },
    ]
    expect(active(details)).toEqual({ active: true, authorization_details: details })
  })
})
