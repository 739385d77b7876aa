import { expect, test } from 'vitest'
import { checkClocks } from './check-clocks.ts'

test.each([
  ['const started = performance.now()', 'reads the clock of the machine'],
  ['const a = process.hrtime.bigint()', 'reads the clock of the machine'],
  ['expect(Date.now() - started).toBeLessThan(3000)', 'compares with the clock of the machine'],
  ['expect(exp).toBeGreaterThan(Date.now() / 1000)', 'compares with the clock of the machine'],
  ["import { setTimeout as sleep } from 'node:timers/promises'", 'sleeps'],
  ['await new Promise((resolve) => setTimeout(resolve, 5))', 'sleeps'],
  ['expect(tookMs).toBeLessThan(deadlineMs + 1200)', 'asserts how long something took'],
])('finds %s', (line, complaint) => {
  expect(checkClocks([{ path: 'a.test.ts', text: `\n${line}` }])).toEqual([`a.test.ts:2 ${complaint}`])
  expect(checkClocks([{ path: 'a.test.ts', text: line }], { 'a.test.ts': 'prints it' })).toEqual([])
})

test.each([
  'const exp = Math.floor(Date.now() / 1000) + 60',
  'vi.useFakeTimers({ now: Date.now() })',
  "import { setImmediate } from 'node:timers/promises'",
  'await new Promise((resolve) => setImmediate(resolve))',
  'expect(larger / smaller).toBeLessThan(6)',
])('finds nothing in %s', (line) => {
  expect(checkClocks([{ path: 'a.test.ts', text: line }])).toEqual([])
})

test('reports a reason without a use', () => {
  expect(checkClocks([{ path: 'a.test.ts', text: '' }], { 'a.test.ts': 'why not' })).toEqual([
    'a.test.ts has a reason, but needs none',
  ])
})
