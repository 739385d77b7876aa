/** The measured loop of a store variant: calls at a fixed concurrency for a fixed time. */
import { answerParent } from './answer-parent.ts'
import type { CallRound } from './call-rounds.ts'
import { quantileOfFilled } from './latencies.ts'

/** The server and the settings of a store variant. */
export interface StoreTarget {
  /** The kind of the store. */
  readonly store: 'memory' | 'postgres' | 'redis' | 'sqlite'
  /** The URL of the server; empty for a store without one. */
  readonly url: string
  readonly concurrency: number
}

/**
 * Turns calls to a store into a child program.
 *
 * @param create - prepares the variant, and gives the call. It rejects when its result is wrong.
 */
export function measureLanes(create: (target: StoreTarget) => Promise<() => Promise<void>>): void {
  const latenciesMs = new Float64Array(1_000_000)
  let call: (() => Promise<void>) | undefined
  let lanes = 0

  async function round({ durationMs }: { durationMs: number }): Promise<CallRound> {
    if (call === undefined) throw new Error('not started')
    const run = call
    let calls = 0
    const started = performance.now()
    const end = started + durationMs
    async function lane(): Promise<void> {
      for (let before = performance.now(); before < end && calls < latenciesMs.length; ) {
        await run()
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
    async start(target: StoreTarget) {
      lanes = target.concurrency
      call = await create(target)
    },
    round,
  })
}
