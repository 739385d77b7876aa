/** Finds regular expressions that may take more than linear time, so that one request could stop the process. */
import { createRequire } from 'node:module'
import type * as recheck from 'recheck'
import type { SourceFile } from '../workspace/workspace.ts'
import { readPatterns } from './read-patterns.ts'

// The form without binaries and worker threads.
const { checkSync } = createRequire(import.meta.url)('recheck/lib/browser.js') as typeof recheck

/** No clock decides, so a busy machine says the same as an idle one. */
const WITHOUT_CLOCK = { timeout: null, attackTimeout: null, incubationTimeout: null, randomSeed: 0 } as const

/** What is wrong with a pattern; `undefined` when it takes linear time whatever it reads. */
export function judgePattern(pattern: string, flags: string): string | undefined {
  const verdict = checkSync(pattern, flags, WITHOUT_CLOCK)
  if (verdict.status === 'safe') return undefined
  if (verdict.status === 'unknown') return `cannot be judged (${verdict.error.kind})`
  return `takes ${verdict.complexity.summary} time, for example on ${verdict.attack.pattern}`
}

/**
 * Every pattern of these files that may take more than linear time, or that is only known when the program runs.
 *
 * @param reasons - why a pattern may stay nevertheless, by its path and its text.
 */
export function checkPatterns(files: readonly SourceFile[], reasons: Readonly<Record<string, string>> = {}): string[] {
  const problems: string[] = []
  const unused = new Set(Object.keys(reasons))
  for (const { path, text } of files) {
    for (const found of readPatterns(text, path)) {
      const name = `${path} ${found.text}`
      if (unused.delete(name) || reasons[name] !== undefined) continue
      const problem =
        found.pattern === undefined ? 'is only known when it runs' : judgePattern(found.pattern, found.flags)
      if (problem !== undefined) problems.push(`${name} ${problem}`)
    }
  }
  return [...problems, ...[...unused].map((name) => `${name} has a reason, but is not there`)]
}
