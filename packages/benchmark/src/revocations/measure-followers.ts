/**
 * Measures the memory of followers that wait at one process, and of as many bare responses of `node:http` as a control. Prints a
 * line of JSON for each kind: octets for each follower.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Child } from '../measure/child.ts'
import type { Held, Memory } from './holding-server.ts'
import type { Opening } from './waiting-clients.ts'

const TIMEOUT_MS = 300_000
const FOLLOWERS = Number(process.argv[2] ?? 10_000)
/** Opened before the first look, so that nothing is counted that is there once. */
const WARM = 200

for (const held of ['event stream', 'bare, begun', 'long poll', 'bare, not begun'] satisfies Held[]) {
  const server = new Child('revocations/holding-server.ts', { execArgv: ['--expose-gc'] })
  const clients = new Child('revocations/waiting-clients.ts')
  try {
    console.log(JSON.stringify({ held, followers: FOLLOWERS, ...(await measure(held, server, clients)) }))
  } finally {
    await Promise.all([clients.end(), server.end()])
  }
}

async function measure(held: Held, server: Child, clients: Child): Promise<object> {
  const port = await server.call<number>('start', held, TIMEOUT_MS)
  const accept = held === 'event stream' ? 'text/event-stream' : 'application/json'
  const after = held === 'long poll' ? await clients.call<string>('position', port, TIMEOUT_MS) : undefined
  const open = async (count: number): Promise<void> => {
    const before = await server.call<number>('requests', undefined, TIMEOUT_MS)
    await clients.call('open', { port, count, accept, after } satisfies Opening, TIMEOUT_MS)
    while ((await server.call<number>('requests', undefined, TIMEOUT_MS)) < before + count) await delay(50)
  }
  await open(WARM)
  const before = await server.call<Memory>('memory', undefined, TIMEOUT_MS)
  await open(FOLLOWERS)
  const later = await server.call<Memory>('memory', undefined, TIMEOUT_MS)
  const each = (member: keyof Memory): number => Math.round((later[member] - before[member]) / FOLLOWERS)
  return { heapBytes: each('heap'), residentBytes: each('resident') }
}
