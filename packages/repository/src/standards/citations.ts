/** Which tests cite which requirement. */
import { readTestTitles } from '../source/test-titles.ts'
import type { SourceFile } from '../workspace/workspace.ts'
import { findIds } from './requirement-ids.ts'

/** Test files by the requirement their titles cite. */
export type Citations = ReadonlyMap<string, ReadonlySet<string>>

/** The test files that may cite requirements. */
export const TEST_FILES = ['packages/*/{src,test}/**/*.{test,test-d}.ts', 'docs/examples/test/**/*.test.ts']

/** Reads the citations of test files. Tests of this package do not count: they cite identifiers as examples. */
export function readCitations(files: readonly SourceFile[]): Citations {
  const citations = new Map<string, Set<string>>()
  for (const { path, text } of files) {
    if (path.startsWith('packages/repository/')) continue
    for (const id of findIds(readTestTitles(text, path).join('\n'))) {
      citations.set(id, (citations.get(id) ?? new Set()).add(path))
    }
  }
  return citations
}
