import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkProvenRows } from '../src/security/check-proven-rows.ts'
import { isFile, ROOT } from '../src/workspace/workspace.ts'

const PAGE = 'docs/security.md'

test('every shared resource, and every attack on the command line, has a test', () => {
  expect(checkProvenRows({ path: PAGE, text: readFileSync(join(ROOT, PAGE), 'utf8') }, isFile)).toEqual([])
})
