import { expect, test } from 'vitest'
import { isApiPage, isGenerated } from './generated.ts'

test.each([
  ['docs/reference/api/client/guards.md', true],
  ['docs/reference/client-options.md', true],
  ['docs/reference/providers.md', false],
])('%s is generated: %j', (path, generated) => {
  expect(isGenerated(path)).toBe(generated)
})

test('knows the pages of exported names', () => {
  expect(isApiPage('reference/api/client/guards.md')).toBe(true)
  expect(isApiPage('reference/client-options.md')).toBe(false)
})
