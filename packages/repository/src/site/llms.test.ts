import { expect, test } from 'vitest'
import { type MarkdownPage, writeIndex, writeWhole } from './llms.ts'

const sections = [{ title: 'Run', entries: [{ title: 'Choose a store', page: 'run/stores' }] }]
const pages = new Map<string, MarkdownPage>([
  ['decisions/one', { title: 'One', url: '/decisions/one.md', name: 'decisions/one.md', markdown: '# One\n' }],
  ['run/stores', { title: 'Stores', url: '/run/stores.md', name: 'run/stores.md', markdown: '# Stores\n' }],
])

test('lists the pages by section, and then those that are not in the sidebar', () => {
  expect(writeIndex(sections, pages)).toMatch(
    /^# Token introspection\n\n> .*\n\n## Run\n\n- \[Choose a store\]\(\/run\/stores\.md\)\n\n## Optional\n\n- \[One\]\(\/decisions\/one\.md\)\n$/,
  )
})

test('puts the pages of the sidebar into one file', () => {
  expect(writeWhole(sections, pages)).toBe('<!-- /run/stores.md -->\n\n# Stores\n')
})

test('names a page that does not exist', () => {
  expect(() => writeWhole(sections, new Map())).toThrow('docs/run/stores.md')
})
