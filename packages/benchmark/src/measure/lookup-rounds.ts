/** The measured loop of a store variant: lookups at a fixed concurrency for a fixed time. */
import { SUBJECT } from '../fixture.ts'
import { answerParent } from './answer-parent.ts'
import type { CallRound } from './call-rounds.ts'
import { quantileOfFilled } from './latencies.ts'

/** Looks up the token with this index. The result has a `sub`. */
export type Lookup = (index: number) => Promise<unknown>

/** The server and the settings of a store variant. */
export interface LookupTarget {
  /** The URL of the server. */
  readonly url: string
  readonly concurrency: number
}

/** A variant that is ready to be measured. */
export interface LookupVariant {
  readonly lookup: Lookup
  readonly tokenCount: number
}

/** The step from one token to the next. It reaches every token, and no two neighbours follow each other. */
const STRIDE = 7919

/** Turns a lookup into a child program. */
export function measureLookups(create: (target: LookupTarget) => Promise<LookupVariant>): void {
  const latenciesMs = new Float64Array(1_000_000)
  let variant: LookupVariant | undefined
  let lanes = 0
  let next = 0

  async function round({ durationMs }: { durationMs: number }): Promise<CallRound> {
    if (variant === undefined) throw new Error('not started')
    const { lookup, tokenCount } = variant
    let calls = 0
    const started = performance.now()
    const end = started + durationMs
    async function lane(): Promise<void> {
      for (let before = performance.now(); before < end && calls < latenciesMs.length; ) {
        next = (next + STRIDE) % tokenCount
        const found = (await lookup(next)) as { readonly sub?: unknown } | null
        if (found?.sub !== SUBJECT) throw new Error('unexpected record')
        const after = performance.now()
        latenciesMs[calls++] = after - before
        before = after
      }
    }
    const cpu = process.cpuUsage()
    await Promise.all(Array.from({ length: lanes }, lane))
    const { user, system } = process.cpuUsage(cpu)
    const elapsedMs = performance.now() - started
    return {
      cpuMicrosPerCall: (user + system) / calls,
      callsPerSecond: (calls * 1000) / elapsedMs,
      p99Ms: quantileOfFilled(latenciesMs, calls, 0.99),
    }
  }

  answerParent({
    async start(target: LookupTarget) {
      lanes = target.concurrency
      variant = await create(target)
    },
    round,
  })
}
