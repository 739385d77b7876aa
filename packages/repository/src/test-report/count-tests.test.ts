import { expect, test } from 'vitest'
import { countTests } from './count-tests.ts'

const file = (...statuses: string[]) => ({
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map((status) => ({ status })),
})

test('counts every test once', () => {
  const testResults = [file('passed', 'passed', 'skipped'), file('passed', 'todo', 'pending', 'disabled')]
  expect(countTests({ success: true, testResults })).toEqual({ passed: 3, failed: 0, skipped: 4 })
})

test('counts failures, and what it does not know as one', () => {
  const testResults = [file('passed', 'failed'), file('exploded')]
  expect(countTests({ success: false, testResults })).toEqual({ passed: 1, failed: 2, skipped: 0 })
})

test.each([
  ['a run without a test', { success: true, testResults: [] }],
  ['a run that skipped everything', { success: true, testResults: [file('skipped')] }],
  [
    'a file that could not be loaded',
    { success: true, testResults: [file('passed'), { status: 'failed', assertionResults: [] }] },
  ],
  ['a runner that failed', { success: false, testResults: [file('passed')] }],
])('does not count %s', (_, report) => {
  expect(() => countTests(report)).toThrow()
})
