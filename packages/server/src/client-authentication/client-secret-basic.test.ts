import { describe, expect, test } from 'vitest'
import { readClientSecretBasic } from './client-secret-basic.ts'

function token68(text: string): string {
  return Buffer.from(text).toString('base64')
}

describe('readClientSecretBasic', () => {
  test.each<[string, string, [clientId: string, clientSecret: string][]]>([
    ['once what reads the same both ways', 'id:secret', [['id', 'secret']]],
    [
      'twice what reads differently, form-decoded first',
      'a%2Fb:c+d',
      [
        ['a/b', 'c d'],
        ['a%2Fb', 'c+d'],
      ],
    ],
    [
      'twice when the identifier alone differs',
      '%69d:secret',
      [
        ['id', 'secret'],
        ['%69d', 'secret'],
      ],
    ],
    ['raw alone what is no form encoding', 'id:100%', [['id', '100%']]],
    ['raw alone what would decode to a control character', 'id:a%00b', [['id', 'a%00b']]],
    ['the first colon as the separator', 'id:a:b:', [['id', 'a:b:']]],
    ['an empty identifier and secret', ':', [['', '']]],
    ['nothing in text without a colon', 'id', []],
    ['nothing in text with a control character', 'id:a\u0007', []],
  ])('reads %s', (_, text, readings) => {
    const expected = readings.map(([clientId, clientSecret]) => ({ clientId, clientSecret }))
    expect(readClientSecretBasic(token68(text), 'form-then-raw')).toEqual(expected)
  })

  test.each<[string, string, [clientId: string, clientSecret: string][]]>([
    ['form-decoded', 'a%2Fb:c+d', [['a/b', 'c d']]],
    ['as it stands where nothing is encoded', 'id:secret', [['id', 'secret']]],
    ['not at all when it is no form encoding', 'id:100%', []],
    ['not at all when it decodes to a control character', 'id:a%00b', []],
  ])('reads it %s where only form encoding is taken', (_, text, readings) => {
    const expected = readings.map(([clientId, clientSecret]) => ({ clientId, clientSecret }))
    expect(readClientSecretBasic(token68(text), 'form')).toEqual(expected)
  })

  test.each(['form', 'form-then-raw'] as const)('reads nothing in what is not base64 of UTF-8, %s', (encoding) => {
    for (const token of ['abcde', 'a', 'YTpi=', '/w==', '', 'a-_b']) {
      expect(readClientSecretBasic(token, encoding)).toEqual([])
    }
  })
})
