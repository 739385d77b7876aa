import { describe, expect, test } from 'vitest'
import {
  ACCEPTED_BASIC_ENCODINGS,
  acceptsEncoding,
  readClientSecretBasic,
  type SecretEncoding,
} from './client-secret-basic.ts'

function token68(text: string, charset: BufferEncoding = 'utf8'): string {
  return Buffer.from(text, charset).toString('base64')
}

type Reading = [clientId: string, clientSecret: string, encoding: SecretEncoding]

describe('readClientSecretBasic', () => {
  test.each<[string, string, Reading[]]>([
    ['once when every encoding gives the same', 'id:secret', [['id', 'secret', 'any']]],
    [
      'twice when the encodings differ, form-decoded first',
      'a%2Fb:c+d',
      [
        ['a/b', 'c d', 'form'],
        ['a%2Fb', 'c+d', 'raw'],
      ],
    ],
    [
      'twice when only the identifier differs',
      '%69d:secret',
      [
        ['id', 'secret', 'form'],
        ['%69d', 'secret', 'raw'],
      ],
    ],
    ['only raw when it is not form-encoded', 'id:100%', [['id', '100%', 'raw']]],
    ['only raw when it decodes to a control character', 'id:a%00b', [['id', 'a%00b', 'raw']]],
    ['with the first colon as the separator', 'id:a:b:', [['id', 'a:b:', 'any']]],
    ['with an empty identifier and secret', ':', [['', '', 'any']]],
    ['not at all without a colon', 'id', []],
    ['not at all with a control character', 'id:a\u0007', []],
  ])('reads %s', (_, text, readings) => {
    const expected = readings.map(([clientId, clientSecret, encoding]) => ({ clientId, clientSecret, encoding }))
    expect(readClientSecretBasic(token68(text))).toEqual(expected)
  })

  test('reads octets that are not UTF-8 as ISO-8859-1 alone', () => {
    expect(readClientSecretBasic(token68('id:caf\u00e9%20', 'latin1'))).toEqual([
      { clientId: 'id', clientSecret: 'caf\u00e9%20', encoding: 'latin1' },
    ])
  })

  test('reads nothing when the value is not base64 of credentials', () => {
    for (const token of ['abcde', 'a', 'YTpi=', '/w==', '', 'a-_b']) expect(readClientSecretBasic(token)).toEqual([])
  })
})

describe('acceptsEncoding', () => {
  test.each<[SecretEncoding, readonly string[]]>([
    ['any', ['form-then-raw', 'form', 'form-then-raw-then-latin1']],
    ['form', ['form-then-raw', 'form', 'form-then-raw-then-latin1']],
    ['raw', ['form-then-raw', 'form-then-raw-then-latin1']],
    ['latin1', ['form-then-raw-then-latin1']],
  ])('accepts the encoding %s by %j', (encoding, expected) => {
    expect(ACCEPTED_BASIC_ENCODINGS.filter((accepted) => acceptsEncoding(accepted, encoding))).toEqual(expected)
  })
})
