/** Guards that accept the tokens of several authorization servers. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import type { PresentedTokenOf } from '../guards/presented-by.ts'
import type { WatchRequest } from '../guards/watch-by.ts'
import type { Allowance, Anonymity } from '../result/guard-decision.ts'
import type { Refusal } from '../result/refusal.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import type { ClaimsOf, IssuerClients, IssuerName } from './issuers-options.ts'

/** A request that may pass, with the token's answer and the name of the server that gave it: narrow it on `issuer`. */
export type IssuersAllowance<Clients extends IssuerClients> = {
  [Name in IssuerName<Clients>]: Allowance<ClaimsOf<Clients[Name]>> & { readonly issuer: Name }
}[IssuerName<Clients>]

/** The decision of such a guard: narrow it on `allowed`, then on `issuer`. */
export type IssuersDecision<Clients extends IssuerClients> = IssuersAllowance<Clients> | Refusal

/** The decision of such a guard that is optional: narrow it on `allowed`, then on `token`. */
export type OptionalIssuersDecision<Clients extends IssuerClients> = IssuersDecision<Clients> | Anonymity

/** A guard that accepts the tokens of several authorization servers. It rejects only for bugs. */
export interface IssuersGuard<Clients extends IssuerClients> {
  (request: GuardRequest): Promise<IssuersDecision<Clients>>
  /** Decides synchronously when it need not wait: see {@link ClientGuard.decide}. */
  readonly decide: (request: GuardRequest) => MaybePromise<IssuersDecision<Clients>>
  /** Reads the token of a request: see {@link ClientGuard.presentedToken}. */
  readonly presentedToken: PresentedTokenOf
  /** Watches the token of a request: see {@link ClientGuard.watch}. */
  readonly watch: WatchRequest
}

/** The same for a guard that lets requests without a token pass. */
export interface OptionalIssuersGuard<Clients extends IssuerClients> {
  (request: GuardRequest): Promise<OptionalIssuersDecision<Clients>>
  /** Decides synchronously when it need not wait: see {@link ClientGuard.decide}. */
  readonly decide: (request: GuardRequest) => MaybePromise<OptionalIssuersDecision<Clients>>
  /** Reads the token of a request: see {@link ClientGuard.presentedToken}. */
  readonly presentedToken: PresentedTokenOf
  /** Watches the token of a request: see {@link ClientGuard.watch}. Without a token the signal never aborts. */
  readonly watch: WatchRequest
}
