/** Counts the steps of a program, so that a test of linear time compares steps and not seconds. */
import { Session } from 'node:inspector'

interface Coverage {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[]
  }[]
}

/**
 * Counts how often functions and blocks run. Work inside the engine, such as one match of a pattern, counts as one
 * step. The package `repository` proves from the source of each pattern that the pattern is linear.
 *
 * Start counting before you load the modules whose blocks you want to count.
 */
export function startCounting(): (run: () => void) => number {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })

  function take(): number {
    let steps = 0
    // The inspector calls back before `post` returns.
    session.post('Profiler.takePreciseCoverage', (error, coverage: Coverage) => {
      if (error !== null) throw error
      for (const { url, functions } of coverage.result) {
        // Modules of Node and this file also run, and would distort the count.
        if (url.startsWith('node:') || url.endsWith('/count-steps.ts')) continue
        for (const { ranges } of functions) for (const { count } of ranges) steps += count
      }
    })
    return steps
  }

  return (run) => {
    take()
    run()
    return take()
  }
}
