/** The test files that took longest, from the report of the test runner. */
import { relative } from 'node:path'

/** The part of the report that is read here. */
export interface TimedReport {
  readonly testResults: readonly {
    /** The absolute path of the file. */
    readonly name: string
    /** Milliseconds since the epoch. */
    readonly startTime: number
    readonly endTime: number
  }[]
}

/** A test file and how long its tests took. */
export interface TimedFile {
  readonly path: string
  readonly seconds: number
}

/** The slowest files of a run, slowest first, with paths relative to `root`. */
export function slowestFiles({ testResults }: TimedReport, count: number, root: string): readonly TimedFile[] {
  return testResults
    .map(({ name, startTime, endTime }) => ({ path: relative(root, name), seconds: (endTime - startTime) / 1000 }))
    .toSorted((one, other) => other.seconds - one.seconds)
    .slice(0, count)
}
