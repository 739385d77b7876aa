import { expect, test } from 'vitest'
import { checkShared } from './check-shared.ts'

const HEADER = '| shared | who can fill it | how large the share of one can get | test |\n|---|---|---|---|\n'

const check = (rows: string, header = HEADER) =>
  checkShared({ path: 'docs/a.md', text: header + rows }, (path) => ['a.test.ts', 'docs/b.ts'].includes(path))

test.each([
  ['a row that names a test', '| a | b | c | [a](../a.test.ts) |', undefined],
  ['a row that says why there is no test', '| a | b | c | none: it is not ours |', undefined],
  [
    'a test that does not exist',
    '| a | b | c | [a](../a.test.ts), [c](../c.test.ts) |',
    'names c.test.ts, which does not exist',
  ],
  ['a file that is not a test', '| a | b | c | [b](b.ts) |', 'names docs/b.ts, which is no test'],
  ['a link that leads elsewhere', '| a | b | c | [a](https://example.com/a.test.ts) |', 'names no test'],
  ['no reason', '| a | b | c | none: |', 'names no test'],
  ['an empty cell', '| a | b | | |', 'says nothing about: how large the share of one can get, test'],
])('%s', (_, row, complaint) => {
  expect(check(row)).toEqual(complaint === undefined ? [] : [`docs/a.md:3 ${complaint}`])
})

test('a page without such a table', () => {
  expect(check('| a |', '| x |\n|---|\n')).toEqual([expect.stringContaining('has no table')])
})
