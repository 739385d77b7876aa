/** No regular expression of a published package takes more than linear time. Private packages read this repository alone. */
import { expect, test } from 'vitest'
import { checkPatterns } from '../src/patterns/check-patterns.ts'
import { publicPackages, readFiles } from '../src/workspace/workspace.ts'

/** Patterns that may stay, each with its reason. */
const REASONS: Record<string, Record<string, string>> = {
  server: {
    'packages/server/src/lookup/token-mint.ts new RegExp(`^${pattern}$`)':
      'a prefix of letters, digits and underscores, then a fixed number of letters and digits: one way to match',
  },
}

test.each(publicPackages().map(({ folder }) => folder))(
  '%s has no pattern that takes more than linear time',
  (folder) => {
    const files = readFiles([`packages/${folder}/src/**/*.ts`]).filter(({ path }) => !/\.test(?:-d)?\.ts$/.test(path))
    expect(files).not.toEqual([])
    expect(checkPatterns(files, REASONS[folder])).toEqual([])
  },
)
