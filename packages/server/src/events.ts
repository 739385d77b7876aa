/** What the handlers report: one event per request, by the step that decided it, with no token and no secret. */
import { type IntrospectionError, isIntrospectionError } from '@token-introspection/core'
import type { Ended } from './revocation/revoke-token.ts'

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

/** A revocation was answered. */
export interface RevokedEvent {
  readonly type: 'revoked'
  /** The client that asked. */
  readonly client: string
  /** What was ended: one token, everything of its grant, or `nothing`, because the token was unknown or over already. */
  readonly ended: Ended
}

/** Everything `onEvent` of an introspection handler can be told. */
export type IntrospectionHandlerEvent = IntrospectedEvent | RefusedEvent | UnexpectedEvent

/** Everything `onEvent` of a revocation handler can be told. */
export type RevocationHandlerEvent = RevokedEvent | RefusedEvent | UnexpectedEvent

/** Receives events. It is not awaited, and what it throws is ignored: telling must not change the answer. */
export type OnEvent<Event = IntrospectionHandlerEvent> = (event: Event) => void

/** Tells an observer, whose failure is not the caller's, whether it throws or rejects. */
export function reportEvent<Event>(onEvent: OnEvent<Event> | undefined, event: Event): void {
  try {
    const told: unknown = onEvent?.(event)
    if (told instanceof Promise) told.catch(() => undefined)
  } catch {}
}

/** What is reported about something thrown. */
export function toErrorEvent(error: unknown, status: number): RefusedEvent | UnexpectedEvent {
  return isIntrospectionError(error) ? { type: 'refused', error, status } : { type: 'unexpected', error, status }
}
