/** Finds tests that depend on the speed of the machine: tests that measure time, and tests that sleep. */
import type { SourceFile } from '../workspace/workspace.ts'

const KINDS: readonly (readonly [pattern: RegExp, complaint: string])[] = [
  [/\bperformance\.now\(|\bhrtime\b/, 'reads the clock of the machine'],
  [/\bexpect\(.*\bDate\.now\(|\bto[A-Z]\w*\(.*\bDate\.now\(/, 'compares with the clock of the machine'],
  [/import \{[^}]*\bsetTimeout\b[^}]*\} from 'node:timers\/promises'/, 'sleeps'],
  [/new Promise\b.*\bsetTimeout\(/, 'sleeps'],
  [/\bvi\.wait(?:For|Until)\(/, 'waits a second at most: expect.poll waits as long as a test may take'],
  [
    /\btestTimeout\b|\{ timeout(?: \}|: \d[\d_]{3,})|^\s*\}, \d[\d_]*\)$/,
    'has a time limit of its own: that of all tests stops what hangs',
  ],
  [/\bexpect\(.*(?:elapsed|took|duration)\w*.*\)\s*\.to[A-Z]\w*Than/i, 'asserts how long something took'],
]

/**
 * Every line that measures time or sleeps. Pass the clock as an argument, use vitest's timers, or wait for an event instead.
 *
 * @param reasons - why a file may do so, by its path.
 */
export function checkClocks(files: readonly SourceFile[], reasons: Readonly<Record<string, string>> = {}): string[] {
  const unused = new Set(Object.keys(reasons))
  const problems = files.flatMap(({ path, text }) => {
    const found = text.split('\n').flatMap((line, index) => {
      const complaint = KINDS.find(([pattern]) => pattern.test(line))?.[1]
      return complaint === undefined ? [] : [`${path}:${index + 1} ${complaint}`]
    })
    if (found.length > 0) unused.delete(path)
    return reasons[path] === undefined ? found : []
  })
  return [...problems, ...[...unused].map((path) => `${path} has a reason, but needs none`)]
}
