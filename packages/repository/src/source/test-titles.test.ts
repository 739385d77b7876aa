import { expect, test } from 'vitest'
import { readTestTitles } from './test-titles.ts'

test.each([
  ['a test', "test('works', () => {})", ['works']],
  ['it', "it('works', () => {})", ['works']],
  ['the suites around', "describe('a', () => { describe('b', () => { test('c', () => {}) }) })", ['a b c']],
  ['a table', "test.each([['x', 1], ['y', 2]])('%s works', () => {})", ['%s works x y']],
  ['a table with a type', "test.each<[string]>([['x']])('%s works', () => {})", ['%s works x']],
  ['a table of suites', "describe.each(['x'])('%s', () => { test('works', () => {}) })", ['%s x works']],
  ['a table made elsewhere', "test.each(rows())('$title works', () => {})", ['$title works']],
  ['a title with holes', 'test(`${a} works ${b}`, () => {})', ['… works …']],
  ['one that runs on a condition', "test.skipIf(old)('works', () => {})", ['works']],
])('reads %s', (_, text, titles) => {
  expect(readTestTitles(text, 'a.test.ts')).toEqual(titles)
})

test.each([
  ['a skipped test', "test.skip('works', () => {})"],
  ['a skipped table', "test.skip.each(['x'])('%s works', () => {})"],
  ['a test left to do', "test.todo('works')"],
  ['a skipped suite', "describe.skip('a', () => { test('works', () => {}) })"],
  ['a suite without a test', "describe('a', () => {})"],
  ['a comment', "// test('works', () => {})"],
  ['the test of a pattern', "/a/.test('works')"],
])('has no title for %s', (_, text) => {
  expect(readTestTitles(text, 'a.test.ts')).toEqual([])
})
