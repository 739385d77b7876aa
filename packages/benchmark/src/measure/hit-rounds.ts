/** The measured loop of a variant without requests: one call after the other for a fixed time, timed in batches. */
import { SUBJECT } from '../fixture.ts'
import { answerParent } from './answer-parent.ts'
import type { CallRound } from './call-rounds.ts'
import { quantileOfFilled } from './latencies.ts'
import { PresentedHeaders } from './presented-headers.ts'

/** The result of a check: the answer, with the subject of the fixture. */
export type Checked = { readonly active?: unknown; readonly sub?: unknown } | undefined

/** A variant that is ready to be measured. */
export interface HitVariant<Result> {
  /** The tokens to present. */
  readonly tokens: readonly string[]
  /** Checks the value of an `Authorization` field. */
  readonly check: (header: string) => Result
  /** The number of cache hits so far, if the variant counts them. */
  readonly hits?: () => number
}

/** The number of calls between two readings of the clock. One reading costs as much as a tenth of a call. */
const BATCH = 256

/**
 * Turns an asynchronous check of tokens into a child program.
 *
 * @param create - creates the check once. It can fetch answers from `endpoint`.
 */
export function measureHits(create: (endpoint: string) => Promise<HitVariant<Promise<Checked>>>): void {
  answerRounds(create, ({ check }, headers) => async () => {
    let checked: Checked
    for (let call = 0; call < BATCH; call++) checked = await check(headers.next())
    return checked
  })
}

/** The same for a check that returns its answer without a promise. */
export function measureSyncHits(create: (endpoint: string) => Promise<HitVariant<Checked>>): void {
  answerRounds(create, ({ check }, headers) => () => {
    let checked: Checked
    for (let call = 0; call < BATCH; call++) checked = check(headers.next())
    return checked
  })
}

/** Makes a batch of calls and returns the result of the last one. */
type Batch = () => Checked | Promise<Checked>

function answerRounds<Result>(
  create: (endpoint: string) => Promise<HitVariant<Result>>,
  toBatch: (variant: HitVariant<Result>, headers: PresentedHeaders) => Batch,
): void {
  const batchesMs = new Float64Array(100_000)
  let batch: Batch | undefined
  let hits: (() => number) | undefined

  answerParent({
    async start({ endpoint }: { endpoint: string }) {
      const variant = await create(endpoint)
      hits = variant.hits
      batch = toBatch(variant, new PresentedHeaders(variant.tokens))
    },
    async round({ durationMs }: { durationMs: number }): Promise<CallRound> {
      if (batch === undefined) throw new Error('not started')
      const hitsBefore = hits?.()
      let batches = 0
      const cpu = process.cpuUsage()
      const started = performance.now()
      let before = started
      while (before < started + durationMs && batches < batchesMs.length) {
        const checked = await batch()
        if (checked?.sub !== SUBJECT) throw new Error('unexpected answer')
        const after = performance.now()
        batchesMs[batches++] = (after - before) / BATCH
        before = after
      }
      const { user, system } = process.cpuUsage(cpu)
      const calls = batches * BATCH
      if (hits !== undefined && hits() - (hitsBefore ?? 0) !== calls) throw new Error('not answered from the cache')
      return {
        cpuMicrosPerCall: (user + system) / calls,
        callsPerSecond: (calls * 1000) / (before - started),
        p99Ms: quantileOfFilled(batchesMs, batches, 0.99),
      }
    },
  })
}
