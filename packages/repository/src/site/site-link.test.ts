import { expect, test } from 'vitest'
import { REPOSITORY_URL } from './repository-url.ts'
import { siteLink, toSitePage, toSitePath } from './site-link.ts'

test.each([
  ['a page', '../run/stores.md', '../run/stores.md'],
  ['a heading of a page', '../run/stores.md#redis', '../run/stores.md#redis'],
  ['a heading of the same page', '#redis', '#redis'],
  ['the first page of a folder', '../decisions/README.md#a', '../decisions/index.md#a'],
  ['another site', 'https://www.rfc-editor.org/', 'https://www.rfc-editor.org/'],
  ['a path of the site', '/playground/', '/playground/'],
  ['a file of the site', '../public/dashboards/a.json', '../dashboards/a.json'],
  ['a source file', '../../packages/client/src/guard.ts', `${REPOSITORY_URL}/blob/main/packages/client/src/guard.ts`],
  ['a page of a package', '../../packages/core/README.md', `${REPOSITORY_URL}/blob/main/packages/core/README.md`],
  ['a line', '../../LICENSE#L3', `${REPOSITORY_URL}/blob/main/LICENSE#L3`],
  ['a folder', '../../packages/core/', `${REPOSITORY_URL}/tree/main/packages/core`],
])('leads to %s', (_, link, address) => {
  expect(siteLink(link, 'docs/protect/guards.md')).toBe(address)
})

test('the repository has an address', () => {
  expect(REPOSITORY_URL).toMatch(/^https:\/\/[^/]+\/.*[^/]$/)
})

test.each([
  ['decisions/README.md', 'decisions/index.md', '/decisions/'],
  ['index.md', 'index.md', '/'],
  ['run/stores.md', 'run/stores.md', '/run/stores'],
])('%s', (page, name, path) => {
  expect(toSitePage(page)).toBe(name)
  expect(toSitePath(page)).toBe(path)
})
