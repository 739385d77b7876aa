/**
 * Checks that no regular expression of a published package takes more than linear time. Private packages read this repository
 * alone. Ends with 1 when one does.
 */
import { publicPackages, readFiles } from '../workspace/workspace.ts'
import { checkPatterns } from './check-patterns.ts'

/** Patterns that may stay, each with its reason. */
const REASONS: Record<string, Record<string, string>> = {
  server: {
    'packages/server/src/lookup/token-mint.ts new RegExp(`^${pattern}$`)':
      'a prefix of letters, digits and underscores, then a fixed number of letters and digits: one way to match',
  },
}

let files = 0
const problems = publicPackages().flatMap(({ folder }) => {
  const sources = readFiles([`packages/${folder}/src/**/*.ts`]).filter(({ path }) => !/\.test(?:-d)?\.ts$/.test(path))
  if (sources.length === 0) throw new Error(`${folder} has no sources to check`)
  files += sources.length
  return checkPatterns(sources, REASONS[folder])
})

for (const problem of problems) console.error(problem)
console.log(`patterns: ${files} files, ${problems.length} problems`)
if (problems.length > 0) process.exitCode = 1
