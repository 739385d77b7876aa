/** What an explanation says: a value for programs, and a text for people. */
import type { CleanValue } from '@token-introspection/core'
import { formatSteps, type StepOutcome, type ToldStep } from '@token-introspection/core/explanation'
import type { CheckSide } from '../check.ts'
import type { ToleranceOptions } from '../response/tolerance-options.ts'
import type { InactiveReason } from '../result/inactive.ts'
import type { RefusalReason } from '../result/refusal.ts'
import type { CircuitState } from '../transport/outage/circuit-breaker.ts'

/** The members of every step. */
interface StepParts {
  readonly outcome: StepOutcome
  /** What the step saw and decided, for people to read. */
  readonly detail: string
  /** What to do about it; `undefined` when there is nothing to do, or when `detail` says it. */
  readonly remedy: string | undefined
  /** Milliseconds that the step took. */
  readonly durationMs: number
}

/** A failed operation. */
export interface ExplainedError {
  /** The code of the error; `undefined` when a function of yours threw. */
  readonly code: string | undefined
  readonly message: string
  /** Who has to look first. */
  readonly side: CheckSide
}

/** Step `token`: the token in the request. */
export interface ExplainedToken extends StepParts {
  readonly step: 'token'
  /** Where the token was; `argument` when `explain` was called with a token; `undefined` when there is no token. */
  readonly source: 'argument' | 'header' | 'form' | 'query' | 'field' | 'cookie' | undefined
  readonly scheme: 'Bearer' | 'DPoP' | undefined
  /** The number of characters. */
  readonly length: number | undefined
  /** Whether the token looks like a signed JWT. */
  readonly form: 'jwt' | 'opaque' | undefined
  /** The fingerprint that events about this token have. */
  readonly fingerprint: string | undefined
  /** Why the issuer of the token could not be found, with `find` of `combineIssuers`. */
  readonly error: ExplainedError | undefined
}

/** Step `cache`: what the cache has, whether or not it was used. */
export interface ExplainedCache extends StepParts {
  readonly step: 'cache'
  /**
   * `hit`: a guard would use the answer now. `unusable`: there is an answer that a guard would not use, because it is too
   * old or a revocation made it void. `miss`: there is none. `off`: the client has no cache. `failed`: the store failed.
   * `undefined` when the cache was not looked at.
   */
  readonly found: 'hit' | 'unusable' | 'miss' | 'off' | 'failed' | undefined
  /** Whether this explanation is about the answer of the cache. */
  readonly isUsed: boolean
  /** Whether the answer says that the token is active; `undefined` unless it is a hit. */
  readonly active: boolean | undefined
  /** The age of the answer; `undefined` when there is none. */
  readonly ageSeconds: number | undefined
  /** How long guards use the answer from now on, if nothing makes it void; `undefined` unless it is a hit. */
  readonly usableForSeconds: number | undefined
}

/** Step `jwt`: what option group `jwt` says about the token. */
export interface ExplainedJwt extends StepParts {
  readonly step: 'jwt'
  /** Whether the client has option group `jwt`. */
  readonly isOn: boolean
  /** Whether the client answers by the JWT alone, without asking. */
  readonly isEnough: boolean
  /** Why the token is not accepted; `undefined` when it is, or when it was not looked at. */
  readonly inactiveReason: InactiveReason | undefined
  /** `alg`, `typ` and `kid` of the header, and `iss`, of a JWT that can be read. They are not verified. */
  readonly header: Readonly<Record<string, ExplainedValue>> | undefined
  readonly error: ExplainedError | undefined
}

/** Step `transport`: the question to the introspection endpoint. */
export interface ExplainedTransport extends StepParts {
  readonly step: 'transport'
  /** The URL without its query; `undefined` when nothing was sent and the client does not know it. */
  readonly endpoint: string | undefined
  readonly method: 'POST'
  /** The client authentication method and the identifier of this resource server. */
  readonly clientAuthentication: { readonly method: string; readonly clientId: string | undefined }
  /** How often the question was sent: more than once after a lost connection, or with renewed credentials. */
  readonly attempts: number
  /** The status of the last answer; `undefined` without one. */
  readonly status: number | undefined
  /** The circuit of the endpoint. While it is `open`, guards answer 503. This question went past it. */
  readonly circuit: CircuitState | undefined
  readonly error: ExplainedError | undefined
}

/** A time of the answer. */
export interface ExplainedTime {
  readonly member: 'exp' | 'iat' | 'nbf' | 'auth_time'
  /** Seconds since the epoch. */
  readonly at: number
  /** Seconds from now by the clock of this resource server; negative in the past. */
  readonly inSeconds: number
}

