/** One explained run of a guard, with everything that its steps saw. */
import type { GuardDecision, OptionalGuardDecision } from '../result/guard-decision.ts'
import type { Steps } from '../introspect.ts'
import type { ResolvedGuard } from '../policy/resolve-guard.ts'
import { type Inactivity, whyInactive } from '../result/inactive.ts'
import type { PresentedToken, TokenSources } from '../token/extract-token.ts'
import type { Cleaner } from './clean-values.ts'
import type { ExplainedError, ExplainedStep } from './explanation.ts'
import type { Notes } from './notes.ts'

/** A step that could not do its work. */
export interface FailedStep {
  readonly step: ExplainedStep['step']
  readonly error: ExplainedError
}

/** The run. */
export interface Run {
  /** The steps of the client; `undefined` when the token belongs to no client. */
  readonly steps: Steps | undefined
  readonly sources: TokenSources
  readonly guard: ResolvedGuard
  readonly useCache: boolean
  readonly isTokenAlone: boolean
  readonly presented: PresentedToken
  readonly notes: Notes
  /** `undefined` when the guard threw. */
  readonly decision: OptionalGuardDecision | undefined
  readonly failed: FailedStep | undefined
  readonly cleaner: Cleaner
  /** Seconds since the epoch. */
  readonly now: () => number
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
  /** The token; `undefined` when the request has none that can be read. */
  readonly token: string | undefined
  /** Whether the client went on with the token, beyond taking it from the request. */
  readonly wasAsked: boolean
  readonly maxAgeSeconds: number | undefined
}

/** Why the token is inactive; `undefined` when it is not, or when a shared store may have lost the reason. */
export function inactivityOf({ notes, steps }: Run): Inactivity | undefined {
  const { result, trace } = notes
  if (result === undefined || result.active) return undefined
  return whyInactive(result, trace.source === 'cache' && steps?.cache?.isShared === true)
}

/** The refusal of the run. */
export function refusalOf({ decision }: Run): Extract<GuardDecision, { allowed: false }> | undefined {
  return decision === undefined || decision.allowed ? undefined : decision
}
