/** What the client reports: one event per thing that happened, with no token and no secret. */
import type { IntrospectionError } from '@token-introspection/core'
import type { CacheStoreError } from '../errors.ts'
import type { ToldJwtFault } from '../jwt/jwt-fault.ts'
import type { InactiveReason } from '../result/inactive.ts'
import type { AnswerFault } from '../response/answer-fault.ts'
import type { RefusalReason } from '../result/refusal.ts'
import type { CircuitState } from '../transport/outage/circuit-breaker.ts'
import type { CircuitTokens } from '../transport/outage/endpoint-circuit.ts'

/** The client an event is of, for processes with several. */
export interface ReportingClient {
  readonly issuer: string | undefined
  /** The introspection endpoint without its query; `undefined` while it is not known. */
  readonly endpoint: string | undefined
  /** The identifier this resource server authenticates with; `undefined` when it has none. */
  readonly clientId: string | undefined
}

/** What every event says. */
interface Told {
  readonly client: ReportingClient
}

/**
 * Where an answer came from, or would have come from: the cache, the request of another call about the same token, the
 * introspection endpoint, or the token itself, as option group `jwt` has it, which is `local`. `unasked` is for a token that
 * no server could have issued, which is inactive without a question.
 */
export type AnswerSource = 'cache' | 'joined' | 'endpoint' | 'local' | 'unasked'

/** What the events of calls say. */
interface TokenTold extends Told {
  readonly source: AnswerSource
  /**
   * Sixteen characters by which events about one token are found together. They are of a digest under a secret of this
   * client: nobody else can tell which token it was, and another client or process has others for it. With
   * `cache.keySecret` they stay the same wherever issuer, endpoint, client identifier and secret do.
   */
  readonly fingerprint: string
  /** Milliseconds from the call to its answer. */
  readonly durationMs: number
}

/** A call of `introspect`, by you or by a guard, was answered. */
export interface IntrospectedEvent extends TokenTold {
  readonly type: 'introspected'
  readonly active: boolean
  /** Why the token is inactive; `undefined` for an active one, and for an answer out of a store that processes share. */
  readonly inactiveReason: InactiveReason | undefined
  /** The same for people to read, with the times that were compared; nothing else that was in the token. */
  readonly detail: string | undefined
}

/** The token could not be checked. A call that its own caller ended, or made wrongly, is not reported. */
export interface FailedEvent extends TokenTold {
  readonly type: 'failed'
  readonly error: IntrospectionError
}

/** A guard let a request pass. */
export interface GuardAllowedEvent extends Told {
  readonly type: 'guarded'
  readonly allowed: true
  /** That of the `introspected` event, which came before; `undefined` when none was needed and none was presented. */
  readonly fingerprint: string | undefined
  /** Milliseconds from the request to the decision. */
  readonly durationMs: number
}

/** A guard refused a request. */
export interface GuardRefusedEvent extends Told {
  readonly type: 'guarded'
  readonly allowed: false
  readonly reason: RefusalReason
  /** Why the token is inactive, for the reason `token_inactive`: see the `introspected` event. */
  readonly inactiveReason: InactiveReason | undefined
  /** The status of the refusal. */
  readonly status: number
  /** What failed, for the reasons `unavailable` and `token_too_long`; `undefined` for any other. */
  readonly error: IntrospectionError | undefined
  /**
   * What the token says and what the guard wants, for the reasons `token_kind`, `issuer`, `audience` and `scope`; that of the
   * `introspected` event, for `token_inactive`; `undefined` for any other.
   */
  readonly detail: string | undefined
  /** That of the `introspected` or `failed` event, which came before; `undefined` when no token was taken. */
  readonly fingerprint: string | undefined
  /** Milliseconds from the request to the decision. */
  readonly durationMs: number
}

/** A guard decided: narrow it on `allowed`. */
export type GuardedEvent = GuardAllowedEvent | GuardRefusedEvent

/** The cache's store failed; the call that needed it goes on without. */
export interface CacheFailedEvent extends Told {
  readonly type: 'cache_failed'
  readonly error: CacheStoreError
}

/** An endpoint that failed again and again is left alone, is tried once, or works again. */
export interface CircuitChangedEvent extends Told {
  readonly type: 'circuit_changed'
  /** The URL of the endpoint, without its query. */
  readonly endpoint: string
  /** For which tokens: those that were active when they were last asked about, or all others. */
  readonly tokens: CircuitTokens
  readonly state: CircuitState
  /** Milliseconds for which nothing will be sent; 0 unless it has just been opened. */
  readonly openMs: number
}

/** The metadata of the issuer could not be fetched again, or cannot be used; the last good ones are, for 24 hours. */
export interface MetadataFailedEvent extends Told {
  readonly type: 'metadata_failed'
  readonly error: IntrospectionError
}

/**
 * A token was inactive by option group `jwt`, for a reason that may be a setting and not the token. The same reason is told
 * once a minute at most.
 */
export interface JwtUnusableEvent extends Told {
  readonly type: 'jwt_unusable'
  readonly reason: ToldJwtFault
  /** What to look at; nothing that was in the token. */
  readonly message: string
}

/**
 * An answer made a token inactive, for a reason that may be a clock or a setting and not the token. The same reason is told
 * once a minute at most.
 */
export interface AnswerUnusableEvent extends Told {
  readonly type: 'answer_unusable'
  readonly reason: AnswerFault
  /** What to look at. Of the answer it has `exp` or `nbf`, beside the time by the clock of here, and nothing else. */
  readonly message: string
}

/**
 * An answer, or a JWT, had registered members in a shape nobody expects, and they were left out. The same members are told
 * once a minute at most. `response.tolerate` may read them, and `response.renames` and `jwt.renames` give them another name.
 */
export interface MembersUnreadableEvent extends Told {
  readonly type: 'members_unreadable'
  /** Their names, and nothing that was in them. */
  readonly members: readonly string[]
}

/** Everything `onEvent` and subscribers of the diagnostics channel can be told. */
export type IntrospectionClientEvent =
  | IntrospectedEvent
  | FailedEvent
  | GuardedEvent
  | CacheFailedEvent
  | CircuitChangedEvent
  | MetadataFailedEvent
  | JwtUnusableEvent
  | AnswerUnusableEvent
  | MembersUnreadableEvent

/** Receives events. It is not awaited, and what it throws is ignored: telling must not change the answer. */
export type OnEvent = (event: IntrospectionClientEvent) => void
