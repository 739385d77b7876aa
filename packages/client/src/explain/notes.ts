/** What the steps of one explanation saw. */
import type { IntrospectionResponse } from '@token-introspection/core'
import type { KeptAnswer } from '../cache/answer-cache.ts'
import { startTrace, type Trace } from '../events/trace.ts'
import type { IntrospectionResult } from '../result/introspection-result.ts'
import type { TransportReply, TransportRequest } from '../transport/transport.ts'

/** The steps that take time. */
export type TimedStep = 'token' | 'cache' | 'jwt' | 'transport' | 'response' | 'policy'

/** Notes of one explanation. */
export class Notes {
  readonly trace: Trace = startTrace()
  /** The fingerprint of the token, as events have it. */
  fingerprint: string | undefined
  /** What the cache has; `undefined` when it has nothing, or was not looked at. */
  kept: KeptAnswer<IntrospectionResult> | undefined
  wasCacheRead = false
  /** Whether the client went on with the token. */
  wasBegun = false
  cacheFailure: unknown
  /** Every request that was sent. */
  readonly requests: TransportRequest[] = []
  reply: TransportReply | undefined
  /** The answer before it was compared with the clock and the issuer. */
  response: IntrospectionResponse | undefined
  result: IntrospectionResult | undefined
  #step: TimedStep = 'token'
  readonly #durationsMs = new Map<TimedStep, number>()
  #enteredMs: number

  constructor(startedMs: number) {
    this.#enteredMs = startedMs
  }

  /** Notes that a step begins. The step before ends. */
  enter(step: TimedStep): void {
    const nowMs = performance.now()
    this.#durationsMs.set(this.#step, this.durationOf(this.#step) + nowMs - this.#enteredMs)
    this.#enteredMs = nowMs
    this.#step = step
  }

  /** The step that was at work, for an error without a code. */
  get step(): TimedStep {
    return this.#step
  }

  durationOf(step: TimedStep): number {
    return this.#durationsMs.get(step) ?? 0
  }
}
