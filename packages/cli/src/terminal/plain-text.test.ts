import { expect, test } from 'vitest'
import { plainText, showsUnicode } from './plain-text.ts'

test.each([
  [{}, true],
  [{ LANG: 'en_GB.UTF-8' }, true],
  [{ LANG: 'C.utf8' }, true],
  [{ LANG: 'C' }, false],
  [{ LANG: 'en_GB.UTF-8', LC_ALL: 'POSIX' }, false],
  [{ LANG: 'C', LC_CTYPE: 'C.UTF-8' }, true],
  [{ LANG: 'C', LC_ALL: '' }, false],
])('%j shows Unicode: %s', (environment, shows) => {
  expect(showsUnicode(environment)).toBe(shows)
})

test('every sign has a letter of one column, and other letters stay', () => {
  expect(plainText('✓ ✗ → § … é')).toBe('+ x > s ~ é')
})
