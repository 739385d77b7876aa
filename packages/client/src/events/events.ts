/** What the client reports: one event for each thing that happened, with no token and no secret. */
import type { IntrospectionError } from '@token-introspection/core'
import type { CacheStoreError } from '../errors.ts'
import type { ToldJwtFault } from '../jwt/jwt-fault.ts'
import type { InactiveReason } from '../result/inactive.ts'
import type { AnswerFault } from '../response/answer-fault.ts'
import type { FeedChange } from '../revocations/follow-revocations.ts'
import type { Liveness } from '../revocations/liveness.ts'
import type { Mismatch } from '../policy/mismatch.ts'
import type { RefusalReason } from '../result/refusal.ts'
import type { CircuitState } from '../transport/outage/circuit-breaker.ts'
import type { CircuitTokens } from '../transport/outage/endpoint-circuit.ts'
import type { ClockReport } from '../transport/server-clock.ts'

/** The client that an event is about, for processes with several. */
export interface ReportingClient {
  readonly issuer: string | undefined
  /** The introspection endpoint without its query; `undefined` while the client does not know it. */
  readonly endpoint: string | undefined
  /** The identifier with which this resource server authenticates; `undefined` when it has none. */
  readonly clientId: string | undefined
}

/** The members of every event. */
interface Told {
  /** The client that reports: its issuer, endpoint and client identifier. */
  readonly client: ReportingClient
}

/**
 * Where the answer came from, or would have come from. `cache`: the cache. `joined`: the request of another call about
 * the same token. `endpoint`: the introspection endpoint. `local`: the token itself, verified by option group `jwt`.
 * `unasked`: the token is inactive without a request, because no server could have issued it.
 */
export type AnswerSource = 'cache' | 'joined' | 'endpoint' | 'local' | 'unasked'

/** The members of events about calls. */
interface TokenTold extends Told {
  readonly source: AnswerSource
  /**
   * Sixteen characters that are the same for all events about one token. They are a digest under a secret of this
   * client, so nobody can turn them back into a token, and another client or process has other characters for it. With
   * `cache.keySecret` they are the same wherever issuer, endpoint, client identifier and secret are the same.
   * `undefined` while `cache.keySecret` is a function that fails.
   */
  readonly fingerprint: string | undefined
  /** Milliseconds from the call to its answer. */
  readonly durationMs: number
}

/** A call of `introspect`, by you or by a guard, got an answer. */
export interface IntrospectedEvent extends TokenTold {
  readonly type: 'introspected'
  /** The answer about the token. */
  readonly active: boolean
  /**
   * Why the token is inactive; `undefined` for an active token, and for an answer from a store that processes share.
   */
  readonly inactiveReason: InactiveReason | undefined
  /** The same reason for people to read, with the times that were compared. It holds nothing else from the token. */
  readonly detail: string | undefined
  /** How late a revocation can be; `undefined` for an inactive token. */
  readonly liveness: Liveness | undefined
}

/**
 * The client could not check the token. A call is not reported when its caller aborted it or passed wrong arguments.
 */
export interface FailedEvent extends TokenTold {
  readonly type: 'failed'
  /** Why. Its `code` has a page in the reference, and its `message` says what to do. */
  readonly error: IntrospectionError
}

/** A guard let a request pass. */
export interface GuardAllowedEvent extends Told {
  readonly type: 'guarded'
  /** The decision: the route was called. */
  readonly allowed: true
  /**
   * The fingerprint of the `introspected` event, which came before; `undefined` when the request had no token and
   * needed none.
   */
  readonly fingerprint: string | undefined
  /** Milliseconds from the request to the decision. */
  readonly durationMs: number
}

/** A guard refused a request. */
export interface GuardRefusedEvent extends Told {
  readonly type: 'guarded'
  /** The decision: the route was not called. */
  readonly allowed: false
  /** What the request lacks; `unavailable` when the client could not find out. */
  readonly reason: RefusalReason
  /** Why the token is inactive, for the reason `token_inactive`: see the `introspected` event. */
  readonly inactiveReason: InactiveReason | undefined
  /** The status of the refusal. */
  readonly status: number
  /** The error, for the reasons `unavailable` and `token_too_long`; `undefined` for any other. */
  readonly error: IntrospectionError | undefined
  /**
   * Why, for people to read: see {@link Refusal.detail}. For `token_inactive` the detail of the `introspected` event.
   */
  readonly detail: string | undefined
  /** The same as data: see {@link Refusal.mismatch}. */
  readonly mismatch: Mismatch | undefined
  /**
   * The fingerprint of the `introspected` or `failed` event, which came before; `undefined` when the guard took no
   * token.
   */
  readonly fingerprint: string | undefined
  /** Milliseconds from the request to the decision. */
  readonly durationMs: number
}

/** A guard let a request pass, or refused it. Narrow the event on `allowed`. */
export type GuardedEvent = GuardAllowedEvent | GuardRefusedEvent

/** `forget` or `forgetAll` was called: the client does not use answers from before. */
export interface ForgottenEvent extends Told {
  readonly type: 'forgotten'
  /** The fingerprint of the token, as in the `introspected` event; `undefined` for `forgetAll`. */
  readonly fingerprint: string | undefined
}

