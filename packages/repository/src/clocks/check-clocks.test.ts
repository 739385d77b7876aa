import { expect, test } from 'vitest'
import { checkClocks } from './check-clocks.ts'

const OWN_LIMIT = 'has a time limit of its own: that of all tests stops what hangs'

test.each([
  ['const started = performance.now()', 'reads the clock of the machine'],
  ['const a = process.hrtime.bigint()', 'reads the clock of the machine'],
  ['expect(Date.now() - started).toBeLessThan(3000)', 'compares with the clock of the machine'],
  ['expect(exp).toBeGreaterThan(Date.now() / 1000)', 'compares with the clock of the machine'],
  ["import { setTimeout as sleep } from 'node:timers/promises'", 'sleeps'],
  ['await new Promise((resolve) => setTimeout(resolve, 5))', 'sleeps'],
  [
    'await vi.waitFor(() => expect(asked).toBe(2))',
    'waits a second at most: expect.poll waits as long as a test may take',
  ],
  ['await expect.poll(() => asked, { timeout: 10_000 }).toBe(2)', OWN_LIMIT],
  ['vi.setConfig({ testTimeout: 60_000 })', OWN_LIMIT],
  ["describe('a client', { timeout }, () => {", OWN_LIMIT],
  ['  }, 60_000)', OWN_LIMIT],
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
  'await expect.poll(() => asked).toBe(2)',
  'expect(larger / smaller).toBeLessThan(6)',
])('finds nothing in %s', (line) => {
  expect(checkClocks([{ path: 'a.test.ts', text: line }])).toEqual([])
})

test('reports a reason without a use', () => {
  expect(checkClocks([{ path: 'a.test.ts', text: '' }], { 'a.test.ts': 'why not' })).toEqual([
    'a.test.ts has a reason, but needs none',
  ])
})
