import { expect, test } from 'vitest'
import { REPOSITORY_URL } from './repository-url.ts'
import { titleOf, toMarkdownPage } from './markdown-page.ts'

const files: Readonly<Record<string, string>> = {
  'README.md': '<!-- #region run -->\nSee [stores](docs/run/stores.md).\n<!-- #endregion run -->\n',
  'docs/run/page.md': [
    '---\nlayout: page\n---',
    '<div class="wide">\n\n# The `page`\n\n</div>\n',
    '[list](../decisions/README.md), [code](../../packages/core/src/index.ts "The code") and [ours](stores.md#a)\n',
    '```html\n<div>[kept](../../x.ts)</div>\n```\n',
  ].join('\n'),
  'docs/index.md': '# It\n\n<!-- @include: ../README.md#run -->\n',
}
const read = (path: string): string => files[path] ?? ''

test('leaves out settings and layout, and makes links work on the site', () => {
  expect(toMarkdownPage('docs/run/page.md', read)).toBe(
    [
      '# The `page`\n',
      `[list](../decisions/index.md), [code](${REPOSITORY_URL}/blob/main/packages/core/src/index.ts "The code") and [ours](stores.md#a)\n`,
      '```html\n<div>[kept](../../x.ts)</div>\n```\n',
    ].join('\n'),
  )
})

test('has what it includes', () => {
  expect(toMarkdownPage('docs/index.md', read)).toMatch(/^# It\n\nSee \[stores\]/)
})

test('has a title without marks', () => {
  expect(titleOf('# The `page`\n', 'docs/page.md')).toBe('The page')
  expect(() => titleOf('The page\n', 'docs/page.md')).toThrow('docs/page.md has no title')
})
