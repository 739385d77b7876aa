import { expect, test } from 'vitest'
import { readGuideExample } from './guide-example.ts'

test('takes the first example in the language, from the section with the heading alone', () => {
  expect(readGuideExample('testing.md', 'Test your API')).toContain('export function startTestApp()')
  expect(readGuideExample('testing.md', 'Bun')).toContain("from 'bun:test'")
  expect(JSON.parse(readGuideExample('testing.md', 'Jest', 'json'))).toHaveProperty('transformIgnorePatterns')
})

test('refuses a section without one', () => {
  expect(() => readGuideExample('testing.md', 'Bun', 'json')).toThrow('docs/guides/testing.md: no json under Bun')
})
