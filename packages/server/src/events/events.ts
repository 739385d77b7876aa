/** The events of the handlers: one per request, from the step that decided it, without tokens and secrets. */
import { type BasicEncoding, type IntrospectionError, isIntrospectionError } from '@token-introspection/core'
import { andThen, ignoreRejection, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { Disclosure, InactiveReason } from '../authorization/authorize-disclosure.ts'
import { fingerprintToken } from './fingerprint-token.ts'
import type { FoundToken } from '../lookup/find-token.ts'
import type { StreamEnd } from '../feed/open-stream.ts'
import type { Ended } from '../revocation/revoke-token.ts'
import type { FeedQuestion } from '../request/read-feed-request.ts'
import type { WarningEvent } from './warning.ts'

/** The members of every event. */
interface Timed {
  /** Milliseconds from the request to its answer, including the time in which the sender sent the body. */
  readonly durationMs: number
}

/** The handler gave an answer about a token. */
export interface IntrospectedEvent extends Timed {
  readonly type: 'introspected'
  /** The identifier of the caller. */
  readonly protectedResource: string
  /** The answer about the token. */
  readonly active: boolean
  /** The reason for an inactive answer, which only you learn. `undefined` for an active answer. */
  readonly reason: InactiveReason | undefined
  /** The resolver that found the token. `undefined` when none did. */
  readonly resolver: string | undefined
  /**
   * Sixteen characters of a digest with a secret of this process. Equal fingerprints mean the same token. A fingerprint cannot
   * be turned back into a token, or into the digest that stores use as key. After a restart a token has another fingerprint.
   */
  readonly fingerprint: string
}

/** The handler refused the request or could not serve it. */
export interface RefusedEvent extends Timed {
  readonly type: 'refused'
  /** The error. Its `cause` is the error of your store, registry or policy. */
  readonly error: IntrospectionError
  /** The status of the answer. */
  readonly status: number
}

/** An unexpected error was thrown. The answer was 500. */
export interface UnexpectedEvent extends Timed {
  readonly type: 'unexpected'
  /** What was thrown: a fault of these packages, or of a function of your options. */
  readonly error: unknown
  /** The status of the answer. */
  readonly status: number
}

/** The handler answered a revocation. */
export interface RevokedEvent extends Timed {
  readonly type: 'revoked'
  /** The client that asked for it. */
  readonly client: string
  /** What ended: one token, every token of its grant, or `nothing`, because the token was unknown or already over. */
  readonly ended: Ended
}

/** The feed handler answered a question, or a stream ended. It has no position and no key. */
export interface FollowedEvent extends Timed {
  readonly type: 'followed'
  /** The identifier of the follower. */
  readonly protectedResource: string
  /** How the follower asked: with a question, a question that may wait, or an event stream. */
  readonly form: 'question' | 'wait' | 'stream'
  /** The number of events that the follower got. */
  readonly events: number
  /** Whether the log did not have the position of the follower. */
  readonly gap: boolean
  /** Why a stream ended. `undefined` for a question. */
  readonly ended: StreamEnd | undefined
}

/**
 * A caller authenticated with Basic credentials that mean something else in another encoding. It is reported at each such request,
 * and before the event about the answer. Credentials of ASCII letters and digits mean the same in every encoding, and cause none.
 */
export interface BasicReadEvent {
  readonly type: 'basic-read'
  /** The protected resource or client. */
  readonly caller: string
  /** The encoding in which its credentials were good: `form` as RFC 6749 §2.3.1 says, `raw` or `latin1`. */
  readonly encoding: BasicEncoding
}

/** Every event of a feed handler. */
export type RevocationFeedEvent = FollowedEvent | BasicReadEvent | RefusedEvent | UnexpectedEvent | WarningEvent

/** Every event of an introspection handler. */
export type IntrospectionHandlerEvent =
  | IntrospectedEvent
  | BasicReadEvent
  | RefusedEvent
  | UnexpectedEvent
  | WarningEvent

/** Every event of a revocation handler. */
export type RevocationHandlerEvent = RevokedEvent | BasicReadEvent | RefusedEvent | UnexpectedEvent | WarningEvent

/** Every event of a client authenticator. */
export type ClientAuthenticatorEvent = BasicReadEvent | RefusedEvent | UnexpectedEvent | WarningEvent

/** Receives events. The handler does not await it and ignores its errors, so that an observer cannot change an answer. */
export type OnEvent<Event = IntrospectionHandlerEvent> = (event: Event) => void

/** Calls an observer and ignores its errors and rejections. Without an observer no event is made. */
export function reportEvent<Event>(onEvent: OnEvent<Event> | undefined, toEvent: () => MaybePromise<Event>): void {
  if (onEvent === undefined) return
  try {
    ignoreRejection(andThen(toEvent(), onEvent as (event: Event) => MaybePromise<unknown>))
  } catch {}
}

/** Returns a function that reports which encoding of Basic credentials was good. `undefined` without an observer. */
export function createBasicReadReporter(
  onEvent: OnEvent<BasicReadEvent> | undefined,
): ((caller: string, encoding: BasicEncoding) => void) | undefined {
  if (onEvent === undefined) return undefined
  return (caller, encoding) => reportEvent<BasicReadEvent>(onEvent, () => ({ type: 'basic-read', caller, encoding }))
}

/** Returns a function for the elapsed milliseconds. It measures nothing without an observer. */
export function stopwatch(onEvent: unknown): () => number {
  if (onEvent === undefined) return () => 0
  const startedMs = performance.now()
  return () => performance.now() - startedMs
}

/** The event about an answer. */
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

/** The event about an error of a step, or about an unexpected error. */
export function toErrorEvent(error: unknown, status: number, durationMs: number): RefusedEvent | UnexpectedEvent {
  return isIntrospectionError(error)
    ? { type: 'refused', error, status, durationMs }
    : { type: 'unexpected', error, status, durationMs }
}

/** The event about an answered question or an ended stream. */
export function toFollowedEvent(
  protectedResource: string,
  { asStream, waitSeconds }: Pick<FeedQuestion, 'asStream' | 'waitSeconds'>,
  { events, gap, ended }: Pick<FollowedEvent, 'events'> & Partial<FollowedEvent>,
  durationMs: number,
): FollowedEvent {
  const form = asStream ? 'stream' : waitSeconds > 0 ? 'wait' : 'question'
  return { type: 'followed', protectedResource, form, events, gap: gap ?? ended === 'gap', ended, durationMs }
}
