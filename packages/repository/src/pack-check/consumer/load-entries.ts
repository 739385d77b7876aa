/**
 * Loads every entry of every package with `import` and with `require()`. Both must give the same module, and errors have the names
 * of their exports, although the build renames classes.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const names = process.argv.slice(2)
assert.notEqual(names.length, 0)
let errors = 0

for (const name of names) {
  const { exports } = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8')) as { exports: object }
  for (const subpath of Object.keys(exports)) {
    const entry = name + subpath.slice(1)
    const required: unknown = require(entry)
    if (entry.endsWith('.json')) continue
    const imported = (await import(entry)) as object
    assert.equal(required, imported, `${entry} is another module to require() than to import`)
    assert.notEqual(Object.keys(imported).length, 0, `${entry} exports nothing`)
    for (const [exported, value] of Object.entries(imported)) {
      if (typeof value !== 'function' || !exported.endsWith('Error') || !('code' in value)) continue
      errors += 1
      assert.equal(
        (Object.create((value as { readonly prototype: object }).prototype) as Error).name,
        exported,
        `${entry} gives ${exported} another name`,
      )
    }
  }
}
assert.notEqual(errors, 0)
