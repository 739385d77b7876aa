/** Counts what a program does, so that "linear" is said of steps and not of seconds. */
import { Session } from 'node:inspector'

interface Coverage {
  readonly result: readonly {
    readonly url: string
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[]
  }[]
}

/**
 * Counts how often functions and blocks are run. Work inside the engine, such as one match of a pattern, is one step: that
 * patterns are linear is proved elsewhere, from their source.
 *
 * Start it before the modules are loaded whose blocks are to be counted.
 */
export function startCounting(): (run: () => void) => number {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })

  function take(): number {
    let steps = 0
    // It answers before it returns.
    session.post('Profiler.takePreciseCoverage', (error, coverage: Coverage) => {
      if (error !== null) throw error
      for (const { url, functions } of coverage.result) {
        // Node's own, and what counts, is at work whatever is counted.
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
