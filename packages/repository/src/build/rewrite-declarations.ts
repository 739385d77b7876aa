/**
 * Gives relative imports in the built declarations the extension of the built files. `tsc` does so in JavaScript only,
 * and not every tool that reads declarations takes `./guard.ts` for `./guard.d.ts`. Positions stay as they are, so the
 * declaration maps hold.
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
