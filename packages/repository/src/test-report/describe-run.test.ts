import { expect, test } from 'vitest'
import { describeRun } from './describe-run.ts'

const times = { startTime: 0, endTime: 1500 }
const passed = { name: '/a/one.test.ts', status: 'passed', ...times, assertionResults: [] }

test('names the slowest file of a run that passed', () => {
  const other = { ...passed, name: '/a/two.test.ts', endTime: 20 }
  expect(describeRun({ testResults: [other, passed] }, '/a')).toEqual(['slowest: one.test.ts, 1.5 s'])
})

test('names every failed test, with its messages', () => {
  const assertionResults = [
    { status: 'passed', fullName: 'is well' },
    { status: 'failed', fullName: 'adds', failureMessages: ['expected 3\nto be 4'] },
    { status: 'failed', fullName: 'subtracts', failureMessages: null },
  ]
  const failed = { ...passed, status: 'failed', assertionResults }
  expect(describeRun({ testResults: [passed, failed] }, '/a')).toEqual([
    'failed: one.test.ts: adds',
    '    expected 3',
    '    to be 4',
    'failed: one.test.ts: subtracts',
  ])
})

test('names a file that could not be loaded', () => {
  const failed = { ...passed, status: 'failed', message: 'no such module' }
  expect(describeRun({ testResults: [failed] }, '/a')).toEqual(['failed: one.test.ts', '    no such module'])
})
