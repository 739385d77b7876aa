import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import type { TestServer } from '../../../server/test/databases/server-process.ts'
import { startRedis } from '../../../server/test/databases/start-redis.ts'
import { toBreakable } from './breakable-redis.ts'
import {
  breakConnections,
  breakRedis,
  floodWithEvents,
  killServer,
  type Outcome,
  setClocksWrong,
  stopClient,
} from './incidents.ts'

const server = await startRedis('incidents with Redis', '--appendonly', 'no')
afterAll(() => server?.stop())

const ONCE = { rounds: 1, seconds: 1 }

function expectNoHarm({ brokenBounds, problems, accepted, revoked, events }: Outcome): void {
  expect({ brokenBounds, problems }).toEqual({ brokenBounds: [], problems: [] })
  expect(accepted).toBeGreaterThan(1000)
  expect(revoked).toBeGreaterThan(0)
  expect(events).toBeGreaterThan(0)
}

describe('real processes accept no token after the bound that they state, and go on', () => {
  test.each([
    ['a client is stopped for longer than its lease', stopClient],
    ['the server is killed in mid stream, and comes back without its log', killServer],
    ['a proxy holds the feed back, and breaks connections off half way', breakConnections],
    ['clocks are wrong by an hour', setClocksWrong],
    ['there are 10,000 events a second, and a follower that never reads', floodWithEvents],
  ])('when %s', async (_, happen) => {
    expectNoHarm(await happen(ONCE))
  })

  test.skipIf(server === undefined)('when Redis stands still, and then restarts without its data', async () => {
    expectNoHarm(await breakRedis(ONCE, toBreakable(server as TestServer, `{${randomUUID()}}:`)))
  })
})
