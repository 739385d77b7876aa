/** Writes the generated pages of the documentation: the options of both sides, and every exported name. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from '../workspace/workspace.ts'
import { writeApiPages } from './api-pages.ts'
import { Modules } from './modules.ts'
import { optionsRoots, writeOptionsPage } from './options-page.ts'
import { publicEntries } from './public-entries.ts'

const REFERENCE = join(ROOT, 'docs/reference')

const entries = publicEntries()
const modules = new Modules(
  (path) => readFileSync(join(ROOT, path), 'utf8'),
  new Map(entries.map(({ name, path }) => [name, path])),
)

for (const [folder, side] of [
  ['client', 'Options of resource servers'],
  ['server', 'Options of authorization servers'],
] as const) {
  // The options of the presets are on the page about providers.
  const own = entries.filter((entry) => entry.folder === folder && entry.subpath !== 'providers')
  writeFileSync(join(REFERENCE, `${folder}-options.md`), writeOptionsPage(side, optionsRoots(own, modules), modules))
}

const api = writeApiPages(entries, modules)
rmSync(join(REFERENCE, 'api'), { recursive: true, force: true })
for (const { path, text } of api) {
  const file = join(REFERENCE, 'api', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
console.log(`reference: options of both sides, and ${api.length} pages of exported names`)
