/** What the client reports: one event per introspection, with no token and no secret. */
import type { IntrospectionError } from '@token-introspection/core'

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

/** Everything `onEvent` can be told. */
export type IntrospectionClientEvent = IntrospectedEvent | FailedEvent

/** Receives events. What it throws is ignored: telling must not change the answer. */
export type OnEvent = (event: IntrospectionClientEvent) => void
