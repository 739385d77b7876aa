/** The stores: lookups in each, against the cheapest possible lookup in the same server, and revocations with a log and without. */
import { startPostgres } from '../../../server/test/databases/start-postgres.ts'
import type { TestServer } from '../../../server/test/databases/server-process.ts'
import { startRedis } from '../../../server/test/databases/start-redis.ts'
import { CONCURRENCY } from '../fixture.ts'
import { alternate, alternateRounds } from '../measure/alternate-rounds.ts'
import type { CallRound } from '../measure/call-rounds.ts'
import { Child } from '../measure/child.ts'
import type { StoreTarget } from '../measure/lane-rounds.ts'
import { pinToCore } from '../measure/pin-to-core.ts'
import type { Round } from '../measure/ratio.ts'
import { measureServerSide } from './server-side.ts'
import { type ChildSettings, type Effort, GRACE_MS, type SidePlan } from './variant.ts'

/** One comparison of stores. */
export interface StorePlan extends SidePlan {
  /** The store for both variants. Without it, the load asks a handler that holds the store. */
  readonly store?: StoreTarget['store']
  /** The number of calls that run at the same time. */
  readonly concurrency: number
}

/** Every comparison. */
export const storeSides = {
  'postgres, 64 at once': postgres(64),
  'postgres, alone': postgres(1),
  'node-redis, 16 at once': redis('node-redis', 16),
  'node-redis, 64 at once': redis('node-redis', 64),
  'ioredis, 16 at once': redis('ioredis', 16),
  'ioredis, 64 at once': redis('ioredis', 64),
  memory: {
    base: { name: '1,000 tokens', program: 'variants/stores/memory-thousand.ts', everyNth: 1 },
    candidates: [{ name: '1,000,000 tokens', program: 'variants/stores/memory-million.ts', everyNth: 1 }],
    concurrency: CONCURRENCY,
  },
  'revocations in memory, alone': revocations('memory', 1),
  'revocations in memory, 32 at once': revocations('memory', 32),
  'revocations in sqlite, alone': revocations('sqlite', 1),
  'revocations in sqlite, 32 at once': revocations('sqlite', 32),
  'revocations in redis, alone': revocations('redis', 1),
  'revocations in redis, 32 at once': revocations('redis', 32),
  'revocations in postgres, alone': revocations('postgres', 1),
  'revocations in postgres, 32 at once': revocations('postgres', 32),
} as const satisfies Readonly<Record<string, StorePlan>>

/** The name of a comparison. */
export type StoreSide = keyof typeof storeSides

/** The names of the comparisons. */
export const STORE_SIDES = Object.keys(storeSides) as StoreSide[]

/** Starts the server of a store. A revocation is on the disk before it is answered, as it has to be where it must not be lost. */
const servers: Readonly<Record<StoreTarget['store'], (tests: string) => Promise<TestServer | undefined>>> = {
  postgres: (tests) => startPostgres(tests, '-c', 'fsync=on'),
  redis: (tests) => startRedis(tests),
  memory: startNone,
  sqlite: startNone,
}

/** The comparisons of revocations with a log and without. */
export const REVOCATION_SIDES = STORE_SIDES.filter((side) => side.startsWith('revocations '))

/** In milliseconds. The program first saves ten thousand tokens. */
const FILL_TIMEOUT_MS = 60_000

/** Measures both variants once, in new processes and with a new server. Resolves to `undefined` without a server. */
export async function measureStoreSide(
  side: StoreSide,
  effort: Effort,
  settings: ChildSettings,
): Promise<Round[] | undefined> {
  const plan: StorePlan = storeSides[side]
  const { base, candidates, concurrency, store } = plan
  if (store === undefined) return await measureServerSide(effort, settings, plan)
  // The server belongs on the core of the counterpart. A process starts its children on its own core.
  const { measured, counterpart } = settings.placement
  if (counterpart !== undefined) pinToCore(process.pid, counterpart)
  const server = await servers[store](`the benchmark ${side}`)
  if (measured !== undefined) pinToCore(process.pid, measured)
  if (server === undefined) return undefined
  const options = { execArgv: settings.execArgv, core: settings.placement.measured }
  const children = new Map([base, ...candidates].map((variant) => [variant.name, new Child(variant.program, options)]))
  try {
    const measure = async (variant: string, durationMs: number): Promise<Round> => {
      const round = await children.get(variant)?.call<CallRound>('round', { durationMs }, durationMs + GRACE_MS)
      return { variant, ...(round as CallRound) }
    }
    for (const [name, child] of children) {
      const target: StoreTarget = { store, url: server.url, concurrency }
      await child.call('start', target, FILL_TIMEOUT_MS)
      await measure(name, effort.warmUpMs)
    }
    return await alternateRounds(alternate(base.name, candidates, effort.cycles), (variant) =>
      measure(variant, effort.roundMs),
    )
  } finally {
    await Promise.all([...children.values()].map((child) => child.end()))
    await server.stop()
  }
}

function postgres(concurrency: number) {
  return {
    base: { name: 'one statement per token', program: 'variants/stores/postgres-statement.ts', everyNth: 1 },
    candidates: [{ name: 'createPostgresTokenStore', program: 'variants/stores/postgres-store.ts', everyNth: 1 }],
    store: 'postgres',
    concurrency,
  } as const
}

function redis(client: 'node-redis' | 'ioredis', concurrency: number) {
  return {
    base: { name: 'GET + JSON.parse', program: `variants/stores/${client}-get.ts`, everyNth: 1 },
    candidates: [{ name: 'createRedisTokenStore', program: `variants/stores/${client}-store.ts`, everyNth: 1 }],
    store: 'redis',
    concurrency,
  } as const
}

function revocations(store: StoreTarget['store'], concurrency: number) {
  return {
    base: { name: 'without a log', program: 'variants/revocations/without-log.ts', everyNth: 1 },
    candidates: [{ name: 'with a log', program: 'variants/revocations/with-log.ts', everyNth: 1 }],
    store,
    concurrency,
  } as const
}

function startNone(): Promise<TestServer> {
  return Promise.resolve({ url: '', stop: () => Promise.resolve() })
}
