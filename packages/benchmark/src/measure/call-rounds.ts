/** The measured loop of a client variant: calls at a fixed concurrency for a fixed time. */
import { assertAnswer, CONCURRENCY, createTokens } from '../fixture.ts'
import { answerParent } from './answer-parent.ts'
import { quantileOfFilled } from './latencies.ts'
import type { Round } from './ratio.ts'

/** Introspects one token and gives the parsed answer. */
export type Introspect = (token: string) => Promise<unknown>

/** What a round of calls came to. */
export type CallRound = Omit<Round, 'variant'>

/**
 * Turns a way to introspect into a child program.
 *
 * @param create - makes it, once, for the endpoint it will ask.
 */
export function measureCalls(create: (endpoint: string) => Introspect): void {
  const tokens = createTokens()
  const latenciesMs = new Float64Array(1_000_000)
  let introspect: Introspect | undefined
  let next = 0

  async function round({ durationMs }: { durationMs: number }): Promise<CallRound> {
    if (introspect === undefined) throw new Error('not started')
    const ask: Introspect = introspect
    let calls = 0
    const started = performance.now()
    const end = started + durationMs
    async function lane(): Promise<void> {
      for (let before = performance.now(); before < end && calls < latenciesMs.length; ) {
        const answer = await ask(tokens[next++ % tokens.length] as string)
        assertAnswer(answer)
        const after = performance.now()
        latenciesMs[calls++] = after - before
        before = after
      }
    }
    const cpu = process.cpuUsage()
    await Promise.all(Array.from({ length: CONCURRENCY }, lane))
    const { user, system } = process.cpuUsage(cpu)
    const elapsedMs = performance.now() - started
    return {
      cpuMicrosPerCall: (user + system) / calls,
      callsPerSecond: (calls * 1000) / elapsedMs,
      p99Ms: quantileOfFilled(latenciesMs, calls, 0.99),
    }
  }

  answerParent({
    start({ endpoint }: { endpoint: string }) {
      introspect = create(endpoint)
    },
    round,
  })
}
