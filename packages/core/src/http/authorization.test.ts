import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBasicCredentials, encodeBasicCredentials, parseAuthorization, readBearerToken } from './authorization.ts'

const token = 'mF_9.B5f-4.1JqM'

describe('parseAuthorization', () => {
  test.each([
    ['a scheme and a token', `Bearer ${token}`, { scheme: 'bearer', token }],
    ['a scheme in any case', `bEARER ${token}`, { scheme: 'bearer', token }],
    ['several spaces', `DPoP   ${token}`, { scheme: 'dpop', token }],
    ['every character of a token68', 'Bearer AZaz09-._~+/==', { scheme: 'bearer', token: 'AZaz09-._~+/==' }],
    ['a scheme of unusual characters', `!#$%&'*+-.^_\`|~ ${token}`, { scheme: "!#$%&'*+-.^_`|~", token }],
    ['a scheme named like an object property', `__proto__ ${token}`, { scheme: '__proto__', token }],
  ])('reads %s', (_, field, credentials) => {
    expect(parseAuthorization(field)).toEqual(credentials)
  })

  test.each([
    ['the empty field', ''],
    ['a scheme alone', 'Bearer'],
    ['a scheme and a space', 'Bearer '],
    ['a token alone', token],
    ['a space in front', ` Bearer ${token}`],
    ['a space after the token', `Bearer ${token} `],
    ['a line break after the token', `Bearer ${token}\n`],
    ['two tokens', `Bearer ${token} ${token}`],
    ['two fields joined by a comma', `Bearer ${token}, Bearer ${token}`],
    ['two tokens joined by a comma', `Bearer ${token},${token}`],
    ['a tab instead of the space', `Bearer\t${token}`],
    ['a tab beside the space', `Bearer \t${token}`],
    ['a no-break space instead of the space', `Bearer\u00a0${token}`],
    ['a quoted token', `Bearer "${token}"`],
    ['parameters', `Bearer token="${token}"`],
    ['padding in the middle', 'Bearer a=b'],
    ['padding alone', 'Bearer =='],
    ['a colon in the scheme', `Authorization: Bearer ${token}`],
    ['a character outside ASCII', 'Bearer é'],
    ['a NUL', `Bearer ${token}\0`],
  ])('refuses %s', (_, field) => {
    expect(parseAuthorization(field)).toBeUndefined()
  })
})

describe('decodeBasicCredentials', () => {
  test.each([
    ['plain halves', 'id:secret', 'id', 'secret'],
    ['the first colon as the separator', 'id:se:cret', 'id', 'se:cret'],
    ['escaped colons in both halves', 'i%3Ad:se%3Acret', 'i:d', 'se:cret'],
    ['a plus as a space', 'my+id:my+secret', 'my id', 'my secret'],
    ['escaped UTF-8', '%C3%A9:%E2%82%AC', 'é', '€'],
    ['raw UTF-8', 'é:€', 'é', '€'],
    ['an empty secret', 'id:', 'id', ''],
    ['an empty identifier', ':secret', '', 'secret'],
    ['a client identifier that is a URL', 'https%3A%2F%2Frs.example%2Fid:s', 'https://rs.example/id', 's'],
  ])('reads %s', (_, text, clientId, clientSecret) => {
    expect(decodeBasicCredentials(Buffer.from(text).toString('base64'))).toEqual({ clientId, clientSecret })
  })

  test('does not decode escapes and pluses with the encoding "raw"', () => {
    const base64 = Buffer.from('i+d:100%:%41').toString('base64')
    expect(decodeBasicCredentials(base64, 'raw')).toEqual({ clientId: 'i+d', clientSecret: '100%:%41' })
  })

  test.each([
    ['groups that need no padding', 'aTpz', { clientId: 'i', clientSecret: 's' }],
    ['one missing padding character', 'aTo', { clientId: 'i', clientSecret: '' }],
    ['padding', 'aTo=', { clientId: 'i', clientSecret: '' }],
    ['two missing padding characters', 'aWQ6cw', { clientId: 'id', clientSecret: 's' }],
    ['two padding characters', 'aWQ6cw==', { clientId: 'id', clientSecret: 's' }],
  ])('reads base64 with %s', (_, base64, credentials) => {
    expect(decodeBasicCredentials(base64)).toEqual(credentials)
  })

  test.each([
    ['nothing', ''],
    ['a length that base64 cannot have', 'aTpz'.concat('a')],
    ['one padding character instead of two', 'aWQ6cw='],
    ['padding after a full group', 'aTpz='],
    ['too much padding', 'aTpza==='],
    ['padding alone', '=='],
    ['padding in the middle', 'aTo=aTo='],
    ['a set spare bit after two octets', 'aTp'],
    ['a set spare bit after two octets, and padding', 'aTp='],
    ['a set spare bit after one octet', 'aWQ6cx'],
    ['a set spare bit after one octet, and padding', 'aWQ6cx=='],
    ['the base64url alphabet', Buffer.from('???:>>>').toString('base64url')],
    ['a space', 'aTpz aTpz'],
    ['a line break', 'aTpz\n'],
    ['characters outside base64', 'aT*z'],
    ['octets that are not UTF-8', Buffer.from([0x69, 0x3a, 0xff]).toString('base64')],
    ['no colon', Buffer.from('idsecret').toString('base64')],
    ['an escaped colon only', Buffer.from('id%3Asecret').toString('base64')],
    ['a broken escape in the identifier', Buffer.from('i%zz:s').toString('base64')],
    ['a broken escape in the secret', Buffer.from('i:s%').toString('base64')],
    ['escaped octets that are not UTF-8', Buffer.from('i:%FF').toString('base64')],
    ['a control character', Buffer.from('i\n:s').toString('base64')],
    ['a NUL', Buffer.from('i:s\0').toString('base64')],
    ['an escaped control character', Buffer.from('i:s%0D%0A').toString('base64')],
    ['an escaped DEL', Buffer.from('i%7F:s').toString('base64')],
  ])('AUTH-05 refuses %s', (_, base64) => {
    expect(decodeBasicCredentials(base64)).toBeUndefined()
  })

  test('reads every octet as the character of ISO-8859-1 with the encoding "latin1"', () => {
    const every = Array.from({ length: 0x100 }, (_, octet) => String.fromCharCode(octet)).join('')
    const clientSecret = every.replace(/[\x00-\x1f\x7f]/g, '')
    const base64 = Buffer.from(`k\u00e9y:${clientSecret}`, 'latin1').toString('base64')
    expect(decodeBasicCredentials(base64, 'latin1')).toEqual({ clientId: 'k\u00e9y', clientSecret })
    expect(decodeBasicCredentials(base64, 'raw')).toBeUndefined()
    for (const wrong of ['i:s\r', 'is']) {
      expect(decodeBasicCredentials(Buffer.from(wrong).toString('base64'), 'latin1')).toBeUndefined()
    }
    expect(decodeBasicCredentials('a-_b', 'latin1')).toBeUndefined()
  })

  test.each([
    ['a control character', 'i:s\r'],
    ['no colon', 'is'],
  ])('refuses %s with the encoding "raw" too', (_, text) => {
    expect(decodeBasicCredentials(Buffer.from(text).toString('base64'), 'raw')).toBeUndefined()
  })
})

