/** Creates guards, for one client or for several. */
import type { MaybePromise } from '@token-introspection/core/maybe-promise'
import { challengeSettings } from './challenge-settings.ts'
import type { OptionalClientGuard } from './client-guard.ts'
import { decideAtOnce } from './decide-at-once.ts'
import { presentedTokenBy } from './presented-by.ts'
import type { WatchRequest } from './watch-by.ts'
import type { EventReporter } from '../events/event-reporter.ts'
import { guard, type GuardSteps } from '../guard.ts'
import type { IntrospectOptions } from '../call-options.ts'
import { observeGuard } from '../events/observe.ts'
import type { AudienceRefusals } from '../policy/audience-refusals.ts'
import { PassedValues } from '../policy/passed-values.ts'
import type { InheritedPolicy } from '../policy/resolve-policy.ts'
import type { ResolvedGuard } from '../policy/resolve-guard.ts'
import type { OptionalGuardDecision } from '../result/guard-decision.ts'
import type { ChallengeSettings } from '../result/refusal.ts'
import type { LivenessRecord } from '../revocations/liveness.ts'
import type { IntrospectionResult } from '../result/introspection-result.ts'
import type { TokenSources } from '../token/extract-token.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import { startTrace, type Trace } from '../events/trace.ts'
import type { CleanerFor } from '../transport/sent-credentials.ts'

/** The functions that ask about a token. */
export interface GuardSource<Claims extends object = object> {
  /** The settings that every guard inherits. */
  readonly policy: InheritedPolicy
  /** The places from which tokens are read. */
  readonly sources: TokenSources
  /** Asks about a token, without a promise when the answer is available. It throws for bugs. */
  readonly introspect: (
    token: string,
    options: IntrospectOptions,
    liveness: LivenessRecord,
  ) => MaybePromise<IntrospectionResult<Claims>>
  /** The same, and reports events. It writes to `trace`. */
  readonly observe: (
    token: string,
    options: IntrospectOptions,
    trace: Trace,
    liveness: LivenessRecord,
  ) => MaybePromise<IntrospectionResult<Claims>>
  /** A number that changes with every event of the feeds; `undefined` when there is no feed. */
  readonly sequence: (() => number) | undefined
  /** Whether an answer from the cache may have lost the reason why it is inactive. */
  readonly mayLoseReason: boolean
  /** Counts refusals for the audience; `undefined` for a source whose tokens are all inactive. */
  readonly audiences: AudienceRefusals | undefined
  /** Takes a token, and the credentials of the client, out of what a refusal shows. */
  readonly cleanerFor: CleanerFor
  /** How many seconds the clocks of this process and of the authorization server may differ. */
  readonly leewaySeconds: number
  /** Seconds since the epoch. */
  readonly now: () => number
  readonly reporter: EventReporter
}

/**
 * Creates a guard. Everything that is the same for all requests is created here, once.
 *
 * @param result - the parts of challenges that do not come from the guard alone.
 * @param watch - how the guard watches tokens. A guard inside another guard needs none.
 */
export function createGuard<Claims extends object>(
  source: GuardSource<Claims>,
  resolved: ResolvedGuard,
  result: ChallengeSettings = challengeSettings(resolved),
  watch?: WatchRequest,
): OptionalClientGuard<Claims> {
  const { reporter } = source
  const { maxAgeSeconds, notOlderThan } = resolved
  const usual: IntrospectOptions = Object.freeze({ maxAgeSeconds })
  const options = (): IntrospectOptions =>
    notOlderThan === undefined ? usual : { maxAgeSeconds, notOlderThan: notOlderThan() }
  const steps: GuardSteps<Claims> = {
    token: source.sources,
    introspect: (token, liveness) => source.introspect(token, options(), liveness),
    sequence: source.sequence,
    mayLoseReason: source.mayLoseReason,
    cleanerFor: source.cleanerFor,
    // Only guards remember values: there may be many watched connections, each with a policy of its own.
    policy: { ...resolved.policy, passed: { audience: new PassedValues(), scope: new PassedValues() } },
    audience: source.audiences?.countFor(resolved.policy.audience),
    check: resolved.check,
    result,
    optional: resolved.optional,
    leewaySeconds: source.leewaySeconds,
    now: source.now,
  }
  const decide = (request: GuardRequest): MaybePromise<OptionalGuardDecision<Claims>> => {
    if (!reporter.isHeard) return guard(request, steps)
    const trace = startTrace()
    const introspect = (token: string, liveness: LivenessRecord) => source.observe(token, options(), trace, liveness)
    return observeGuard(request, { ...steps, introspect }, trace, reporter)
  }
  return decideAtOnce(decide, presentedTokenBy(source.sources), watch)
}
