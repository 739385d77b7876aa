/** Writes the notice for older compilers into each built package whose `exports` name it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { targetsOf } from '../workspace/manifest.ts'
import { publicPackages } from '../workspace/workspace.ts'
import { NOTICE, NOTICE_TEXT } from './notice.ts'

for (const { directory, manifest } of publicPackages()) {
  if (targetsOf(manifest.publishConfig?.exports).includes(NOTICE)) writeFileSync(join(directory, NOTICE), NOTICE_TEXT)
}
