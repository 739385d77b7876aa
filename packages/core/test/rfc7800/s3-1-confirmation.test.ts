import { describe, expect, test } from 'vitest'
import { isVerifiableConfirmation, parseIntrospectionResponse } from '../../src/index.ts'

const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error
const jwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }
const jwe = 'eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d'
const jku = 'https://keys.example.net/pop-keys.json'

function active(cnf: unknown) {
  return parseIntrospectionResponse({ active: true, cnf })
}

const thumbprint = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'

describe('RFC 7800 §3.1', () => {
  test.each([
    [true, { jkt: thumbprint }],
    [true, { 'x5t#S256': thumbprint }],
    [true, { jkt: thumbprint, 'x5t#S256': thumbprint }],
    [true, { jkt: thumbprint, 'kc-jkt-type': 'DPoP', kid: 'a', jwk }],
    [false, {}],
    [false, { jwk }],
    [false, { 'kc-jkt-type': 'DPoP' }],
    [false, { jkt: 'short' }],
    [false, { jkt: null, 'x5t#S256': thumbprint }],
    [false, { jkt: thumbprint, 'x5t#S256': [thumbprint] }],
    [false, null],
    [false, undefined],
    [false, thumbprint],
  ])('CERT-07 answers %j to whether this package can verify %j', (expected, cnf) => {
    expect(isVerifiableConfirmation(cnf)).toBe(expected)
  })

  test.each([[{ jwk }], [{ jwe }], [{ jku, kid: '2015-08-28' }], [{ kid: 'a' }], [{ jwk, kid: 'a', other: 1 }]])(
    'EXT-21 keeps %j, which has at most one key',
    (cnf) => {
      expect(active(cnf)).toEqual({ active: true, cnf })
    },
  )

  test.each([[{ jwk, jwe }], [{ jwk, jku }], [{ jwe, jku }], [{ jwk, jwe, jku }]])(
    'EXT-21 refuses %j, which has two keys',
    (cnf) => {
      expect(() => active(cnf)).toThrow(malformed)
    },
  )

  test.each(['a', 5, null, true, [{ jwk }]])('EXT-21 refuses %j, which is not an object', (cnf) => {
    expect(() => active(cnf)).toThrow(malformed)
  })
})
