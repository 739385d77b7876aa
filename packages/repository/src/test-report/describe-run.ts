/** What there is to say about one run of the suite: what failed, or which file was slowest. */
import { relative } from 'node:path'
import { slowestFiles, type TimedReport } from './slowest-files.ts'

/** The part of the report that is read here. */
export interface RunReport extends TimedReport {
  readonly testResults: readonly (TimedReport['testResults'][number] & {
    readonly status: string
    /** Why the file could not be loaded. */
    readonly message?: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[] | null
    }[]
  })[]
}

/** One line per failed test with what it failed with below it; for a run without failures, its slowest file. */
export function describeRun(report: RunReport, root: string): readonly string[] {
  const failures = report.testResults.flatMap((file) => failuresOf(file, relative(root, file.name)))
  if (failures.length > 0) return failures
  return slowestFiles(report, 1, root).map(({ path, seconds }) => `slowest: ${path}, ${seconds.toFixed(1)} s`)
}

function failuresOf(file: RunReport['testResults'][number], path: string): readonly string[] {
  const failed = file.assertionResults.filter(({ status }) => status === 'failed')
  if (failed.length === 0 && file.status === 'failed') return [`failed: ${path}`, ...indent(file.message ?? '')]
  return failed.flatMap(({ fullName, failureMessages }) => [
    `failed: ${path}: ${fullName}`,
    ...(failureMessages ?? []).flatMap(indent),
  ])
}

function indent(text: string): readonly string[] {
  return text.split('\n').map((line) => `    ${line}`)
}
