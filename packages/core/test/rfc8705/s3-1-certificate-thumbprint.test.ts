import { describe, expect, test } from 'vitest'
import { isSha256Thumbprint, parseIntrospectionResponse } from '../../src/index.ts'

const malformed = expect.objectContaining({ code: 'ERR_RESPONSE_MALFORMED' }) as Error
/** The thumbprint of the certificate in RFC 8705 appendix A. */
const thumbprint = 'A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0'
const digest = Buffer.from(thumbprint, 'base64url')

describe('RFC 8705 §3.1', () => {
  test('CERT-02 accepts a SHA-256 thumbprint in base64url without padding', () => {
    const response = { active: true, cnf: { 'x5t#S256': thumbprint } }
    expect(isSha256Thumbprint(thumbprint)).toBe(true)
    expect(parseIntrospectionResponse(response)).toEqual(response)
  })

  test.each([
    ['hexadecimal', digest.toString('hex')],
    ['padded base64url', `${thumbprint}=`],
    ['base64 with + and / instead of - and _', `${thumbprint.slice(0, 42)}/`],
    ['a line break', `${thumbprint}\n`],
    ['a space in front', ` ${thumbprint.slice(1)}`],
    ['a SHA-1 digest', digest.subarray(0, 20).toString('base64url')],
    ['hexadecimal with colons', 'AB:CD:'.repeat(10)],
    ['nothing', ''],
    ['an array', [thumbprint]],
  ])('CERT-02 refuses %s', (_, value) => {
    expect(isSha256Thumbprint(value)).toBe(false)
    expect(() => parseIntrospectionResponse({ active: true, cnf: { 'x5t#S256': value } })).toThrow(malformed)
  })
})
