import { expect, test } from 'vitest'
import { formatRecords, formatTable } from './format-table.ts'

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

test('is a table with headings where there is a place for each column', () => {
  expect(formatRecords(['id', 'meaning'], [['scope', 'what it may be used for']], 40)).toEqual([
    'id     meaning',
    'scope  what it may be used for',
  ])
})

test('is one record for each row where there is none', () => {
  const tokens = [
    ['icruF0q0EzAz', 'web', 'orders:read'],
    ['SoIsmdTcWhNF', 'app', '-'],
  ]
  expect(formatRecords(['id', 'client', 'scope'], tokens, 30)).toEqual([
    'icruF0q0EzAz',
    '  client  web',
    '  scope   orders:read',
    'SoIsmdTcWhNF',
    '  client  app',
    '  scope   -',
  ])
})
