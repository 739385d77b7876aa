import { describe, expect, test } from 'vitest'
import { nearestWord } from './nearest-word.ts'

const known = [
  'policy',
  'cache',
  'maxAgeSeconds',
  'inactiveMaxAgeSeconds',
  'scope',
  'issuer',
  'clientSecrets',
  'deadlineMs',
]

describe('nearestWord', () => {
  test.each([
    ['a character left out', 'polcy', 'policy'],
    ['a character too many', 'isssuer', 'issuer'],
    ['two characters exchanged', 'isseur', 'issuer'],
    ['another case', 'MaxAgeseconds', 'maxAgeSeconds'],
    ['the beginning', 'maxAge', 'maxAgeSeconds'],
    ['the plural', 'scopes', 'scope'],
    ['the singular', 'clientSecret', 'clientSecrets'],
    ['a short one', 'cahce', 'cache'],
  ])('finds a word with %s', (_, word, meant) => {
    expect(nearestWord(word, known)).toBe(meant)
  })

  test.each(['timeout', 'connectionString', '', 'x', 'po', `policy${'y'.repeat(100)}`])('finds none for %j', (word) => {
    expect(nearestWord(word, known)).toBeUndefined()
  })
})
