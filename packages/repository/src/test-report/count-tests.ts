/** Counts the tests of a run from the report of the test runner. */

/** The report, as far as it is looked at. */
export interface TestReport {
  /** Whether the runner itself ended well: a file that could not be loaded has no tests to count. */
  readonly success: boolean
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

/** How many tests ended how. */
export interface TestCount {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/**
 * Counts every test once. A test that is pending, disabled or left to do was skipped; a status nobody knows is a
 * failure.
 *
 * @throws Error when the run has no test, or is not what its tests say: a count of it would mislead.
 */
export function countTests({ success, testResults }: TestReport): TestCount {
  const count = { passed: 0, failed: 0, skipped: 0 }
  for (const { status } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    count[OUTCOMES[status] ?? 'failed']++
  }
  if (count.passed === 0) throw new Error('no test has passed')
  if (count.failed === 0 && !(success && testResults.every(({ status }) => status === 'passed'))) {
    throw new Error('the run failed beside its tests')
  }
  return count
}

const OUTCOMES: Readonly<Record<string, keyof TestCount>> = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  pending: 'skipped',
  disabled: 'skipped',
  todo: 'skipped',
}
