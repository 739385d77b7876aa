/** The server side: every endpoint under the same load, with the CPU time of its own process. */
import type { LoadRound } from '../counterparts/load-generator.ts'
import { alternate, alternateRounds } from '../measure/alternate-rounds.ts'
import { Child } from '../measure/child.ts'
import type { Round } from '../measure/ratio.ts'
import type { ServerTarget } from '../measure/serve-requests.ts'
import { type ChildSettings, type Effort, GRACE_MS, type SidePlan } from './variant.ts'

/** The variants. The base does only what every endpoint must do. */
export const serverSide: SidePlan = {
  base: { name: 'node:http fixed JSON', program: 'variants/server/fixed-json.ts', everyNth: 1 },
  candidates: [
    { name: 'toNodeHandler', program: 'variants/server/node-handler.ts', everyNth: 1 },
    { name: 'endpoint by hand', program: 'variants/server/node-by-hand.ts', everyNth: 1 },
    { name: 'PBKDF2 secret', program: 'variants/server/hashed-secret.ts', everyNth: 2 },
    { name: 'fetch form, @hono/node-server', program: 'variants/server/fetch-hono.ts', everyNth: 2 },
    { name: 'fixed JSON, @hono/node-server', program: 'variants/server/fetch-fixed-hono.ts', everyNth: 2 },
    { name: 'fetch form, plain adapter', program: 'variants/server/fetch-handler.ts', everyNth: 3 },
    { name: 'fixed JSON, plain adapter', program: 'variants/server/fetch-fixed-plain.ts', everyNth: 3 },
    { name: 'oidc-provider', program: 'variants/server/oidc-provider.ts', everyNth: 3 },
  ],
}

/** In milliseconds. Some variants first save a million tokens. */
const START_TIMEOUT_MS = 120_000

/** Measures every variant once, each in a process of its own. */
export async function measureServerSide(
  effort: Effort,
  settings: ChildSettings,
  { base, candidates }: SidePlan = serverSide,
): Promise<Round[]> {
  const load = new Child('counterparts/load-generator.ts', { core: settings.placement.counterpart })
  const options = { execArgv: settings.execArgv, core: settings.placement.measured }
  const children = new Map([base, ...candidates].map((variant) => [variant.name, new Child(variant.program, options)]))
  try {
    const measure = async (variant: string, durationMs: number): Promise<Round> => {
      const child = children.get(variant) as Child
      const before = await child.call<number>('cpuMicros', undefined, GRACE_MS)
      const round = await load.call<LoadRound>('round', { name: variant, durationMs }, durationMs + GRACE_MS)
      const cpuMicros = (await child.call<number>('cpuMicros', undefined, GRACE_MS)) - before
      const { calls, callsPerSecond, p99Ms } = round
      return { variant, cpuMicrosPerCall: cpuMicros / calls, callsPerSecond, p99Ms }
    }
    for (const [name, child] of children) {
      const target = await child.call<ServerTarget>('start', undefined, START_TIMEOUT_MS)
      await load.call('target', { name, target }, GRACE_MS)
      await measure(name, effort.warmUpMs)
    }
    return await alternateRounds(alternate(base.name, candidates, effort.cycles), (variant) =>
      measure(variant, effort.roundMs),
    )
  } finally {
    await Promise.all([load, ...children.values()].map((child) => child.end()))
  }
}
