/** Calls that somebody listens to: they come to the same, and it is told. */
import { isIntrospectionError } from '@token-introspection/core'
import { isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { EventReporter } from './event-reporter.ts'
import { guard, type GuardSteps, type OptionalGuardDecision } from '../guard.ts'
import { type IntrospectOptions, introspect, type Steps } from '../introspect.ts'
import { whyInactive } from '../result/inactive.ts'
import type { IntrospectionResult } from '../result/introspection-result.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import { shortFingerprint } from '../token/fingerprint-token.ts'
import type { Trace } from './trace.ts'

/** Nothing is known of why. */
const NOTHING = Object.freeze({ reason: undefined, detail: undefined })

/** Introspects, and tells what came of it. */
export async function observeIntrospection(
  token: string,
  options: IntrospectOptions,
  steps: Steps,
  trace: Trace,
  reporter: EventReporter,
): Promise<IntrospectionResult> {
  const startedMs = performance.now()
  try {
    const answer = introspect(token, options, steps, trace)
    const result = isPromise(answer) ? await answer : answer
    const durationMs = performance.now() - startedMs
    const key = keyOf(token, steps, trace)
    const fingerprint = shortFingerprint(isPromise(key) ? await key : key)
    const { source } = trace
    if (!result.active) trace.inactivity = whyInactive(result, source === 'cache' && steps.cache?.isShared === true)
    const { reason: inactiveReason, detail } = trace.inactivity ?? NOTHING
    const { active } = result
    reporter.report({ type: 'introspected', active, inactiveReason, detail, source, fingerprint, durationMs })
    return result
  } catch (error) {
    if (isIntrospectionError(error)) {
      const durationMs = performance.now() - startedMs
      const fingerprint = shortFingerprint(await keyOf(token, steps, trace))
      reporter.report({ type: 'failed', error, source: trace.source, fingerprint, durationMs })
    }
    throw error
  }
}

/** Guards, and tells what was decided; `trace` is that of the introspection in the steps. */
export async function observeGuard<Claims extends object>(
  request: GuardRequest,
  steps: GuardSteps<Claims>,
  trace: Trace,
  reporter: EventReporter,
): Promise<OptionalGuardDecision<Claims>> {
  const startedMs = performance.now()
  const decision = await guard(request, steps)
  const durationMs = performance.now() - startedMs
  const fingerprint = trace.key === undefined ? undefined : shortFingerprint(await trace.key)
  if (decision.allowed) {
    reporter.report({ type: 'guarded', allowed: true, fingerprint, durationMs })
  } else {
    const { reason, status, error } = decision
    const inactivity = reason === 'token_inactive' ? trace.inactivity : undefined
    const detail = decision.detail ?? inactivity?.detail
    const inactiveReason = inactivity?.reason
    const told = { allowed: false, reason, inactiveReason, status, error, detail, fingerprint, durationMs } as const
    reporter.report({ type: 'guarded', ...told })
  }
  return decision
}

/** A token that was not asked about has no key yet. */
function keyOf(token: string, steps: Steps, trace: Trace): MaybePromise<string> {
  trace.key ??= steps.token.fingerprint(token, {})
  return trace.key
}
