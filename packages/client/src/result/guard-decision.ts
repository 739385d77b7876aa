/** Step `result`: the decision of a guard. */
import type { Liveness } from '../revocations/liveness.ts'
import type { ActiveIntrospectionResult } from './introspection-result.ts'
import type { Refusal } from './refusal.ts'

/** An allowed request, with the token's answer. */
export interface Allowance<Claims extends object = object> {
  readonly allowed: true
  readonly token: ActiveIntrospectionResult<Claims>
  /**
   * Header fields to add to the response, by lower-case name: `cache-control` for a token outside the `Authorization` field,
   * `dpop-nonce`.
   */
  readonly headers: Readonly<Record<string, string>>
  /** How late a revocation of this token can be. `client.guard()` always says it; a guard of your own need not. */
  readonly liveness?: Liveness | undefined
  /**
   * Always absent. It lets code that is compiled without `strict` read it, where `!allowed` does not narrow the type.
   */
  readonly toResponse?: undefined
}

/** A request without a token that an `optional` guard lets pass. */
export interface Anonymity {
  readonly allowed: true
  readonly token: undefined
  readonly headers: Readonly<Record<string, string>>
  /** Always absent, because there is no token. */
  readonly liveness?: undefined
  /**
   * Always absent. It lets code that is compiled without `strict` read it, where `!allowed` does not narrow the type.
   */
  readonly toResponse?: undefined
}

/** The decision of a guard: narrow it on `allowed`. */
export type GuardDecision<Claims extends object = object> = Allowance<Claims> | Refusal

/** The decision of an `optional` guard: narrow it on `allowed`, then on `token`. */
export type OptionalGuardDecision<Claims extends object = object> = GuardDecision<Claims> | Anonymity
