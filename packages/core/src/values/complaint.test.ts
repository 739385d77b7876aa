import { describe, expect, test } from 'vitest'
import { describeComplaint, quote } from './complaint.ts'

describe('quote', () => {
  test.each<[string, unknown, string]>([
    ['a text', 'a"b', String.raw`"a\"b"`],
    ['a list', ['a', 7, null], '["a",7,null]'],
    ['nothing', undefined, 'nothing'],
    ['line breaks and control characters', '\r\n\u001b[2J\u007f', String.raw`"\r\n\u001b[2J\u007f"`],
    [
      'characters that reverse the direction of a line, or end it',
      '\u202e\u2028\u0085',
      String.raw`"\u202e\u2028\u0085"`,
    ],
    ['a lone surrogate', '\ud800', String.raw`"\ud800"`],
    ['letters outside ASCII', 'é😀', String.raw`"\u00e9\ud83d\ude00"`],
  ])('escapes %s', (_, value, text) => {
    expect(quote(value)).toBe(text)
  })

  test('shortens a long value, and says how long it is', () => {
    expect(quote('x'.repeat(198))).toBe(`"${'x'.repeat(198)}"`)
    expect(quote('x'.repeat(5000))).toBe(`"${'x'.repeat(199)}... (5002 characters)`)
  })
})

test('describeComplaint says the rule, both values and the remedy in one line', () => {
  const complaint = { rule: 'aud', got: '"a"', expected: '"b"', remedy: 'Change it at the caller' }
  expect(describeComplaint('client assertion', complaint)).toBe(
    'client assertion: aud: got "a", expected "b". Change it at the caller',
  )
})
