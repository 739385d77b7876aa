import { describe, expect, test } from 'vitest'
import { readClientSecretBasic } from './client-secret-basic.ts'

function token68(text: string): string {
  return Buffer.from(text).toString('base64')
}

describe('readClientSecretBasic', () => {
  test.each<[string, string, [clientId: string, clientSecret: string][]]>([
    ['once when both readings are the same', 'id:secret', [['id', 'secret']]],
    [
      'twice when the readings differ, form-decoded first',
      'a%2Fb:c+d',
      [
        ['a/b', 'c d'],
        ['a%2Fb', 'c+d'],
      ],
    ],
    [
      'twice when only the identifier differs',
      '%69d:secret',
      [
        ['id', 'secret'],
        ['%69d', 'secret'],
      ],
    ],
    ['only raw when it is not form-encoded', 'id:100%', [['id', '100%']]],
    ['only raw when it decodes to a control character', 'id:a%00b', [['id', 'a%00b']]],
    ['with the first colon as the separator', 'id:a:b:', [['id', 'a:b:']]],
    ['with an empty identifier and secret', ':', [['', '']]],
    ['not at all without a colon', 'id', []],
    ['not at all with a control character', 'id:a\u0007', []],
  ])('reads %s', (_, text, readings) => {
    const expected = readings.map(([clientId, clientSecret]) => ({ clientId, clientSecret }))
    expect(readClientSecretBasic(token68(text), 'form-then-raw')).toEqual(expected)
  })

  test.each<[string, string, [clientId: string, clientSecret: string][]]>([
    ['form-decoded', 'a%2Fb:c+d', [['a/b', 'c d']]],
    ['unchanged when nothing is encoded', 'id:secret', [['id', 'secret']]],
    ['not at all when it is not form-encoded', 'id:100%', []],
    ['not at all when it decodes to a control character', 'id:a%00b', []],
  ])('reads it %s when only form encoding is allowed', (_, text, readings) => {
    const expected = readings.map(([clientId, clientSecret]) => ({ clientId, clientSecret }))
    expect(readClientSecretBasic(token68(text), 'form')).toEqual(expected)
  })

  test.each(['form', 'form-then-raw'] as const)(
    'reads nothing when the value is not base64 of UTF-8, %s',
    (encoding) => {
      for (const token of ['abcde', 'a', 'YTpi=', '/w==', '', 'a-_b']) {
        expect(readClientSecretBasic(token, encoding)).toEqual([])
      }
    },
  )
})
