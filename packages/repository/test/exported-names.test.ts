import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readExportedNames } from '../src/source/exported-names.ts'
import { targetsOf } from '../src/workspace/manifest.ts'
import { publicPackages, ROOT, readFiles } from '../src/workspace/workspace.ts'

/** Every entry of every package, with the file that records its names. */
const entries = publicPackages().flatMap(({ folder, manifest }) =>
  Object.entries(manifest.exports ?? {}).map(([subpath, target]) => ({
    entry: `${manifest.name}${subpath.slice(1)}`,
    path: `packages/${folder}/${targetsOf({ target }).join()}`.replace('/./', '/'),
    record: `${folder}${subpath.slice(1).replaceAll('/', '-')}.txt`,
  })),
)

describe('exported names', () => {
  test.each(entries)('$entry exports the names on record', async ({ path, record }) => {
    const names = readFiles([path]).flatMap((file) => readExportedNames(file.text, file.path))
    expect(names).not.toEqual([])
    const lines = names.map(({ name, kind }) => `${kind} ${name}\n`)
    await expect(lines.join('')).toMatchFileSnapshot(`exported-names/${record}`)
  })

  test.each(entries)('$entry has these values when it is loaded', async ({ path }) => {
    const names = readFiles([path]).flatMap((file) => readExportedNames(file.text, file.path))
    // A function has a line for each of its overloads.
    const values = new Set(names.filter(({ kind }) => kind === 'value').map(({ name }) => name))
    expect(Object.keys((await import(join(ROOT, path))) as object).toSorted()).toEqual([...values])
  })

  test('are on record for these entries and no others', () => {
    const recorded = readdirSync(join(import.meta.dirname, 'exported-names'))
    expect(recorded.toSorted()).toEqual(entries.map(({ record }) => record).toSorted())
  })
})
