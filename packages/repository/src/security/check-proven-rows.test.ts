import { expect, test } from 'vitest'
import { checkProvenRows } from './check-proven-rows.ts'

const SHARED = '| shared | who can fill it | how large the share of one can get | test |\n|---|---|---|---|\n'
const ATTACKS = '\n\n| attack | what happens | test |\n|---|---|---|\n'
const PROVEN_ATTACK = '| a | b | [a](../a.test.ts) |'

const check = (text: string) =>
  checkProvenRows({ path: 'docs/a.md', text }, (path) => ['a.test.ts', 'docs/b.ts'].includes(path))

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
  expect(check(SHARED + row + ATTACKS + PROVEN_ATTACK)).toEqual(
    complaint === undefined ? [] : [`docs/a.md:3 ${complaint}`],
  )
})

test('an attack without a test', () => {
  const row = '| a | b | [b](b.ts) |'
  expect(check(`${SHARED}| a | b | c | [a](../a.test.ts) |${ATTACKS}${row}`)).toEqual([
    'docs/a.md:7 names docs/b.ts, which is no test',
  ])
})

test('a page without such tables', () => {
  expect(check('| x |\n|---|\n| a |')).toEqual([
    expect.stringContaining('has no table with the columns shared'),
    expect.stringContaining('has no table with the columns attack'),
  ])
})
