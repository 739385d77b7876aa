/** Explains step `policy`: what the guard requires, and what the token has. */
import { explainRequirements } from './explain-requirements.ts'
import type { ExplainedPolicy, ExplainedRequirement } from './explanation.ts'
import { refusalOf, type Run } from './run.ts'

/** Explains the step. The requirements are compared after the guard has decided, and do not decide again. */
export async function explainPolicy(run: Run): Promise<ExplainedPolicy> {
  const { failed, notes } = run
  const requirements = await requirementsOf(run)
  const base = { step: 'policy', requirements, durationMs: notes.durationOf('policy') } as const
  if (failed?.step === 'policy') {
    return { ...base, outcome: 'failed', detail: failed.error.message, remedy: undefined, error: failed.error }
  }
  const neither = { remedy: undefined, error: undefined } as const
  if (requirements.length === 0) return { ...base, ...neither, outcome: 'skipped', detail: 'there is no active answer' }
  const unmet = requirements.filter(({ outcome }) => outcome === 'refused').map(({ requirement }) => requirement)
  if (unmet.length === 0) return { ...base, ...neither, outcome: 'passed', detail: 'every requirement is met' }
  return { ...base, ...neither, outcome: 'refused', detail: `not met: ${unmet.join(', ')}` }
}

async function requirementsOf(run: Run): Promise<readonly ExplainedRequirement[]> {
  const { notes, presented, guard, isTokenAlone, now, cleaner } = run
  const token = notes.result
  if (token?.active !== true || presented.kind !== 'token') return []
  try {
    const comparison = { token, presented, isTokenAlone, policy: guard.policy, now, cleaner }
    const compared = await explainRequirements(comparison)
    return [...compared, explainCheck(run, compared)]
  } catch (error) {
    // A function of the application threw here, as it did for the guard, whose failure the step tells.
    if (run.failed?.step === 'policy') return []
    throw error
  }
}

function explainCheck(run: Run, before: readonly ExplainedRequirement[]): ExplainedRequirement {
  const base = { requirement: 'check', required: undefined, found: undefined, remedy: undefined } as const
  if (run.guard.check === undefined) return { ...base, outcome: 'skipped', detail: 'the guard has no check of its own' }
  if (before.some(({ outcome }) => outcome === 'refused')) {
    return { ...base, outcome: 'skipped', detail: 'not called, because another requirement is not met' }
  }
  if (run.failed?.step === 'policy') return { ...base, outcome: 'failed', detail: 'your function threw' }
  const isRefused = refusalOf(run)?.reason === 'check'
  return isRefused
    ? { ...base, outcome: 'refused', detail: 'your function did not return true' }
    : { ...base, outcome: 'passed', detail: 'your function returned true' }
}
