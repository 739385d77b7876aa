import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkShared } from '../src/security/check-shared.ts'
import { isFile, ROOT } from '../src/workspace/workspace.ts'

const PAGE = 'docs/security.md'

test('every shared resource has a test that one party cannot use it up', () => {
  expect(checkShared({ path: PAGE, text: readFileSync(join(ROOT, PAGE), 'utf8') }, isFile)).toEqual([])
})
