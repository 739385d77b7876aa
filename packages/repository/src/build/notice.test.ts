import { expect, test } from 'vitest'
import { publicPackages } from '../workspace/workspace.ts'
import { NOTICE, NOTICE_TEXT, OLDER_COMPILERS } from './notice.ts'

test('every published entry sends older compilers to the notice, before any other condition', () => {
  const entries = publicPackages().flatMap(({ folder, manifest }) =>
    Object.entries(manifest.publishConfig?.exports ?? {}).map(([subpath, target]) => ({
      at: `${folder} ${subpath}`,
      target,
    })),
  )
  const typed = entries.filter(({ target }) => typeof target === 'object')
  expect(typed.length).toBeGreaterThan(30)
  const first = typed.map(({ at, target }) => ({ at, first: Object.entries(target)[0] }))
  expect(first).toEqual(typed.map(({ at }) => ({ at, first: [OLDER_COMPILERS, NOTICE] })))
})

test('the notice is no module', () => {
  expect(NOTICE_TEXT).not.toMatch(/\b(?:im|ex)port\b/)
})
