import { expect, test } from 'vitest'
import { checkSidebar } from './check-sidebar.ts'

const pages = [
  { path: 'docs/index.md', text: '# First' },
  { path: 'docs/run/stores.md', text: '# Stores' },
  { path: 'docs/decisions/README.md', text: '[One](one.md), [stores](../run/stores.md)' },
  { path: 'docs/decisions/one.md', text: '# One' },
]
const entries = [{ page: 'index' }, { page: 'run/stores' }, { page: 'decisions/README' }]

test('accepts a sidebar with every page, and with the list of a folder in place of its pages', () => {
  expect(checkSidebar(entries, pages)).toEqual([])
})

test('accepts an entry for a page that a build writes', () => {
  expect(checkSidebar([...entries, { page: 'reference/options' }], pages, ['reference/options'])).toEqual([])
})

test.each([
  ['a page that is in it twice', [...entries, { page: 'index' }], 'docs/index.md is in the sidebar twice'],
  ['an entry without a page', [...entries, { page: 'gone' }], 'docs/gone.md is in the sidebar, and there is no such'],
  [
    'a page that its folder lists',
    [...entries, { page: 'decisions/one' }],
    'docs/decisions/one.md is in the sidebar and',
  ],
  ['a page that is missing', entries.slice(0, 1).concat(entries.slice(2)), 'docs/run/stores.md is not in the sidebar'],
])('names %s', (_, wrong, problem) => {
  expect(checkSidebar(wrong, pages)).toEqual([expect.stringContaining(problem)])
})

test('does not take the list of a folder that the sidebar leaves out', () => {
  expect(checkSidebar(entries.slice(0, 2), pages)).toEqual([
    'docs/decisions/README.md is not in the sidebar',
    'docs/decisions/one.md is not in the sidebar',
  ])
})
