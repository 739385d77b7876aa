import { describe, expect, test } from 'vitest'
import { createValueCleaner } from './clean-values.ts'

const token = 'tok-5ecret-of-the-user'
const sent = [
  {
    headers: { authorization: `Basic ${btoa('api:cl1ent-5ecret')}`, accept: 'application/json' },
    body: new URLSearchParams({ token, client_id: 'public-api' }).toString(),
  },
]
const { text, value } = createValueCleaner([token, 'a.dpop.proof'], sent)

describe('the cleaner of an explanation', () => {
  test('takes out the token, the proof and the secret, whole or in part, in names and in values', () => {
    expect(text(`a ${token}, a.dpop.proof and cl1ent-5ecret`)).toBe('a [sent], [sent] and [sent]')
    expect(text('the ecret-of- part')).toBe('the [sent] part')
    expect(value({ [token]: [{ sub: 'cl1ent-5ecret' }, 7, true, null] })).toEqual({
      '[sent]': [{ sub: '[sent]' }, 7, true, null],
    })
  })

  test('leaves public values as they are', () => {
    expect(value(['public-api', 'application/json', 'orders:read'])).toEqual([
      'public-api',
      'application/json',
      'orders:read',
    ])
  })

  test('bounds strings, lists, objects and depth', () => {
    expect(text('x'.repeat(5000))).toBe(`${'x'.repeat(1000)}...`)
    expect(value(Array.from({ length: 500 }, () => 1))).toHaveLength(100)
    const wide = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`m${at}`, at]))
    expect(Object.keys(value(wide) as object)).toHaveLength(100)
    expect(value([[[[[1]]]]])).toEqual([[[['...']]]])
  })

  test('leaves out what is no JSON, and escapes characters that cannot be seen', () => {
    expect(value({ at: undefined, run: () => 1 })).toEqual({ at: undefined, run: undefined })
    expect(text('a\u001b[2J\nb')).toBe('a\\u001b[2J\\u000ab')
    expect(text('RFC 8414 §3.3, café')).toBe('RFC 8414 §3.3, café')
  })

  test('takes out secrets of other letters, and of letters that cannot be seen', () => {
    const password = 'pässwörd-\u200bß'
    const other = 'tökén-\n-of-the-user'
    const cleaner = createValueCleaner([other], [{ headers: {}, body: new URLSearchParams({ password }).toString() }])
    expect(cleaner.text(`a ${password} of ${other}`)).toBe('a [sent] of [sent]')
  })
})
