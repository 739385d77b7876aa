import { describe, expect, test } from 'vitest'
import { decodeBasicCredentials, parseAuthorization } from '../../src/index.ts'

describe('RFC 7617 §2', () => {
  test.each(['Basic', 'basic', 'BASIC', 'bAsIc'])('AUTH-04 recognizes the scheme spelt %s', (scheme) => {
    expect(parseAuthorization(`${scheme} QWxhZGRpbjpvcGVuIHNlc2FtZQ==`)).toMatchObject({ scheme: 'basic' })
  })

  test('reads the examples of the standard', () => {
    expect(decodeBasicCredentials('QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'raw')).toEqual({
      clientId: 'Aladdin',
      clientSecret: 'open sesame',
    })
    expect(decodeBasicCredentials('dGVzdDoxMjPCow==', 'raw')).toEqual({ clientId: 'test', clientSecret: '123£' })
  })

  test('AUTH-05 finds no credentials where they hold a control character, in either encoding', () => {
    for (let code = 0; code < 0x80; code++) {
      const base64 = Buffer.from(`id:a${String.fromCharCode(code)}`).toString('base64')
      const control = code < 0x20 || code === 0x7f
      expect(decodeBasicCredentials(base64, 'raw') === undefined, `U+${code.toString(16)}`).toBe(control)
      if (control) expect(decodeBasicCredentials(base64)).toBeUndefined()
    }
  })
})
