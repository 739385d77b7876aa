import { describe, expect, test } from 'vitest'
import {
  DEFAULT_MAX_FORM_PARAMETERS,
  decodeFormComponent,
  encodeForm,
  encodeFormComponent,
  Form,
  parseForm,
} from './form.ts'

const secret = 'dG9rZW4tc2VjcmV0'
const invalid = expect.objectContaining({ code: 'ERR_REQUEST_INVALID' }) as Error

describe('encodeFormComponent', () => {
  test.each([
    ['does not encode the unreserved characters', 'AZaz09-._~', 'AZaz09-._~'],
    ['encodes a space as a plus', 'a b', 'a+b'],
    ['encodes a plus', '+', '%2B'],
    ['encodes the separators', '&=%', '%26%3D%25'],
    ['encodes the characters that encodeURIComponent leaves as they are', "!'()*", '%21%27%28%29%2A'],
    ['encodes UTF-8 octets', 'é€😀', '%C3%A9%E2%82%AC%F0%9F%98%80'],
    ['encodes control characters', '\0\r\n\x7f', '%00%0D%0A%7F'],
    ['replaces a lone surrogate', 'a\ud800b', 'a%EF%BF%BDb'],
    ['keeps the empty string empty', '', ''],
  ])('%s', (_, value, encoded) => {
    expect(encodeFormComponent(value)).toBe(encoded)
  })
})

describe('decodeFormComponent', () => {
  test.each([
    ['a plus as a space', 'a+b', 'a b'],
    ['an escape in either case', '%c3%A9', 'é'],
    ['an escaped plus as a plus', '%2B', '+'],
    ['unescaped characters as they are', 'é !"', 'é !"'],
    ['an escaped replacement character', '%EF%BF%BD', '\ufffd'],
    ['a byte order mark as part of the text', '%EF%BB%BFa', '\ufeffa'],
    ['the empty string', '', ''],
  ])('reads %s', (_, value, decoded) => {
    expect(decodeFormComponent(value)).toBe(decoded)
  })

  test.each([
    ['a percent sign at the end', 'a%'],
    ['one hexadecimal digit', 'a%4'],
    ['no hexadecimal digits', '%zz'],
    ['octets that are not UTF-8', '%FF'],
    ['a UTF-8 sequence that is cut short', '%E2%82'],
    ['an overlong UTF-8 sequence', '%C0%AF'],
    ['an encoded surrogate', '%ED%A0%80'],
    ['the %u notation', '%u0041'],
  ])('refuses %s', (_, value) => {
    expect(decodeFormComponent(value)).toBeUndefined()
  })
})

describe('encodeForm', () => {
  test('keeps the order, repeated names and empty values', () => {
    const form = encodeForm([
      ['b', '2'],
      ['a', ''],
      ['b', '1 1'],
    ])
    expect(form).toBe('b=2&a=&b=1+1')
  })

  test('has no names for an empty body', () => {
    expect(encodeForm([])).toBe('')
  })
})

describe('parseForm', () => {
  test.each([
    ['name and value', 'a=1', [['a', ['1']]]],
    ['a value with an equals sign', 'a=1=2', [['a', ['1=2']]]],
    [
      'a name without a value',
      'a&b=1',
      [
        ['a', ['']],
        ['b', ['1']],
      ],
    ],
    ['an empty name', '=1', [['', ['1']]]],
    ['empty pairs, which are skipped', '&&a=1&&', [['a', ['1']]]],
    [
      'repeated names in order',
      'a=2&b=3&a=1',
      [
        ['a', ['2', '1']],
        ['b', ['3']],
      ],
    ],
    ['escaped names', '%61+b=1', [['a b', ['1']]]],
    ['blanks as part of name and value', ' a =\t1 ', [[' a ', ['\t1 ']]]],
    ['a semicolon as part of the value', 'a=1;b=2', [['a', ['1;b=2']]]],
    [
      'names of object properties',
      '__proto__=1&constructor=2&toString=3',
      [
        ['__proto__', ['1']],
        ['constructor', ['2']],
        ['toString', ['3']],
      ],
    ],
    ['nothing', '', []],
  ])('reads %s', (_, body, expected) => {
    const form = parseForm(body)
    expect([...form.names()].map((name) => [name, form.getAll(name)])).toEqual(expected)
  })

  test.each([
    ['a broken escape in a value', `a=%zz${secret}`],
    ['a broken escape in a name', `${secret}%=1`],
    ['octets that are not UTF-8', `a=${secret}%FF`],
    ['an escape that a separator cuts off', `a=${secret}%4&1=b`],
  ])('refuses %s without quoting it', (_, body) => {
    expect(() => parseForm(body)).toThrow(invalid)
    expect(() => parseForm(body)).not.toThrow(secret)
  })

  test.each([
    ['64 parameters by default', undefined, DEFAULT_MAX_FORM_PARAMETERS],
    ['as many parameters as the option says', { maxParameters: 2 }, 2],
    ['no parameters when the option is 0', { maxParameters: 0 }, 0],
  ])('reads at most %s', (_, limits, count) => {
    const allowed = Array.from({ length: count }, () => 'a=1').join('&')
    expect(parseForm(`&${allowed}&`, limits).getAll('a')).toHaveLength(count)
    expect(() => parseForm(`${allowed}&b=1`, limits)).toThrow(invalid)
  })
})

describe('Form', () => {
  test('gives a single value, and undefined for an absent or empty one', () => {
    const form = new Form([
      ['a', '1'],
      ['b', ''],
    ])
    expect(form.get('a')).toBe('1')
    expect(form.get('b')).toBeUndefined()
    expect(form.get('c')).toBeUndefined()
  })

  test.each([
    ['different values', ['1', secret]],
    ['equal values', [secret, secret]],
    ['an empty value beside a full one', ['', secret]],
    ['empty values only', ['', '']],
  ])('refuses to choose between %s', (_, values) => {
    const form = new Form(values.map((value) => ['token', value]))
    expect(() => form.get('token')).toThrow(invalid)
    expect(() => form.get('token')).not.toThrow(secret)
    expect(form.getAll('token')).toEqual(values)
  })

  test.each(['__proto__', 'constructor', 'hasOwnProperty'])('does not inherit a parameter named %s', (name) => {
    const form = new Form()
    expect(form.get(name)).toBeUndefined()
    expect(form.getAll(name)).toEqual([])
  })
})