/** Step `response`: the answer, and how it was read. */
export interface ExplainedResponse extends StepParts {
  readonly step: 'response'
  /** `undefined` without an answer that can be used. */
  readonly active: boolean | undefined
  /** The names of the members of an active answer. */
  readonly members: readonly string[]
  /** The members by which guards decide, and `client_id` and `sub`. */
  readonly values: Readonly<Record<string, ExplainedValue>>
  readonly times: readonly ExplainedTime[]
  /** Registered members that could not be read, and were left out. */
  readonly unreadableMembers: readonly string[]
  /** Options of `response.tolerate` with which the whole answer can be read; empty when none are needed, or none help. */
  readonly tolerable: readonly (keyof ToleranceOptions)[]
  /** Why the token is inactive; `undefined` for an active token, and for an answer from a store that processes share. */
  readonly inactiveReason: InactiveReason | undefined
  readonly error: ExplainedError | undefined
}

/** One requirement of the guard. */
export interface ExplainedRequirement {
  readonly requirement:
    | 'token_kind'
    | 'issuer'
    | 'audience'
    | 'confirmation'
    | 'scope'
    | 'authorization_details'
    | 'permissions'
    | 'authentication'
    | 'check'
  /** `skipped` when the guard does not require it, and for `check` also after another refusal. */
  readonly outcome: StepOutcome
  readonly detail: string
  readonly remedy: string | undefined
  /** What the guard requires; `undefined` when nothing, or when a function of yours decides. */
  readonly required: ExplainedValue
  /** What the token or the request has. Authorization details and permissions are left out: they may be private. */
  readonly found: ExplainedValue
}

/** Step `policy`: every requirement of the guard, also those after the first that is not met. */
export interface ExplainedPolicy extends StepParts {
  readonly step: 'policy'
  readonly requirements: readonly ExplainedRequirement[]
  readonly error: ExplainedError | undefined
}

/** Step `result`: what the sender of the request gets. */
export interface ExplainedResult extends StepParts {
  readonly step: 'result'
  /** The status of the refusal; `undefined` when the request passes, or when the guard throws. */
  readonly status: number | undefined
  /** The `error` code that the sender gets; `undefined` when there is none. */
  readonly sentError: string | undefined
}

/** One step of an explanation: narrow it on `step`. */
export type ExplainedStep =
  | ExplainedToken
  | ExplainedCache
  | ExplainedJwt
  | ExplainedTransport
  | ExplainedResponse
  | ExplainedPolicy
  | ExplainedResult

/** JSON from the server or the options, bounded, and without any value that the client sent. */
export type ExplainedValue = CleanValue

/** The parts of an {@link Explanation}. */
export interface ExplanationParts {
  readonly reason: RefusalReason | undefined
  readonly status: number | undefined
  readonly allowed: boolean
  readonly issuer: string | undefined
  readonly steps: readonly ExplainedStep[]
}

/**
 * What a guard decides about a token, and why. It is JSON data, and `String(explanation)` is a text for a terminal. It holds no
 * token, secret, assertion or proof, also when a server repeats one. It does hold data of the token, such as `sub`.
 */
export class Explanation {
  /** Whether a guard with these options lets the request pass. */
  readonly allowed: boolean
  /** Why the guard refuses; `undefined` when it allows, or when it throws because a function of yours does. */
  readonly reason: RefusalReason | undefined
  /** The status of the refusal; `undefined` likewise. */
  readonly status: number | undefined
  /** The name of the issuer in `combineIssuers`; `undefined` for a single client, and for a token of no issuer. */
  readonly issuer: string | undefined
  /** The seven steps in their order. */
  readonly steps: readonly ExplainedStep[]

  constructor({ allowed, reason, status, issuer, steps }: ExplanationParts) {
    this.allowed = allowed
    this.reason = reason
    this.status = status
    this.issuer = issuer
    this.steps = steps
  }

  /** The explanation as text: the decision, then a line for each step, wrapped at 80 columns. */
  toString(): string {
    return formatSteps(this.#headline(), this.steps.map(tell))
  }

  #headline(): string {
    const about = this.issuer === undefined ? '' : ` (issuer ${this.issuer})`
    if (this.allowed) return `allowed${about}`
    return this.reason === undefined
      ? `no decision, because a function threw${about}`
      : `refused with ${this.status}: ${this.reason}${about}`
  }
}

function tell(step: ExplainedStep): ToldStep {
  const { step: name, outcome, detail, remedy } = step
  if (step.step !== 'policy') return { name, outcome, detail, remedy }
  const required = step.requirements.filter(({ outcome: of }) => of !== 'skipped')
  return {
    name,
    outcome,
    detail,
    remedy,
    parts: required.map(({ requirement, ...rest }) => ({ ...rest, name: requirement })),
  }
}
