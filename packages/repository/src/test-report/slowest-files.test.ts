import { expect, test } from 'vitest'
import { slowestFiles } from './slowest-files.ts'

const file = (name: string, startTime: number, endTime: number) => ({ name, startTime, endTime })

test('names the slowest files, slowest first', () => {
  const testResults = [
    file('/a/quick.test.ts', 0, 10),
    file('/a/b/slow.test.ts', 5, 2005),
    file('/a/c.test.ts', 0, 500),
  ]
  expect(slowestFiles({ testResults }, 2, '/a')).toEqual([
    { path: 'b/slow.test.ts', seconds: 2 },
    { path: 'c.test.ts', seconds: 0.5 },
  ])
})
