/**
 * `pnpm incidents [--rounds 5] [--seconds 10]`: breaks the feed of revocations in every way, with real processes. Exits with 1 when
 * a token was accepted after its bound, or a call failed that would have worked without a feed. Redis has to be installed.
 */
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { startRedis } from '../../../server/test/databases/start-redis.ts'
import { toBreakable } from './breakable-redis.ts'
import {
  breakConnections,
  breakRedis,
  type Extent,
  floodWithEvents,
  killServer,
  type Outcome,
  setClocksWrong,
  stopClient,
} from './incidents.ts'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '10' } },
})
const extent: Extent = { rounds: Number(values.rounds), seconds: Number(values.seconds) }
// Each round of the longest incident revokes two of forty tokens.
if (!(extent.rounds >= 1 && extent.rounds <= 15)) throw new TypeError('--rounds: must be from 1 to 15')
if (!(extent.seconds >= 1)) throw new TypeError('--seconds: must be at least 1')

async function withRedis(): Promise<Outcome> {
  const server = await startRedis('the incident with Redis', '--appendonly', 'no')
  if (server === undefined) throw new Error('redis-server is not installed')
  try {
    return await breakRedis(extent, toBreakable(server, `{${randomUUID()}}:`))
  } finally {
    await server.stop()
  }
}

const incidents: readonly [what: string, happen: () => Promise<Outcome>][] = [
  ['a client is stopped for longer than its lease', () => stopClient(extent)],
  ['the server is killed and loses its log', () => killServer(extent)],
  ['a proxy holds octets back and breaks off', () => breakConnections(extent)],
  ['clocks are wrong by an hour', () => setClocksWrong(extent)],
  ['10,000 events a second, and one follower that never reads', () => floodWithEvents(extent)],
  ['Redis stands still, and loses its data', withRedis],
]

for (const [what, happen] of incidents) {
  const { brokenBounds, problems, ...counts } = await happen()
  console.log(`${what}: ${JSON.stringify({ ...counts, brokenBounds: brokenBounds.length })}`)
  for (const problem of [...brokenBounds, ...problems]) {
    console.error(problem)
    process.exitCode = 1
  }
}
