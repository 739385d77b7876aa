/** Prints every requirement that a test cites, with its test files. */
import { readFiles } from '../workspace/workspace.ts'
import { readCitations, TEST_FILES } from './citations.ts'

const citations = readCitations(readFiles(TEST_FILES))
for (const [id, files] of [...citations].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(`${id.padEnd(8)} ${[...files].join(' ')}`)
}
