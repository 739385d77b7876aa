import { expect, test } from 'vitest'
import { formatTable } from './format-table.ts'

const rows = [
  ['id', 'meaning'],
  ['scope', 'what the token may be used for'],
]

test('aligns the columns and wraps the last one', () => {
  expect(formatTable(rows, 30)).toEqual(['  id     meaning', '  scope  what the token may be', '         used for'])
})

test('puts the last column below the others where there is no place beside them', () => {
  expect(formatTable(rows, 24)).toEqual([
    '  id',
    '      meaning',
    '  scope',
    '      what the token may',
    '      be used for',
  ])
})

test('has no spaces at the end of lines', () => {
  expect(
    formatTable(
      [
        ['a', ''],
        ['bbb', 'c'],
      ],
      40,
      0,
    ),
  ).toEqual(['a', 'bbb  c'])
})
