/** The measured loop of a client variant: calls at a fixed concurrency for a fixed time. */
import { assertAnswer, CONCURRENCY, createTokens } from '../fixture.ts'
import { answerParent } from './answer-parent.ts'
import { quantileOfFilled } from './latencies.ts'
import type { Round } from './ratio.ts'

/** Introspects one token and gives the parsed answer. */
export type Introspect = (token: string) => Promise<unknown>

/** What a round of calls came to. */
export type CallRound = Omit<Round, 'variant'>

/** How calls are made. */
export interface CallSettings {
  /** What is asked about; otherwise the tokens of the fixture, one after the other. */
  readonly nextToken?: () => string
  /** Calls of one lane before it reads the clock again, which costs as much as a tenth of a hit. */
  readonly callsPerReading?: number
}

/**
 * Turns a way to introspect into a child program.
 *
 * @param create - makes it, once, for the endpoint it will ask.
 */
export function measureCalls(
  create: (endpoint: string) => Introspect | Promise<Introspect>,
  { nextToken = rotate(), callsPerReading = 1 }: CallSettings = {},
): void {
  const latenciesMs = new Float64Array(1_000_000)
  let introspect: Introspect | undefined

  async function round({ durationMs }: { durationMs: number }): Promise<CallRound> {
    if (introspect === undefined) throw new Error('not started')
    const ask: Introspect = introspect
    let readings = 0
    const started = performance.now()
    const end = started + durationMs
    async function lane(): Promise<void> {
      for (let before = performance.now(); before < end && readings < latenciesMs.length; ) {
        for (let call = 0; call < callsPerReading; call++) assertAnswer(await ask(nextToken()))
        const after = performance.now()
        latenciesMs[readings++] = (after - before) / callsPerReading
        before = after
      }
    }
    const cpu = process.cpuUsage()
    await Promise.all(Array.from({ length: CONCURRENCY }, lane))
    const { user, system } = process.cpuUsage(cpu)
    const elapsedMs = performance.now() - started
    const calls = readings * callsPerReading
    return {
      cpuMicrosPerCall: (user + system) / calls,
      callsPerSecond: (calls * 1000) / elapsedMs,
      p99Ms: quantileOfFilled(latenciesMs, readings, 0.99),
    }
  }

  answerParent({
    async start({ endpoint }: { endpoint: string }) {
      introspect = await create(endpoint)
    },
    round,
  })
}

function rotate(): () => string {
  const tokens = createTokens()
  let next = 0
  return () => tokens[next++ % tokens.length] as string
}
