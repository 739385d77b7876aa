import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkArchitecture } from '../src/architecture/check-architecture.ts'
import { readPathParts } from '../src/architecture/path-parts.ts'
import { ROOT } from '../src/workspace/workspace.ts'

const PAGE = 'docs/architecture.md'

test('the page about the architecture has a link to every folder and spine', () => {
  const parts = readPathParts()
  expect(parts).toContain('packages/client/src/introspect.ts')
  expect(parts).toContain('packages/server/src/lookup/')
  expect(parts).toContain('packages/client/src/events/')
  expect(checkArchitecture({ path: PAGE, text: readFileSync(join(ROOT, PAGE), 'utf8') }, parts)).toEqual([])
})
