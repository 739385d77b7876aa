import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkShared } from '../src/security/check-shared.ts'
import { isFile, ROOT } from '../src/workspace/workspace.ts'

const PAGE = 'docs/security.md'

test('everything that is shared has the test in which others go on undisturbed', () => {
  expect(checkShared({ path: PAGE, text: readFileSync(join(ROOT, PAGE), 'utf8') }, isFile)).toEqual([])
})
