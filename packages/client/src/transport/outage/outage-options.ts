/** Options of step `transport`: what happens to calls while the authorization server is slow or down. */
import { OptionGroup } from '@token-introspection/core/options'
import type { Send } from '../transport.ts'
import { Admission } from './admission.ts'
import type { EndpointCircuit } from './endpoint-circuit.ts'
import { KnownTokens } from './known-tokens.ts'
import { type OnCircuitChange, protectSend } from './protect-send.ts'
import type { RetrySettings } from './retry.ts'

/** When the client stops sending to a failing endpoint, and for how long. */
export interface CircuitBreakerOptions {
  /**
   * How many tokens have to fail, one after the other, before the circuit opens. A token counts once, however often its
   * request fails. Default 5, from 1 to 1000.
   */
  readonly failures?: number | undefined
  /**
   * Milliseconds without an answer about any token before the circuit opens. They begin with the first request. Default
   * 5000, from 0 to 600000. With 0 only `failures` counts.
   */
  readonly windowMs?: number | undefined
  /**
   * Milliseconds until one request is tried, the first time. Each further time doubles them. Default 500, from 10 to
   * 60000.
   */
  readonly openMs?: number | undefined
  /** The longest time, also when `Retry-After` asks for more. Default 30000, from 10 to 600000. */
  readonly maxOpenMs?: number | undefined
}

/** The options of step `transport` about outages. */
export interface OutageOptions {
  /**
   * Retries a request once when its connection was lost, over a fresh connection, or when it was answered 502, 503 or
   * 504 without `Retry-After`. Retries up to twice when there was no connection, because the address was not found for
   * now or refused it. All attempts are within the deadline of the call. Default `true`.
   */
  readonly retry?: boolean | undefined
  /**
   * When `failures` tokens have failed one after the other (no answer, 502, 503, 504) and there was no answer for
   * `windowMs`, calls fail at once with `ERR_TRANSPORT_CIRCUIT_OPEN` until one request has succeeded. `Retry-After`
   * makes that time longer, but does not open the circuit. 429 counts neither as a failure nor as an answer. Each
   * endpoint has a circuit for tokens that were active when they were last asked about, and another one for the rest.
   * When the circuit of the rest opens, the client asks about an invented token, and an answer closes the circuit.
   * `false` switches circuits off.
   */
  readonly circuitBreaker?: CircuitBreakerOptions | false | undefined
  /**
   * The highest number of requests at once. On Node each has a connection of its own. A quarter is reserved for tokens
   * that were active when they were last asked about, and for requests for metadata and keys. Default 64, from 1 to
   * 1024.
   */
  readonly maxConcurrentRequests?: number | undefined
  /**
   * The highest number of requests that wait for their turn. A further one fails with `ERR_TRANSPORT_OVERLOADED`.
   * Tokens that were active when they were last asked about go first, and in a full queue another request makes room
   * for them. Default 1024, from 0 to 100000.
   */
  readonly maxQueuedRequests?: number | undefined
}

/** The names of the options. */
export const OUTAGE_OPTIONS = ['retry', 'circuitBreaker', 'maxConcurrentRequests', 'maxQueuedRequests'] as const

/** The defaults of the options. */
export const outageDefaults = Object.freeze({
  retry: true,
  circuitBreaker: Object.freeze({ failures: 5, windowMs: 5000, openMs: 500, maxOpenMs: 30_000 }),
  maxConcurrentRequests: 64,
  maxQueuedRequests: 1024,
})

/** The resolved options. */
export interface OutageStep {
  readonly maxConcurrentRequests: number
  readonly admission: Admission
  /** The circuits of every URL that was asked so far. */
  readonly circuits: ReadonlyMap<string, Pick<EndpointCircuit, 'state' | 'answered'>>
  readonly known: KnownTokens
  /** Without it, requests are not retried. */
  readonly retry: RetrySettings | undefined
  /**
   * Puts a transport under these limits. `probe` says whether an endpoint answers about a token that nobody has
   * presented.
   */
  readonly protect: (send: Send, probe?: (url: string) => Promise<boolean>) => Send
}

/** The settings around the options. */
export interface OutageSurroundings {
  readonly onCircuitChange: OnCircuitChange
}

/** Reads the options from the group of the step. */
export function resolveOutage(group: OptionGroup, { onCircuitChange }: OutageSurroundings): OutageStep {
  const maxConcurrentRequests = group.integer('maxConcurrentRequests', {
    default: outageDefaults.maxConcurrentRequests,
    min: 1,
    max: 1024,
  })
  const maxQueuedRequests = group.integer('maxQueuedRequests', {
    default: outageDefaults.maxQueuedRequests,
    min: 0,
    max: 100_000,
  })
  const limits = resolveCircuitBreaker(group)
  const circuitBreaker = limits && { ...limits, nowMs: () => performance.now(), random: Math.random }
  const admission = new Admission({ maxConcurrentRequests, maxQueuedRequests })
  const circuits = new Map<string, EndpointCircuit>()
  const known = new KnownTokens()
  const retries = group.boolean('retry', outageDefaults.retry)
  return {
    maxConcurrentRequests,
    admission,
    circuits,
    known,
    retry: retries ? { wait, random: Math.random } : undefined,
    protect: (send, probe) =>
      protectSend(send, { admission, circuits, circuitBreaker, known, retries, onCircuitChange, probe }),
  }
}

function resolveCircuitBreaker(options: OptionGroup) {
  const given = options.raw('circuitBreaker')
  if (given === false) return undefined
  const group = new OptionGroup(options.path('circuitBreaker'), given, ['failures', 'windowMs', 'openMs', 'maxOpenMs'])
  const { failures, windowMs, openMs, maxOpenMs } = outageDefaults.circuitBreaker
  return {
    failures: group.integer('failures', { default: failures, min: 1, max: 1000 }),
    windowMs: group.number('windowMs', { default: windowMs, min: 0, max: 600_000 }),
    openMs: group.number('openMs', { default: openMs, min: 10, max: 60_000 }),
    maxOpenMs: group.number('maxOpenMs', { default: maxOpenMs, min: 10, max: 600_000 }),
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
