import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkStandards } from '../src/standards/check-standards.ts'
import { readCitations, TEST_FILES } from '../src/standards/citations.ts'
import { readStandardsPage } from '../src/standards/standards-page.ts'
import { isFile, ROOT, readFiles } from '../src/workspace/workspace.ts'

const PAGE = 'docs/standards.md'

test('every claimed requirement has code and a test that cites it, and every cited requirement is on the page', () => {
  const page = readStandardsPage(readFileSync(join(ROOT, PAGE), 'utf8'), PAGE)
  const citations = readCitations(readFiles(TEST_FILES))
  expect(citations.size).toBeGreaterThan(0)
  expect(checkStandards(page, { citations, exists: isFile })).toEqual([])
})