/** The cache's store failed. The call that needed it goes on without it. */
export interface CacheFailedEvent extends Told {
  readonly type: 'cache_failed'
  /** The error. Its `cause` is the error of your store, without what drivers put behind a quotation mark. */
  readonly error: CacheStoreError
}

/**
 * The circuit of an endpoint changed: the client stops sending after repeated failures, tries one request, or sends
 * again.
 */
export interface CircuitChangedEvent extends Told {
  readonly type: 'circuit_changed'
  /** The URL of the endpoint, without its query. */
  readonly endpoint: string
  /** The tokens of the circuit: those that were active when they were last asked about, or all others. */
  readonly tokens: CircuitTokens
  readonly state: CircuitState
  /** Milliseconds during which the client sends nothing; 0 unless the circuit has just opened. */
  readonly openMs: number
}

/**
 * The metadata of the issuer could not be fetched again, or cannot be used. The client uses the last good metadata for
 * up to 24 hours.
 */
export interface MetadataFailedEvent extends Told {
  readonly type: 'metadata_failed'
  /** Why: the metadata cannot be fetched, or one of its members is wrong. */
  readonly error: IntrospectionError
}

/**
 * A token was inactive by option group `jwt`, for a reason that may be a wrong setting. The client reports each reason
 * at most once a minute.
 */
export interface JwtUnusableEvent extends Told {
  readonly type: 'jwt_unusable'
  readonly reason: ToldJwtFault
  /** What to check. It holds nothing from the token. */
  readonly message: string
}

/**
 * The authorization server calls a JWT inactive that the client has verified, and about which it asked because of
 * `jwt.sampleRate`. So a revoked JWT is in use, or the server does not answer about this JWT. The client reports each JWT
 * once, until the server calls it active.
 */
export interface JwtSampleInactiveEvent extends Told {
  readonly type: 'jwt_sample_inactive'
  /** The fingerprint of the token, as in the `introspected` event, which comes after. */
  readonly fingerprint: string
}

/**
 * An answer made a token inactive, for a reason that may be a wrong clock or setting. The client reports each reason at
 * most once a minute.
 */
export interface AnswerUnusableEvent extends Told {
  readonly type: 'answer_unusable'
  readonly reason: AnswerFault
  /** What to check. From the answer it holds only `exp` or `nbf`, beside the time of this process's clock. */
  readonly message: string
}

/**
 * Guards have refused twenty active tokens in a row for their audience, and none had the audience that these guards require. So
 * a setting is probably wrong, here or at the authorization server. The client reports this once for each required audience,
 * again only after a token had it, and at most once a minute. Somebody who sends tokens for another API can cause it, too.
 */
export interface AudienceDiffersEvent extends Told {
  readonly type: 'audience_differs'
  /** What to check, with the required audiences and those of the last token. Both are shortened to 200 characters. */
  readonly message: string
}

/**
 * The clock of the authorization server differs from the clock of this process, by more than ten seconds and by more than
 * `response.leewaySeconds`. The client compares them by the `Date` of answers, or without it by the `iat` of active tokens
 * in the future. It reports a difference that two comparisons show, once until the clocks agree again.
 */
export interface ClockDiffersEvent extends Told, ClockReport {
  readonly type: 'clock_differs'
}

/**
 * An answer, or a JWT, had registered members in an unexpected form, and the client left them out. It reports the same
 * members at most once a minute. `response.tolerate` may read them, and `response.renames` and `jwt.renames` give them
 * another name.
 */
export interface MembersUnreadableEvent extends Told {
  readonly type: 'members_unreadable'
  /** The names of the members, without their values. */
  readonly members: readonly string[]
}

/**
 * The feed of revocations changed. `following`: the client knows the feed again after a failure. `listening`: events come
 * as they happen. `gap`: the log does not have the position of the client, so answers from before count as without a
 * feed. `failed`: the feed cannot be reached or read. The client goes on trying, and answers go on by their age. `full`:
 * more was revoked than `jwt.maxRevokedKeys` allows, told once. `unconfirmed`: ten answers of the introspection endpoint have
 * come, and none has confirmed the position of the feed, told once. Then the client remembers answers as without a feed: the
 * feed probably serves another token store than the introspection endpoint.
 */
export interface FeedChangedEvent extends Told {
  readonly type: 'feed_changed'
  readonly change: FeedChange
  /** The URL of the feed without its query; `undefined` while the client does not know it, and for a feed in Redis. */
  readonly endpoint: string | undefined
  /** The error, for `failed`; `undefined` for any other change. */
  readonly error: IntrospectionError | undefined
}

/** Every event that `onEvent` and subscribers of the diagnostics channel can get. */
export type IntrospectionClientEvent =
  | IntrospectedEvent
  | FailedEvent
  | GuardedEvent
  | ForgottenEvent
  | CacheFailedEvent
  | CircuitChangedEvent
  | MetadataFailedEvent
  | JwtUnusableEvent
  | JwtSampleInactiveEvent
  | AnswerUnusableEvent
  | AudienceDiffersEvent
  | ClockDiffersEvent
  | MembersUnreadableEvent
  | FeedChangedEvent

/** Receives events. The client does not await it and ignores its errors, so an event never changes an answer. */
export type OnEvent = (event: IntrospectionClientEvent) => void
