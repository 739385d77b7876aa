import { describe, expect, test } from 'vitest'
import { escapeTags, firstSentence, linkClauses, parseDocstring, statedDefault, withoutDefault } from './docstring.ts'

test('parts the text from the tags, and shows names as code', () => {
  const doc =
    'Opens {@link Door}, or {@link Gate | the gate}.\n\n@param key - which one\n@throws DoorError when\n  it is stuck'
  expect(parseDocstring(doc)).toEqual({
    text: 'Opens `Door`, or the gate.',
    tags: [
      { name: 'param', text: 'key - which one' },
      { name: 'throws', text: 'DoorError when\n  it is stuck' },
    ],
  })
})

test.each([
  ['One. Two.', 'One.'],
  ['It is `a.b` and\n1.5 times c. `d` follows.', 'It is `a.b` and 1.5 times c.'],
  ['No end', 'No end'],
  ['First paragraph\n\nSecond.', 'First paragraph'],
])('the first sentence of %j', (text, sentence) => {
  expect(firstSentence(text)).toBe(sentence)
})

describe('the default', () => {
  test.each([
    ['How long. Default 30, from 0 to 86400. 0 keeps none.', '30, from 0 to 86400'],
    ['How often. Default 0.5.', '0.5'],
    ['The cache. Default off: every token is asked about.', 'off'],
    ['See `a`. Default `x`', '`x`'],
    ['Warnings. Default with `onEvent`: none. Default without it: some.', 'depends'],
    ['It has no Defaults.', undefined],
  ])('of %j', (text, value) => {
    expect(statedDefault(text)).toBe(value)
  })

  test('is left out of the meaning', () => {
    expect(withoutDefault('How long. Default 30, from 0 to 9. 0 keeps none.')).toBe('How long. 0 keeps none.')
  })
})

test('links clauses, but not those in code or in links', () => {
  expect(linkClauses('See RFC 7662 §2.1, `RFC 7662` and [RFC 6749](https://example.com), or RFC 9110.')).toBe(
    'See [RFC 7662 §2.1](https://www.rfc-editor.org/rfc/rfc7662.html#section-2.1), `RFC 7662` and [RFC 6749](https://example.com), or [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110.html).',
  )
})

test('a page does not read text as tags or expressions', () => {
  expect(escapeTags('A <b> of {{ c }} and `<d> {{ e }}`, 1 < 2')).toBe(
    'A &lt;b> of &#123;&#123; c }} and `<d> {{ e }}`, 1 < 2',
  )
})
