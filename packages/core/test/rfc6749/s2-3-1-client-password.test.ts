import { describe, expect, test } from 'vitest'
import { decodeBasicCredentials, encodeBasicCredentials } from '../../src/index.ts'

function base64(text: string | Uint8Array): string {
  return Buffer.from(text).toString('base64')
}

describe('RFC 6749 §2.3.1', () => {
  test('reads the example of RFC 7662 §2.1 and writes it again', () => {
    const credentials = { clientId: 's6BhdRkqt3', clientSecret: 'gX1fBat3bV' }
    expect(decodeBasicCredentials('czZCaGRSa3F0MzpnWDFmQmF0M2JW')).toEqual(credentials)
    expect(encodeBasicCredentials(credentials)).toBe('Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW')
  })

  test.each([
    ['a secret with a colon, a space, a percent sign and UTF-8', 'id', 'a:b c%é', 'id:a%3Ab+c%25%C3%A9'],
    ['an identifier that is a URL', 'https://rs.example/1', 's', 'https%3A%2F%2Frs.example%2F1:s'],
    ['a plus', 'a+b', 'c+d', 'a%2Bb:c%2Bd'],
    ['characters that encodeURIComponent leaves as they are', 'id', "!*'()~", 'id:%21%2A%27%28%29~'],
    ['characters that need no escape', 'a-b._c~', 'AZaz09', 'a-b._c~:AZaz09'],
  ])('AUTH-01 form-encodes %s before base64', (_, clientId, clientSecret, halves) => {
    expect(encodeBasicCredentials({ clientId, clientSecret })).toBe(`Basic ${base64(halves)}`)
  })

  test.each([
    ['at the first colon', 'id:a:b', 'id', 'a:b'],
    ['before decoding, so an escaped colon separates nothing', 'i%3Ad:a%3Ab', 'i:d', 'a:b'],
    ['and decodes UTF-8 and pluses', '%C3%A9+1:%e2%82%ac+2', 'é 1', '€ 2'],
    ['and decodes each half once', 'a%2541:b%252B', 'a%41', 'b%2B'],
  ])('AUTH-02 splits %s', (_, text, clientId, clientSecret) => {
    expect(decodeBasicCredentials(base64(text))).toEqual({ clientId, clientSecret })
  })

  test('AUTH-02 reads the example of RFC 9449 figure 10 in both encodings, and each decodes the plus by its own rule', () => {
    const token = 'cnM6cnM6TWt1LTZnX2xDektJZHo0ZnNON2tZY3lhK1Rp'
    const clientSecret = 'rs:Mku-6g_lCzKIdz4fsN7kYcya+Ti'
    expect(decodeBasicCredentials(token, 'raw')).toEqual({ clientId: 'rs', clientSecret })
    expect(decodeBasicCredentials(token)).toEqual({ clientId: 'rs', clientSecret: clientSecret.replace('+', ' ') })
  })

  test.each([
    ['base64 of a wrong length', 'aWQ6c'],
    ['characters outside base64', 'aWQ6*w=='],
    ['padding in the middle', 'aWQ=6cw='],
    ['no colon', base64('idsecret')],
    ['a broken escape', base64('id:%zz')],
    ['an escape cut short', base64('id%:s')],
    ['octets that are not UTF-8', base64(Uint8Array.of(0x69, 0x3a, 0xc3))],
    ['escaped octets that are not UTF-8', base64('id:%C3%28')],
    ['a control character', base64('id:se\x07cret')],
    ['an escaped control character', base64('id:se%0Acret')],
    ['nothing', ''],
  ])('AUTH-05 finds no credentials in %s, and does not throw', (_, token) => {
    expect(decodeBasicCredentials(token)).toBeUndefined()
  })
})
