/// <reference lib="esnext.disposable" preserve="true" />
/** What {@link combineIssuers} makes of several clients. */
import type { IntrospectOptions } from '../call-options.ts'
import type { Explanation } from '../explain/explanation.ts'
import type { AcceptedTokens } from '../guards/accepted-tokens.ts'
import type { IntrospectionStatistics } from '../events/statistics.ts'
import type { IntrospectionResult } from '../result/introspection-result.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import type { IssuersCheck } from './check-issuers.ts'
import type { IssuersGuard, OptionalIssuersGuard } from './issuers-guard.ts'
import type {
  IssuersExplainOptions,
  IssuersGuardOptions,
  IssuersWatchOptions,
  OptionalIssuersGuardOptions,
} from './issuers-guard-options.ts'
import type { AnyClaims, IssuerClients, IssuerName } from './issuers-options.ts'

/** Several authorization servers, used as one. */
export interface CombinedIssuers<Clients extends IssuerClients = IssuerClients> extends AsyncDisposable {
  /** The tokens that all clients accept, from any issuer. */
  readonly accepts: AcceptedTokens
  /**
   * The client that would introspect a token.
   *
   * @returns a name in `issuers`, or `undefined` when the token belongs to no issuer.
   * @throws TypeError when `route` returns an unknown name; and any error that `route` throws.
   */
  issuerOf(token: string): IssuerName<Clients> | undefined
  /**
   * Introspects one token with the client of its issuer, as {@link IntrospectionClient.introspect} does. A token that
   * belongs to no issuer is inactive, and no server is asked.
   */
  introspect(token: string, options?: IntrospectOptions): Promise<IntrospectionResult<AnyClaims<Clients>>>
  /**
   * Creates a guard, as {@link IntrospectionClient.guard} does. All issuers together protect one API, so challenges
   * have the realm and metadata of the guard, or else those of the first client that has some. They name every scheme
   * that any client accepts.
   *
   * @throws TypeError that names the option, also when the tokens of one server have no audience.
   */
  guard(options: OptionalIssuersGuardOptions<Clients>): OptionalIssuersGuard<Clients>
  guard(options?: IssuersGuardOptions<Clients>): IssuersGuard<Clients>
  /** Explains a token with the client of its issuer, and names the issuer: see {@link IntrospectionClient.explain}. */
  explain(input: string | GuardRequest, options?: IssuersExplainOptions<Clients>): Promise<Explanation>
  /**
   * Watches a token with the client of its issuer: see {@link IntrospectionClient.watch}.
   *
   * @returns a signal. It has aborted already for a token that belongs to no issuer.
   */
  watch(token: string, options: IssuersWatchOptions<Clients>): AbortSignal
  /**
   * Checks that each client can do its work, without a token of a user: see {@link IntrospectionClient.check}. It checks all
   * issuers, so one that is down does not hide another.
   *
   * @throws TypeError when a client is closed.
   *
   * @example
   * ```ts
   * import type { CombinedIssuers } from '@token-introspection/client'
   *
   * export async function health(introspection: CombinedIssuers): Promise<string[]> {
   *   const { issuers } = await introspection.check()
   *   return Object.entries(issuers).map(([name, result]) => `${name}: ${result.ok ? 'good' : result.error.message}`)
   * }
   * ```
   */
  check(): Promise<IssuersCheck<IssuerName<Clients>>>
  /** Forgets the answers about one token: see {@link IntrospectionClient.forget}. */
  forget(token: string): Promise<void>
  /** The {@link IntrospectionClient.statistics} of each client, by name. */
  statistics(): Readonly<Record<IssuerName<Clients>, IntrospectionStatistics>>
  /** Closes all clients: see {@link IntrospectionClient.close}. */
  close(): Promise<void>
}
