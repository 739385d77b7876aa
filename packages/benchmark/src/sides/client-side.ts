/** The client side: every way to introspect a token over the network, with the same server and the same concurrency. */
import { alternate, alternateRounds } from '../measure/alternate-rounds.ts'
import type { CallRound } from '../measure/call-rounds.ts'
import { Child } from '../measure/child.ts'
import type { Round } from '../measure/ratio.ts'
import { type ChildSettings, type Effort, GRACE_MS, type SidePlan } from './variant.ts'

/** The variants. The base is the yardstick. */
export const clientSide: SidePlan = {
  base: { name: 'undici request + JSON.parse', program: 'variants/client/undici-request.ts', everyNth: 1 },
  candidates: [
    { name: 'IntrospectionClient', program: 'variants/client/introspection-client.ts', everyNth: 1 },
    { name: 'client by hand', program: 'variants/client/by-hand.ts', everyNth: 1 },
    { name: 'undici dispatch', program: 'variants/client/undici-dispatch.ts', everyNth: 2 },
    { name: 'oauth4webapi', program: 'variants/client/oauth4webapi.ts', everyNth: 3 },
    { name: 'openid-client', program: 'variants/client/openid-client.ts', everyNth: 3 },
  ],
}

/** In milliseconds. Some variants first sign or fetch thousands of answers. */
const START_TIMEOUT_MS = 60_000

/** Measures every variant once, each in a process of its own. */
export async function measureClientSide(
  effort: Effort,
  settings: ChildSettings,
  { base, candidates }: SidePlan = clientSide,
): Promise<Round[]> {
  const server = new Child('counterparts/fixed-answer-server.ts', { core: settings.placement.counterpart })
  const options = { execArgv: settings.execArgv, core: settings.placement.measured }
  const children = new Map([base, ...candidates].map((variant) => [variant.name, new Child(variant.program, options)]))
  try {
    const { endpoint } = await server.call<{ endpoint: string }>('start', undefined, GRACE_MS)
    const measure = async (variant: string, durationMs: number): Promise<Round> => {
      const round = await children.get(variant)?.call<CallRound>('round', { durationMs }, durationMs + GRACE_MS)
      return { variant, ...(round as CallRound) }
    }
    for (const [name, child] of children) {
      await child.call('start', { endpoint }, START_TIMEOUT_MS)
      await measure(name, effort.warmUpMs)
    }
    return await alternateRounds(alternate(base.name, candidates, effort.cycles), (variant) =>
      measure(variant, effort.roundMs),
    )
  } finally {
    await Promise.all([server, ...children.values()].map((child) => child.end()))
  }
}
