import { expect, test } from 'vitest'
import { cleanValue } from './clean-value.ts'

const upper = (text: string): string => text.toUpperCase()

test('cleans every text, also names, and leaves out what is no JSON', () => {
  expect(cleanValue({ a: ['b', 1, true, null], run: () => 1, none: undefined }, upper)).toStrictEqual({
    A: ['B', 1, true, null],
  })
})

test('bounds lists, objects and depth', () => {
  const wide = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`m${at}`, at]))
  expect(Object.keys(cleanValue(wide, upper) as object)).toHaveLength(100)
  expect(
    cleanValue(
      Array.from({ length: 500 }, () => 1),
      upper,
    ),
  ).toHaveLength(100)
  expect(cleanValue([[[[[1]]]]], upper)).toEqual([[[['...']]]])
})
