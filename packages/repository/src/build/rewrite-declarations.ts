/**
 * Gives relative imports in the built declarations the extension of the built files. `tsc` does so in JavaScript only, and
 * some tools do not find `./guard.d.ts` for `./guard.ts`. Positions do not change, so the declaration maps stay right.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publicPackages } from '../workspace/workspace.ts'
import { withBuiltExtensions } from './built-extensions.ts'

for (const { directory } of publicPackages()) {
  for (const path of globSync('dist/**/*.d.ts', { cwd: directory })) {
    const file = join(directory, path)
    writeFileSync(file, withBuiltExtensions(readFileSync(file, 'utf8'), file))
  }
}
