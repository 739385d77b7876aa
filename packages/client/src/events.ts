/** What the client reports: one event per introspection, and failures of the cache's store, with no token and no secret. */
import type { IntrospectionError } from '@token-introspection/core'
import type { CacheStoreError } from './errors.ts'
import type { CircuitState } from './transport/outage/circuit-breaker.ts'

/** The authorization server answered. */
export interface IntrospectedEvent {
  readonly type: 'introspected'
  readonly active: boolean
  readonly durationMs: number
}

/** The token could not be checked. */
export interface FailedEvent {
  readonly type: 'failed'
  readonly error: IntrospectionError
  readonly durationMs: number
}

/** The cache's store failed; the call that needed it goes on without. */
export interface CacheFailedEvent {
  readonly type: 'cache_failed'
  readonly error: CacheStoreError
}

/** An endpoint that failed again and again is left alone, is tried once, or works again. */
export interface CircuitChangedEvent {
  readonly type: 'circuit_changed'
  /** The URL of the endpoint, without its query. */
  readonly endpoint: string
  readonly state: CircuitState
  /** Milliseconds for which nothing will be sent; 0 unless it has just been opened. */
  readonly openMs: number
}

/** Everything `onEvent` can be told. */
export type IntrospectionClientEvent = IntrospectedEvent | FailedEvent | CacheFailedEvent | CircuitChangedEvent

/** Receives events. What it throws is ignored: telling must not change the answer. */
export type OnEvent = (event: IntrospectionClientEvent) => void

/** Tells an event, if anybody listens. */
export function report(onEvent: OnEvent | undefined, event: IntrospectionClientEvent): void {
  try {
    const told: unknown = onEvent?.(event)
    if (told instanceof Promise) told.catch(() => undefined)
  } catch {
    // An observer's failure is not the caller's.
  }
}
