/** What the handler reports: one event per request, by the step that decided it, with no token and no secret. */
import type { IntrospectionError } from '@token-introspection/core'

/** An answer was given. */
export interface IntrospectedEvent {
  readonly type: 'introspected'
  readonly protectedResource: string
  readonly active: boolean
}

/** The request was turned away or could not be served. */
export interface RefusedEvent {
  readonly type: 'refused'
  /** What happened; `cause` holds the error of your store, registry or policy. */
  readonly error: IntrospectionError
  /** The status that was answered. */
  readonly status: number
}

/** Something threw that should not have; answered 500. */
export interface UnexpectedEvent {
  readonly type: 'unexpected'
  readonly error: unknown
  readonly status: number
}

/** Everything `onEvent` can be told. */
export type IntrospectionHandlerEvent = IntrospectedEvent | RefusedEvent | UnexpectedEvent

/** Receives events. It is not awaited, and what it throws is ignored: telling must not change the answer. */
export type OnEvent = (event: IntrospectionHandlerEvent) => void
