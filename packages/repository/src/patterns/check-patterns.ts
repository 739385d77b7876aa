/** Finds regular expressions that can take more than linear time. One request could block the process with them. */
import { createRequire } from 'node:module'
import type * as recheck from 'recheck'
import type { SourceFile } from '../workspace/workspace.ts'
import { readPatterns } from './read-patterns.ts'

// This form of recheck starts no binaries and no worker threads.
const { checkSync } = createRequire(import.meta.url)('recheck/lib/browser.js') as typeof recheck

/** No time limits, so that a busy machine and an idle one give the same result. */
const WITHOUT_CLOCK = { timeout: null, attackTimeout: null, incubationTimeout: null, randomSeed: 0 } as const

/** What is wrong with a pattern, or `undefined` when it takes linear time for every input. */
export function judgePattern(pattern: string, flags: string): string | undefined {
  const verdict = checkSync(pattern, flags, WITHOUT_CLOCK)
  if (verdict.status === 'safe') return undefined
  if (verdict.status === 'unknown') return `cannot be judged (${verdict.error.kind})`
  return `takes ${verdict.complexity.summary} time, for example on ${verdict.attack.pattern}`
}

/**
 * Every pattern of these files that can take more than linear time, or that is known at run time only.
 *
 * @param reasons - why a pattern may stay, by its path and its text.
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
