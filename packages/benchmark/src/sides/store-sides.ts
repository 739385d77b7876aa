/** The stores: lookups in each, against the cheapest possible lookup in the same server. */
import { startPostgres } from '../../../server/test/databases/start-postgres.ts'
import { startRedis } from '../../../server/test/databases/start-redis.ts'
import { CONCURRENCY } from '../fixture.ts'
import { alternate, alternateRounds } from '../measure/alternate-rounds.ts'
import type { CallRound } from '../measure/call-rounds.ts'
import { Child } from '../measure/child.ts'
import type { LookupTarget } from '../measure/lookup-rounds.ts'
import { pinToCore } from '../measure/pin-to-core.ts'
import type { Round } from '../measure/ratio.ts'
import { measureServerSide } from './server-side.ts'
import { type ChildSettings, type Effort, GRACE_MS, type SidePlan } from './variant.ts'

/** One comparison of stores. */
export interface StorePlan extends SidePlan {
  /** The server for both variants. Without one, the load asks a handler that holds the store. */
  readonly server?: 'postgres' | 'redis'
  /** The number of lookups that run at the same time. */
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
} as const satisfies Readonly<Record<string, StorePlan>>

/** The name of a comparison. */
export type StoreSide = keyof typeof storeSides

/** The names of the comparisons. */
export const STORE_SIDES = Object.keys(storeSides) as StoreSide[]

/** In milliseconds. The program first saves ten thousand tokens. */
const FILL_TIMEOUT_MS = 60_000

/** Measures both variants once, in new processes and with a new server. Resolves to `undefined` without a server. */
export async function measureStoreSide(
  side: StoreSide,
  effort: Effort,
  settings: ChildSettings,
): Promise<Round[] | undefined> {
  const plan: StorePlan = storeSides[side]
  const { base, candidates, concurrency, server: kind } = plan
  if (kind === undefined) return await measureServerSide(effort, settings, plan)
  // The server belongs on the core of the counterpart. A process starts its children on its own core.
  const { measured, counterpart } = settings.placement
  if (counterpart !== undefined) pinToCore(process.pid, counterpart)
  const start = kind === 'postgres' ? startPostgres : startRedis
  const server = await start(`the benchmark ${side}`)
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
      const target: LookupTarget = { url: server.url, concurrency }
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
    server: 'postgres',
    concurrency,
  } as const
}

function redis(client: 'node-redis' | 'ioredis', concurrency: number) {
  return {
    base: { name: 'GET + JSON.parse', program: `variants/stores/${client}-get.ts`, everyNth: 1 },
    candidates: [{ name: 'createRedisTokenStore', program: `variants/stores/${client}-store.ts`, everyNth: 1 }],
    server: 'redis',
    concurrency,
  } as const
}
