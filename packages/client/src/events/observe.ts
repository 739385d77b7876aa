/** Runs a call and reports it. The result is the same as without a listener. */
import { isIntrospectionError } from '@token-introspection/core'
import { andThen, isPromise, type MaybePromise } from '@token-introspection/core/maybe-promise'
import type { IntrospectOptions } from '../call-options.ts'
import type { EventReporter } from './event-reporter.ts'
import { guard, type GuardSteps } from '../guard.ts'
import { introspect, type Steps } from '../introspect.ts'
import type { OptionalGuardDecision } from '../result/guard-decision.ts'
import { whyInactive } from '../result/inactive.ts'
import { LivenessRecord } from '../revocations/liveness.ts'
import type { IntrospectionResult } from '../result/introspection-result.ts'
import type { GuardRequest } from '../token/guard-request.ts'
import { shortFingerprint } from '../token/fingerprint-token.ts'
import type { Trace } from './trace.ts'

/** The reason is unknown. */
const NOTHING = Object.freeze({ reason: undefined, detail: undefined })

/** Introspects and reports the outcome. Returns without a promise when the answer is available. */
export function observeIntrospection(
  token: string,
  options: IntrospectOptions,
  steps: Steps,
  trace: Trace,
  reporter: EventReporter,
  liveness = new LivenessRecord(),
): MaybePromise<IntrospectionResult> {
  trace.liveness = liveness
  const call: ObservedCall = { token, steps, trace, reporter, startedMs: performance.now() }
  try {
    const answer = introspect(token, options, steps, trace, liveness)
    return isPromise(answer) ? reportLater(answer, call) : reportResult(answer, call)
  } catch (error) {
    return reportFailure(error, call)
  }
}

/** One call of `introspect`, and its listeners. */
interface ObservedCall {
  readonly token: string
  readonly steps: Steps
  readonly trace: Trace
  readonly reporter: EventReporter
  readonly startedMs: number
}

async function reportLater(answer: Promise<IntrospectionResult>, call: ObservedCall): Promise<IntrospectionResult> {
  let result: IntrospectionResult
  try {
    result = await answer
  } catch (error) {
    return reportFailure(error, call)
  }
  return reportResult(result, call)
}

function reportResult(
  result: IntrospectionResult,
  { token, steps, trace, reporter, startedMs }: ObservedCall,
): MaybePromise<IntrospectionResult> {
  const durationMs = performance.now() - startedMs
  const { source } = trace
  if (!result.active) trace.inactivity = whyInactive(result, source === 'cache' && steps.cache?.isShared === true)
  const { reason: inactiveReason, detail } = trace.inactivity ?? NOTHING
  const { active } = result
  return andThen(fingerprintOf(token, steps, trace), (fingerprint) => {
    const liveness = active ? trace.liveness : undefined
    reporter.report({ type: 'introspected', active, inactiveReason, detail, source, liveness, fingerprint, durationMs })
    return result
  })
}

/** Throws the error again, in the same tick when the fingerprint is ready. Only operational failures are reported. */
function reportFailure(
  error: unknown,
  { token, steps, trace, reporter, startedMs }: ObservedCall,
): MaybePromise<never> {
  if (!isIntrospectionError(error)) throw error
  const durationMs = performance.now() - startedMs
  return andThen(fingerprintOf(token, steps, trace), (fingerprint) => {
    reporter.report({ type: 'failed', error, source: trace.source, fingerprint, durationMs })
    throw error
  })
}

/** Guards and reports the decision. `trace` is the trace of the introspection in the steps. */
export function observeGuard<Claims extends object>(
  request: GuardRequest,
  steps: GuardSteps<Claims>,
  trace: Trace,
  reporter: EventReporter,
): MaybePromise<OptionalGuardDecision<Claims>> {
  const startedMs = performance.now()
  return andThen(guard(request, steps), (decision) => {
    const durationMs = performance.now() - startedMs
    return andThen(toFingerprint(trace.key), (fingerprint) => {
      if (decision.allowed) {
        reporter.report({ type: 'guarded', allowed: true, fingerprint, durationMs })
      } else {
        const { reason, status, error, mismatch } = decision
        const inactivity = reason === 'token_inactive' ? trace.inactivity : undefined
        const detail = decision.detail ?? inactivity?.detail
        const inactiveReason = inactivity?.reason
        const told = {
          allowed: false,
          reason,
          inactiveReason,
          status,
          error,
          detail,
          mismatch,
          fingerprint,
          durationMs,
        } as const
        reporter.report({ type: 'guarded', ...told })
      }
      return decision
    })
  })
}

/** A token without a request has no key yet, so its fingerprint is computed here. */
function fingerprintOf(token: string, steps: Steps, trace: Trace): MaybePromise<string | undefined> {
  trace.key ??= steps.token.fingerprint(token, {})
  return toFingerprint(trace.key)
}

/** `undefined` without a key, and when the secret of the key cannot be found. The event then changes nothing for the caller. */
function toFingerprint(key: MaybePromise<string> | undefined): MaybePromise<string | undefined> {
  if (key === undefined) return undefined
  return isPromise(key) ? key.then(shortFingerprint, () => undefined) : shortFingerprint(key)
}
