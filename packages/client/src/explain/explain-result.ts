/** Explains step `result`: what the sender of the request gets. */
import type { ExplainedResult } from './explanation.ts'
import { refusalOf, type Run } from './run.ts'

/** Explains the step. */
export function explainResult(run: Run): ExplainedResult {
  const base = { step: 'result', remedy: undefined, durationMs: 0 } as const
  const refusal = refusalOf(run)
  if (refusal !== undefined) {
    const sentError = errorIn(refusal.body)
    const detail = `the sender gets ${refusal.status}${sentError === undefined ? ' without an error code' : ` ${sentError}`}`
    return { ...base, outcome: 'refused', detail, status: refusal.status, sentError }
  }
  const nothing = { status: undefined, sentError: undefined } as const
  if (run.decision === undefined) {
    return { ...base, ...nothing, outcome: 'failed', detail: 'the guard throws, because a function of yours did' }
  }
  return { ...base, ...nothing, outcome: 'passed', detail: 'the request passes' }
}

/** The `error` of the body that the guard itself has written. */
function errorIn(body: string): string | undefined {
  return body === '' ? undefined : (JSON.parse(body) as { readonly error: string }).error
}