describe('encodeBasicCredentials', () => {
  test.each([
    ['form', 'a:b c', '%é+', 'a%3Ab+c:%25%C3%A9%2B'],
    ['form', 'unreserved-._~', 'AZaz09', 'unreserved-._~:AZaz09'],
    ['raw', 'a b', '%é+:', 'a b:%é+:'],
  ] as const)('encodes the halves as %s', (encoding, clientId, clientSecret, halves) => {
    const field = encodeBasicCredentials({ clientId, clientSecret }, encoding)
    expect(field).toBe(`Basic ${Buffer.from(halves).toString('base64')}`)
  })

  test('writes one octet for each character with the encoding "latin1"', () => {
    const field = encodeBasicCredentials({ clientId: 'k\u00e9y', clientSecret: '%\u00ff:' }, 'latin1')
    expect(field).toBe(`Basic ${Buffer.from('k\u00e9y:%\u00ff:', 'latin1').toString('base64')}`)
  })

  test.each([
    ['clientId', { clientId: '\u20ac', clientSecret: 'hunter2' }],
    ['clientSecret', { clientId: 'id', clientSecret: 'hunter2\u20ac' }],
    ['clientId', { clientId: 'urn:rs', clientSecret: 'hunter2' }],
  ])('refuses a %s that the encoding "latin1" cannot send, and does not quote it', (name, credentials) => {
    expect(() => encodeBasicCredentials(credentials, 'latin1')).toThrow(TypeError)
    expect(() => encodeBasicCredentials(credentials, 'latin1')).toThrow(`${name}: `)
    expect(() => encodeBasicCredentials(credentials, 'latin1')).not.toThrow(/urn:rs|hunter2/)
  })

  test('uses the form encoding by default', () => {
    const credentials = { clientId: 'i:d', clientSecret: 's+' }
    expect(encodeBasicCredentials(credentials)).toBe(encodeBasicCredentials(credentials, 'form'))
  })

  test('refuses a raw identifier with a colon, and does not quote it', () => {
    const credentials = { clientId: 'urn:rs', clientSecret: 'hunter2' }
    expect(() => encodeBasicCredentials(credentials, 'raw')).toThrow(TypeError)
    expect(() => encodeBasicCredentials(credentials, 'raw')).not.toThrow(/urn:rs|hunter2/)
  })
})

describe('readBearerToken', () => {
  const piece = fc.constantFrom(
    'Bearer',
    'bearer',
    'Basic',
    ' ',
    '  ',
    '\t',
    ',',
    '=',
    '==',
    '"',
    'a',
    'Z9',
    '-._~+/',
    'é',
    '\0',
    'Bearer ',
  )
  const field = fc.oneof(
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    fc.array(piece, { maxLength: 6 }).map((pieces) => `Bearer ${pieces.join('')}`),
    fc.string({ unit: 'grapheme-ascii' }).map((text) => `Bearer ${text}`),
  )

  test('agrees with the grammar when the scheme is written "Bearer" with one space after it', () => {
    fc.assert(
      fc.property(field, (value) => {
        const usual = /^Bearer (?! )/.test(value)
        expect(readBearerToken(value)).toBe(usual ? parseAuthorization(value)?.token : undefined)
      }),
      { numRuns: 2000 },
    )
  })

  test.each(['Bearer abc', 'Bearer a+/-._~==', `Bearer ${'x'.repeat(5000)}`])('accepts %.20j', (value) => {
    expect(readBearerToken(value)).toBe(value.slice(7))
  })
})
