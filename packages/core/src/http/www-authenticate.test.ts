import { describe, expect, test } from 'vitest'
import { buildChallenge, parseChallenges } from './www-authenticate.ts'

describe('buildChallenge', () => {
  test.each([
    ['a scheme alone', 'DPoP', {}, 'DPoP'],
    ['one parameter', 'Basic', { realm: 'introspection' }, 'Basic realm="introspection"'],
    [
      'several in the order given',
      'Bearer',
      { error: 'invalid_token', realm: 'api' },
      'Bearer error="invalid_token", realm="api"',
    ],
    ['parameters without the undefined ones', 'Bearer', { realm: undefined, scope: 'a b' }, 'Bearer scope="a b"'],
    ['an empty value', 'Basic', { realm: '' }, 'Basic realm=""'],
    ['quotes and backslashes escaped', 'Basic', { realm: 'a "b" \\c' }, 'Basic realm="a \\"b\\" \\\\c"'],
  ])('builds %s', (_, scheme, parameters, challenge) => {
    expect(buildChallenge(scheme, parameters)).toBe(challenge)
  })

  test.each([
    ['a line break', 'a\r\nSet-Cookie: a=b'],
    ['a line feed', 'a\nb'],
    ['a NUL', 'a\0b'],
    ['a tab', 'a\tb'],
    ['a DEL', 'a\x7fb'],
    ['a character outside ASCII', 'café'],
    ['a lone surrogate', '\ud800'],
    ['a line separator', 'a\u2028b'],
  ])('refuses %s in a value and names only the parameter', (_, value) => {
    expect(() => buildChallenge('Bearer', { error_description: value })).toThrow(TypeError)
    expect(() => buildChallenge('Bearer', { error_description: value })).toThrow('error_description')
    expect(() => buildChallenge('Bearer', { error_description: value })).not.toThrow(value)
  })

  test.each(['', 'Bea rer', 'Bearer\r\nX: y', 'Bearer,', 'B"'])('refuses %j as a scheme', (scheme) => {
    expect(() => buildChallenge(scheme, { realm: 'api' })).toThrow(TypeError)
  })

  test.each(['', 'a b', 'a=b', 'a\r\nb', 'é'])('refuses %j as a name', (name) => {
    expect(() => buildChallenge('Bearer', { [name]: 'x' })).toThrow(TypeError)
  })

  test('refuses one name in two spellings of case', () => {
    expect(() => buildChallenge('Bearer', { scope: 'a', Scope: 'b' })).toThrow(TypeError)
  })

  test.each(['error', 'error_description', 'error_uri', 'scope', 'Error_Description'])(
    'refuses quotes and backslashes in %s, where no escapes are allowed',
    (name) => {
      expect(() => buildChallenge('Bearer', { [name]: 'a"b' })).toThrow(TypeError)
      expect(() => buildChallenge('Bearer', { [name]: 'a\\b' })).toThrow(TypeError)
    },
  )
})

describe('parseChallenges', () => {
  test.each([
    ['a scheme alone', 'Negotiate', [{ scheme: 'Negotiate', parameters: {} }]],
    ['a scheme and a blank', 'Negotiate ', [{ scheme: 'Negotiate', parameters: {} }]],
    [
      'a token68',
      'Negotiate a87421000492aa874209af8bc028==',
      [{ scheme: 'Negotiate', token68: 'a87421000492aa874209af8bc028==', parameters: {} }],
    ],
    ['a token', 'Bearer error=invalid_token', [{ scheme: 'Bearer', parameters: { error: 'invalid_token' } }]],
    ['a quoted-string', 'Basic realm="a, b=c"', [{ scheme: 'Basic', parameters: { realm: 'a, b=c' } }]],
    ['an empty quoted-string', 'Basic realm=""', [{ scheme: 'Basic', parameters: { realm: '' } }]],
    ['escapes', 'Basic realm="a \\"b\\" \\\\\\c"', [{ scheme: 'Basic', parameters: { realm: 'a "b" \\c' } }]],
    ['octets outside ASCII', 'Basic realm="caf\xe9"', [{ scheme: 'Basic', parameters: { realm: 'caf\xe9' } }]],
    ['names in any case', 'Bearer Realm=a, ERROR=b', [{ scheme: 'Bearer', parameters: { realm: 'a', error: 'b' } }]],
    [
      'blanks around the equals sign',
      'Bearer realm = "a" , error\t=\tb',
      [{ scheme: 'Bearer', parameters: { realm: 'a', error: 'b' } }],
    ],
    [
      'empty list elements',
      ', Bearer ,realm=a,, error=b ,',
      [{ scheme: 'Bearer', parameters: { realm: 'a', error: 'b' } }],
    ],
    [
      'several schemes',
      'Negotiate, Basic realm="a", Bearer',
      [
        { scheme: 'Negotiate', parameters: {} },
        { scheme: 'Basic', parameters: { realm: 'a' } },
        { scheme: 'Bearer', parameters: {} },
      ],
    ],
    [
      'a token68 before another scheme',
      'NTLM abc=, Basic realm=a',
      [
        { scheme: 'NTLM', token68: 'abc=', parameters: {} },
        { scheme: 'Basic', parameters: { realm: 'a' } },
      ],
    ],
    ['a name without a value as a token68', 'Bearer realm=', [{ scheme: 'Bearer', token68: 'realm=', parameters: {} }]],
    [
      'one scheme twice',
      'Bearer error=a, Bearer error=b',
      [
        { scheme: 'Bearer', parameters: { error: 'a' } },
        { scheme: 'Bearer', parameters: { error: 'b' } },
      ],
    ],
  ])('reads %s', (_, field, challenges) => {
    expect(parseChallenges(field)).toEqual(challenges)
  })

  test('keeps parameters that are named like object properties', () => {
    const [challenge] = parseChallenges('Bearer __proto__="a", constructor="b"') ?? []
    expect(Object.entries(challenge?.parameters ?? {})).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ])
    expect(({} as { a?: unknown }).a).toBeUndefined()
  })

  test.each([
    ['nothing', ''],
    ['commas alone', ', ,'],
    ['a parameter without a scheme', 'realm="a"'],
    ['a parameter after a token68', 'Negotiate abc=, realm="a"'],
    ['a repeated parameter', 'Bearer error=a, error=b'],
    ['a parameter repeated in another case', 'Bearer error=a, Error=b'],
    ['two words after a scheme', 'Bearer a b'],
    ['a scheme and another without a comma', 'Negotiate Basic realm="a"'],
    ['parameters without a comma', 'Bearer error=a scope=b'],
    ['a quoted-string that no comma follows', 'Bearer error="a"scope="b"'],
    ['a quoted-string that is never closed', 'Bearer realm="a'],
    ['a quoted-string that ends in an escape', 'Bearer realm="a\\"'],
    ['an escape at the very end', 'Bearer realm="a\\'],
    ['padding inside a token68', 'Bearer abc==d'],
    ['an empty value before a comma', 'Bearer error=a, realm=, scope=b'],
    ['a line break in a value', 'Bearer realm="a\nb"'],
    ['an escaped line break', 'Bearer realm="a\\\nb"'],
    ['a NUL', 'Bearer realm="a\0"'],
    ['a character that a header octet cannot be', 'Bearer realm="\u20ac"'],
    ['a value alone', '"a"'],
    ['a control character before the scheme', '\x01Bearer'],
  ])('refuses %s', (_, field) => {
    expect(parseChallenges(field)).toBeUndefined()
  })
})
