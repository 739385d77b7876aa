/** Options of step `transport`: what becomes of calls while the authorization server is slow or down. */
import { OptionGroup } from '@token-introspection/core/options'
import type { Send } from '../transport.ts'
import { Admission } from './admission.ts'
import type { CircuitBreaker, CircuitState } from './circuit-breaker.ts'
import { protectSend } from './protect-send.ts'
import type { RetrySettings } from './retry.ts'

/** When an endpoint that fails is left alone, and for how long. */
export interface CircuitBreakerOptions {
  /** Failures in a row after which nothing is sent for a while. Default 5, from 1 to 1000. */
  readonly failures?: number | undefined
  /** Milliseconds until one request is tried, the first time; twice as long each time after. Default 500, from 10 to 60000. */
  readonly openMs?: number | undefined
  /** The longest, also when the server asks for more by `Retry-After`. Default 30000, from 10 to 600000. */
  readonly maxOpenMs?: number | undefined
}

/** The part of the options of step `transport` that is about outages. */
export interface OutageOptions {
  /**
   * Make a request once more when its connection was lost, or when it was answered 502, 503 or 504 without `Retry-After`.
   * Default `true`.
   */
  readonly retry?: boolean | undefined
  /**
   * After failures in a row (no answer, 429, 502, 503, 504) calls fail at once with `ERR_TRANSPORT_CIRCUIT_OPEN` until one
   * request has worked. `Retry-After` counts as many. Each endpoint has a circuit of its own; `false` switches them off.
   */
  readonly circuitBreaker?: CircuitBreakerOptions | false | undefined
  /** Requests under way at once; on Node each has a connection of its own. Default 64, from 1 to 1024. */
  readonly maxConcurrentRequests?: number | undefined
  /** Requests that wait for their turn; what comes then fails with `ERR_TRANSPORT_OVERLOADED`. Default 1024, from 0 to 100000. */
  readonly maxQueuedRequests?: number | undefined
}

/** Their names. */
export const OUTAGE_OPTIONS = ['retry', 'circuitBreaker', 'maxConcurrentRequests', 'maxQueuedRequests'] as const

/** Their defaults. */
export const outageDefaults = Object.freeze({
  retry: true,
  circuitBreaker: Object.freeze({ failures: 5, openMs: 500, maxOpenMs: 30_000 }),
  maxConcurrentRequests: 64,
  maxQueuedRequests: 1024,
})

/** What the options come to. */
export interface OutageStep {
  readonly maxConcurrentRequests: number
  readonly admission: Admission
  /** Of every URL that was asked so far. */
  readonly circuits: ReadonlyMap<string, Pick<CircuitBreaker, 'state'>>
  /** Requests are made once only without them. */
  readonly retry: RetrySettings | undefined
  /** Puts a way to send under these limits. */
  readonly protect: (send: Send) => Send
}

/** What the options are told of their surroundings. */
export interface OutageSurroundings {
  readonly onCircuitChange: (url: string, state: CircuitState, openMs: number) => void
}

/** Reads the options, out of the group of the step. */
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
  const circuits = new Map<string, CircuitBreaker>()
  return {
    maxConcurrentRequests,
    admission,
    circuits,
    retry: group.boolean('retry', outageDefaults.retry) ? { wait, random: Math.random } : undefined,
    protect: (send) => protectSend(send, { admission, circuits, circuitBreaker, onCircuitChange }),
  }
}

function resolveCircuitBreaker(options: OptionGroup) {
  const given = options.raw('circuitBreaker')
  if (given === false) return undefined
  const group = new OptionGroup(options.path('circuitBreaker'), given, ['failures', 'openMs', 'maxOpenMs'])
  const { failures, openMs, maxOpenMs } = outageDefaults.circuitBreaker
  return {
    failures: group.integer('failures', { default: failures, min: 1, max: 1000 }),
    openMs: group.number('openMs', { default: openMs, min: 10, max: 60_000 }),
    maxOpenMs: group.number('maxOpenMs', { default: maxOpenMs, min: 10, max: 600_000 }),
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
