/** Guards that accept the tokens of issuers that are found at run time. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { PresentedTokenOf } from '../guards/presented-by.ts'
import type { Allowance, Anonymity } from '../result/guard-decision.ts'
import type { Refusal } from '../result/refusal.ts'
import type { GuardRequest } from '../token/guard-request.ts'

/** A request that may pass, with the token's answer and the name by which its issuer was found. */
export type FoundAllowance<Claims extends object = object> = Allowance<Claims> & { readonly issuer: string }

/** A guard that accepts the tokens of issuers that are found at run time. It rejects only for bugs. */
export interface FoundIssuersGuard<Claims extends object = object> {
  (request: GuardRequest): Promise<FoundAllowance<Claims> | Refusal>
  /** Decides synchronously when it need not wait: see {@link ClientGuard.decide}. */
  readonly decide: (request: GuardRequest) => MaybePromise<FoundAllowance<Claims> | Refusal>
  /** Reads the token of a request: see {@link ClientGuard.presentedToken}. */
  readonly presentedToken: PresentedTokenOf
}

/** The same for a guard that lets requests without a token pass. */
export interface OptionalFoundIssuersGuard<Claims extends object = object> {
  (request: GuardRequest): Promise<FoundAllowance<Claims> | Refusal | Anonymity>
  /** Decides synchronously when it need not wait: see {@link ClientGuard.decide}. */
  readonly decide: (request: GuardRequest) => MaybePromise<FoundAllowance<Claims> | Refusal | Anonymity>
  /** Reads the token of a request: see {@link ClientGuard.presentedToken}. */
  readonly presentedToken: PresentedTokenOf
}
