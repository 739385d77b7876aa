import { expect, test } from 'vitest'
import { readTables } from './tables.ts'

test('reads rows by column and heading', () => {
  const markdown =
    '# Page\n\n## One\n\n| id | what |\n|---|:-:|\n| A | `x \\| y` |\n| B | |\n\n## Two\n\n| id |\n|---|\n| C |\n'
  expect(readTables(markdown)).toEqual([
    { heading: 'One', line: 7, cells: { id: 'A', what: '`x | y`' } },
    { heading: 'One', line: 8, cells: { id: 'B', what: '' } },
    { heading: 'Two', line: 14, cells: { id: 'C' } },
  ])
})

test.each(['| a | b |\n|---|---|\n| 1 |', '| a |\n|---|\n| 1 | 2 |'])(
  'refuses cells without a column in %j',
  (markdown) => {
    expect(() => readTables(markdown)).toThrow('line 3')
  },
)

test('reads nothing where there is no table', () => {
  expect(readTables('# Page\n\ntext')).toEqual([])
})
