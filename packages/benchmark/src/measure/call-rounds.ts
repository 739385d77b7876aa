/** The measured loop of a client variant: calls at a fixed concurrency for a fixed time. */
import { assertAnswer, CONCURRENCY, createTokens } from '../fixture.ts'
import { answerParent } from './answer-parent.ts'
import { quantileOfFilled } from './latencies.ts'
import type { Round } from './ratio.ts'

/** Introspects one token and returns the parsed answer. */
export type Introspect = (token: string) => Promise<unknown>

/** The result of one round of calls. */
export type CallRound = Omit<Round, 'variant'>

/** How the loop makes calls. */
export interface CallSettings {
  /** The next token to introspect. Default: the tokens of the fixture in turn. */
  readonly nextToken?: () => string
  /** The number of calls per lane between two readings of the clock. One reading costs as much as a tenth of a hit. */
  readonly callsPerReading?: number
}

/**
 * Turns an introspection function into a child program.
 *
 * @param create - creates the function once, for the given endpoint.
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
