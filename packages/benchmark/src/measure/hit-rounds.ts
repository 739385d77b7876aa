/** The measured loop of a variant that asks nobody: one call after the other for a fixed time, timed in batches. */
import { SUBJECT } from '../fixture.ts'
import { answerParent } from './answer-parent.ts'
import type { CallRound } from './call-rounds.ts'
import { quantileOfFilled } from './latencies.ts'
import { PresentedHeaders } from './presented-headers.ts'

/** What a check comes to: the answer, with the subject of the fixture. */
export type Checked = { readonly active?: unknown; readonly sub?: unknown } | undefined

/** A variant that is ready. */
export interface HitVariant<Result> {
  /** What is presented. */
  readonly tokens: readonly string[]
  /** Takes the value of an `Authorization` field. */
  readonly check: (header: string) => Result
  /** How many calls were answered from the cache so far, where there is something that counts them. */
  readonly hits?: () => number
}

/** Calls per reading of the clock, which costs as much as a tenth of a call. */
const BATCH = 256

/**
 * Turns a way to check tokens into a child program.
 *
 * @param create - makes it, once; `endpoint` is where the answers are that it keeps.
 */
export function measureHits(create: (endpoint: string) => Promise<HitVariant<Promise<Checked>>>): void {
  answerRounds(create, ({ check }, headers) => async () => {
    let checked: Checked
    for (let call = 0; call < BATCH; call++) checked = await check(headers.next())
    return checked
  })
}

/** The same for a way that gives its answer at once. */
export function measureSyncHits(create: (endpoint: string) => Promise<HitVariant<Checked>>): void {
  answerRounds(create, ({ check }, headers) => () => {
    let checked: Checked
    for (let call = 0; call < BATCH; call++) checked = check(headers.next())
    return checked
  })
}

/** Makes a batch of calls and gives what the last one came to. */
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
        if (checked?.sub !== SUBJECT) throw new Error('not the answer that was expected')
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
