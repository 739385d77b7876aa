import { expect, test } from 'vitest'
import { checkPatterns, judgePattern } from './check-patterns.ts'

test.each([
  ['white space next to a class that contains it', /^-\s+([A-Z\s]+?)\s*-/, '3rd degree'],
  ['nested repetition', /^(a+)+$/, 'exponential'],
  ['a search that starts at every position', /\s+$/, '2nd degree'],
  ['overlapping neighbours', /^[\w-]+_\w+$/, '2nd degree'],
])('finds %s', (_, { source, flags }, expected) => {
  expect(judgePattern(source, flags)).toContain(expected)
})

test.each([/^:([A-Za-z0-9+/]+={0,2}):$/, /^(?:[A-Za-z]+=[^,]*(?:,|$))+$/, /([a-z]+)=([^,]*)(?:,|$)/y])(
  'finds nothing in %s',
  ({ source, flags }) => {
    expect(judgePattern(source, flags)).toBeUndefined()
  },
)

test('names the file and the pattern, and asks for a reason where the pattern is known at run time only', () => {
  const files = [{ path: 'a.ts', text: 'const a = /(b+)+$/\nconst c = new RegExp(a)' }]
  expect(checkPatterns(files)).toEqual([
    expect.stringMatching(/^a\.ts \/\(b\+\)\+\$\/ takes exponential time/),
    'a.ts new RegExp(a) is only known when it runs',
  ])
  expect(checkPatterns(files, { 'a.ts /(b+)+$/': 'b is short', 'a.ts new RegExp(a)': 'so is a' })).toEqual([])
})

test('reports a reason without a use', () => {
  expect(checkPatterns([], { 'a.ts /b/': 'why not' })).toEqual(['a.ts /b/ has a reason, but is not there'])
})
