/** What the handlers report: one event per request, by the step that decided it, with no token and no secret. */
import { type IntrospectionError, isIntrospectionError } from '@token-introspection/core'
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { Disclosure, InactiveReason } from '../authorization/authorize-disclosure.ts'
import { fingerprintToken } from './fingerprint-token.ts'
import type { FoundToken } from '../lookup/find-token.ts'
import type { Ended } from '../revocation/revoke-token.ts'
import type { WarningEvent } from './warning.ts'

/** What every event says. */
interface Timed {
  /** Milliseconds from the request to its answer, the time its sender took for the body included. */
  readonly durationMs: number
}

/** An answer was given. */
export interface IntrospectedEvent extends Timed {
  readonly type: 'introspected'
  readonly protectedResource: string
  readonly active: boolean
  /** Why the answer is inactive, which nobody but you hears; `undefined` when it is active. */
  readonly reason: InactiveReason | undefined
  /** The resolver that knew the token; `undefined` when none did. */
  readonly resolver: string | undefined
  /**
   * Sixteen characters of a digest under a secret of this process. Equal fingerprints mean the same token. A fingerprint
   * cannot be turned into a token, nor into the digest that stores keep tokens under; after a restart it is another one.
   */
  readonly fingerprint: string
}

/** The request was turned away or could not be served. */
export interface RefusedEvent extends Timed {
  readonly type: 'refused'
  /** What happened; `cause` holds the error of your store, registry or policy. */
  readonly error: IntrospectionError
  /** The status that was answered. */
  readonly status: number
}

/** Something threw that should not have; answered 500. */
export interface UnexpectedEvent extends Timed {
  readonly type: 'unexpected'
  readonly error: unknown
  readonly status: number
}

/** A revocation was answered. */
export interface RevokedEvent extends Timed {
  readonly type: 'revoked'
  /** The client that asked. */
  readonly client: string
  /** What was ended: one token, everything of its grant, or `nothing`, because the token was unknown or over already. */
  readonly ended: Ended
}

/** Everything `onEvent` of an introspection handler can be told. */
export type IntrospectionHandlerEvent = IntrospectedEvent | RefusedEvent | UnexpectedEvent | WarningEvent

/** Everything `onEvent` of a revocation handler can be told. */
export type RevocationHandlerEvent = RevokedEvent | RefusedEvent | UnexpectedEvent | WarningEvent

/** Receives events. It is not awaited, and what it throws is ignored: telling must not change the answer. */
export type OnEvent<Event = IntrospectionHandlerEvent> = (event: Event) => void

/** Tells an observer, whose failure is not the caller's, whether it throws or rejects. Without one no event is made. */
export function reportEvent<Event>(onEvent: OnEvent<Event> | undefined, toEvent: () => MaybePromise<Event>): void {
  if (onEvent === undefined) return
  try {
    const told: unknown = andThen(toEvent(), onEvent as (event: Event) => MaybePromise<unknown>)
    if (told instanceof Promise) told.catch(() => undefined)
  } catch {}
}

/** Milliseconds since it was made; not measured when nobody is told. */
export function stopwatch(onEvent: unknown): () => number {
  if (onEvent === undefined) return () => 0
  const startedMs = performance.now()
  return () => performance.now() - startedMs
}

/** An answer, as an event. */
export function toIntrospectedEvent(
  protectedResource: string,
  { lookup, resolver }: FoundToken,
  { record, reason }: Disclosure,
  durationMs: number,
): MaybePromise<IntrospectedEvent> {
  const active = record !== undefined
  return andThen(fingerprintToken(lookup.digest), (fingerprint) => ({
    type: 'introspected',
    protectedResource,
    active,
    reason,
    resolver,
    fingerprint,
    durationMs,
  }))
}

/** The error of a step as an event, or the unexpected. */
export function toErrorEvent(error: unknown, status: number, durationMs: number): RefusedEvent | UnexpectedEvent {
  return isIntrospectionError(error)
    ? { type: 'refused', error, status, durationMs }
    : { type: 'unexpected', error, status, durationMs }
}
