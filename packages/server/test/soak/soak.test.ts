/** The soak for two seconds. `pnpm soak` runs longer. */
import { expect, test } from 'vitest'
import { compare, HEAP_GROWTH_BYTES, runSoak } from './run-soak.ts'
import { SENDERS } from './senders.ts'

test('leaves nothing behind in the server, and answers good senders beside bad ones', async () => {
  const { sent, problems, after } = await runSoak({ seconds: 2, each: 2 })
  expect(problems).toEqual([])
  expect(Object.keys(sent).toSorted()).toEqual(Object.keys(SENDERS).toSorted())
  expect(after.events).toMatchObject({
    introspected: expect.any(Number) as number,
    'refused 413': expect.any(Number) as number,
  })
})

const before = { connections: 0, resources: { TCPServerWrap: 1 }, heapBytes: 1000, events: {} }

test.each([
  ['a connection', { connections: 1 }],
  ['a timer', { resources: { TCPServerWrap: 1, Timeout: 1 } }],
  ['a socket more than before', { resources: { TCPServerWrap: 2 } }],
  ['a larger heap', { heapBytes: 1001 + HEAP_GROWTH_BYTES }],
  ['a request with an unexpected outcome', { events: { 'unexpected 500': 1 } }],
])('sees %s', (_, changes) => {
  expect(compare(before, { ...before, ...changes })).toHaveLength(1)
})

test('finds no problem with an unchanged server', () => {
  expect(compare(before, { ...before, heapBytes: 900, events: { 'refused 500': 3 } })).toEqual([])
})
