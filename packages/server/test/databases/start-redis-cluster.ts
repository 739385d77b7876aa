/** A Redis Cluster of three primaries for tests. */
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { findFreePort } from '../../../core/test/find-free-port.ts'
import type { TestServer } from './server-process.ts'
import { startRedis } from './start-redis.ts'

/** The slots of each primary. */
const SLOTS = [
  ['0', '5460'],
  ['5461', '10922'],
  ['10923', '16383'],
] as const

const FORM_TIMEOUT_MS = 30_000

/** A cluster for tests. */
export interface TestCluster {
  /** The URL of one primary. A client learns the others from it. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts a cluster if `redis-server` is installed.
 *
 * @param tests - the tests that need the cluster, for the notice.
 */
export async function startRedisCluster(tests: string): Promise<TestCluster | undefined> {
  const nodes: { readonly server: TestServer; readonly busPort: string }[] = []
  for (const _ of SLOTS) {
    // By default the port of the bus is 10000 higher, which does not exist for many free ports.
    const busPort = String(await findFreePort())
    const bus = ['--cluster-port', busPort, '--cluster-announce-ip', '127.0.0.1']
    const server = await startRedis(tests, '--cluster-enabled', 'yes', ...bus)
    if (server === undefined) return undefined
    nodes.push({ server, busPort })
  }
  const clients = nodes.map(({ server }) => new Redis(server.url))
  try {
    await form(
      clients,
      nodes.map(({ server, busPort }) => [new URL(server.url).port, busPort]),
    )
  } finally {
    for (const client of clients) client.disconnect()
  }
  return {
    url: nodes[0]?.server.url ?? '',
    stop: async () => void (await Promise.all(nodes.map(({ server }) => server.stop()))),
  }
}

/** Gives each primary its slots, and waits until all of them know the whole cluster. */
async function form(clients: readonly Redis[], ports: readonly (readonly [port: string, busPort: string])[]) {
  for (const [index, client] of clients.entries()) {
    await client.call('CLUSTER', ['SET-CONFIG-EPOCH', String(index + 1)])
    await client.call('CLUSTER', ['ADDSLOTSRANGE', ...(SLOTS[index] ?? [])])
  }
  for (const port of ports.slice(1)) await clients[0]?.call('CLUSTER', ['MEET', '127.0.0.1', ...port])
  const until = Date.now() + FORM_TIMEOUT_MS
  for (const client of clients) {
    for (;;) {
      const info = String(await client.call('CLUSTER', ['INFO']))
      if (info.includes('cluster_state:ok') && info.includes(`cluster_size:${SLOTS.length}`)) break
      if (Date.now() > until) throw new Error(`the cluster did not form: ${info}`)
      await delay(50)
    }
  }
}
