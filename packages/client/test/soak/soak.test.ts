/** The soak with 500 faults. `pnpm soak:client` runs 10,000. */
import { expect, test } from 'vitest'
import { compare, compareTime, DEADLINE_MS, HEAP_GROWTH_BYTES, runSoak, SLACK_MS } from './run-soak.ts'

test('accepts no bad answer, calls no other origin, ends and leaks nothing, over 500 hostile answers', async () => {
  const { problems, decisions, requests } = await runSoak({ faults: 500, seed: 7 })
  expect(problems.join('\n')).toBe('')
  expect(Object.values(decisions).reduce((sum, count) => sum + count, 0)).toBe(500)
  expect(requests).toBeGreaterThan(500)
  expect(decisions).toMatchObject({
    allowed: expect.any(Number) as number,
    '502 ERR_RESPONSE_MALFORMED': expect.any(Number) as number,
    '503 ERR_TRANSPORT_TIMEOUT': expect.any(Number) as number,
  })
})

const report = {
  before: { resources: { PipeWrap: 1 }, heapBytes: 1000 },
  after: { resources: { PipeWrap: 1 }, heapBytes: 900 },
  decisions: { allowed: 1 },
  slowestMs: DEADLINE_MS,
  totalMs: 1000,
  wrong: [],
  connections: 0,
  strayRequests: 0,
  requests: 500,
}

test.each([
  ['a wrong decision', { wrong: ['active-one: allowed'] }],
  ['a connection', { connections: 1 }],
  ['a new socket', { after: { resources: { TCPSocketWrap: 1 }, heapBytes: 900 } }],
  ['a timer', { after: { resources: { PipeWrap: 1, Timeout: 1 }, heapBytes: 900 } }],
  ['a larger heap', { after: { resources: {}, heapBytes: 1001 + HEAP_GROWTH_BYTES } }],
  ['a request to another origin', { strayRequests: 1 }],
])('finds %s', (_, changes) => {
  expect(compare({ ...report, ...changes })).toHaveLength(1)
})

test('finds a call that took too long', () => {
  expect(compareTime({ slowestMs: DEADLINE_MS + SLACK_MS + 1 })).toHaveLength(1)
})

test('finds no problem in a client without a leak', () => {
  expect([...compare(report), ...compareTime(report)]).toEqual([])
})
