import { expect, test } from 'vitest'
import { expandIncludes } from './expand-includes.ts'

const readme = '# It\n<!-- #region run -->\n```sh\nrun\n```\n<!-- #endregion run -->\nEnd'
const page = 'a\n<!-- @include: ../README.md#run -->\nb'
const read = (path: string): string => (path === 'README.md' ? readme : '')

test('puts the part in its place', () => {
  expect(expandIncludes(page, 'docs/index.md', read)).toBe('a\n```sh\nrun\n```\nb')
})

test('names a part that the file does not have', () => {
  expect(() => expandIncludes(page, 'docs/index.md', () => '# It')).toThrow(
    'docs/index.md includes the part run of README.md, which has none',
  )
})
