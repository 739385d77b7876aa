import { describe, expect, test } from 'vitest'
import { checkFile } from '../src/import-rules/check-imports.ts'
import { checkReach, EXPECTED_REACH } from '../src/import-rules/expected-reach.ts'
import { LAYOUTS } from '../src/import-rules/layout.ts'
import { inPackage, packageHost } from '../src/import-rules/package-host.ts'
import { reach } from '../src/import-rules/reach.ts'
import { publicPackages, readFiles, ROOT } from '../src/workspace/workspace.ts'

const packages = publicPackages().map(({ folder, manifest }) => ({ directory: `packages/${folder}`, folder, manifest }))

test('every published package has rules', () => {
  expect(packages.map(({ folder }) => folder).toSorted()).toEqual(Object.keys(LAYOUTS).toSorted())
})

test.each(Object.entries(LAYOUTS))('%s imports what it may, where it may', (folder, layout) => {
  const files = readFiles([`packages/${folder}/src/**/*.ts`]).filter(({ path }) => !/\.test(?:-d)?\.ts$/.test(path))
  expect(files).not.toEqual([])
  expect(files.flatMap((file) => checkFile(file, layout))).toEqual([])
})

describe('entry points', () => {
  test('are all ruled, on Node and elsewhere', () => {
    const entries = packages.flatMap(({ folder, manifest }) =>
      Object.keys(manifest.exports ?? {}).map((entry) => `${folder} ${entry}`),
    )
    expect([...new Set(EXPECTED_REACH.map(({ folder, entry }) => `${folder} ${entry}`))].toSorted()).toEqual(
      entries.toSorted(),
    )
  })

  test.each(EXPECTED_REACH)('$folder $entry loads what it needs, with the conditions $conditions', (expected) => {
    const own = packages.find(({ folder }) => folder === expected.folder)
    if (own === undefined) throw new Error(`there is no package ${expected.folder}`)
    const conditions = new Set([...expected.conditions, 'default'])
    const entry = inPackage(own, own.manifest.exports, expected.entry, conditions)
    expect(checkReach(expected, reach(entry, packageHost(packages, expected.conditions, ROOT)))).toEqual([])
  })
})
