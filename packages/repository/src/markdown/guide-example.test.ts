import { expect, test } from 'vitest'
import { readGuideExample } from './guide-example.ts'

test('takes the first example in the language, from the section with the heading alone', () => {
  expect(readGuideExample('protect/testing.md', 'Test your API')).toContain('export function startTestApp()')
  expect(readGuideExample('protect/testing.md', 'Bun')).toContain("from 'bun:test'")
  expect(JSON.parse(readGuideExample('protect/testing.md', 'Jest', 'json'))).toHaveProperty('transformIgnorePatterns')
})

test('refuses a section without one', () => {
  expect(() => readGuideExample('protect/testing.md', 'Bun', 'json')).toThrow(
    'docs/protect/testing.md: no json under Bun',
  )
})
